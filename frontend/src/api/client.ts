// The one way to the API: same origin, session cookie, JSON, problems as typed errors.

import { ApiProblem, readProblem } from "./problem.ts";

/** How long an answer may take before the dashboard stops waiting, in milliseconds. */
const TIMEOUT = 20_000;

type Method = "GET" | "POST" | "PATCH" | "DELETE";

interface Call {
  /** The organization to act for; without it the server takes the person's first. */
  organization?: string;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Calls the API and gives the parsed body, `undefined` where there is none.
 *
 * Throws an `ApiProblem` for every other outcome; only giving up through `signal` keeps its own error.
 */
export async function call<Answer>(method: Method, path: string, options: Call = {}): Promise<Answer> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as Answer;
  return read(response, response.json() as Promise<Answer>, options.signal);
}

/** The same for an answer that is not JSON, such as comma-separated values. */
export async function callText(method: Method, path: string, options: Call = {}): Promise<string> {
  const response = await send(method, path, options);
  return read(response, response.text(), options.signal);
}

async function read<Body>(response: Response, body: Promise<Body>, signal?: AbortSignal): Promise<Body> {
  return body.catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem("unreadable", { status: response.status, requestId: response.headers.get("x-request-id") });
  });
}

async function send(method: Method, path: string, { organization, body, signal }: Call): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (organization !== undefined) headers.set("dcvaas-organization", organization);
  if (body !== undefined) headers.set("content-type", "application/json");

  const timeout = AbortSignal.timeout(TIMEOUT);
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    credentials: "same-origin",
    // Answers may be reused for 10 s, which is too old for a page that waits for a change. This asks every time, and
    // the browser sends the ETag it holds: an unchanged answer costs a 304 without a body.
    cache: "no-cache",
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem("unreachable");
  });

  if (!response.ok) throw await readProblem(response, Date.now());
  return response;
}
