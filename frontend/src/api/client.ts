// The one way to the API: same origin, session cookie, JSON, problems as typed errors.

import { ApiProblem, readProblem } from "./problem.ts";

/** How long an answer may take before the dashboard stops waiting, in milliseconds. */
const TIMEOUT = 20_000;

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
export async function call<Answer>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  { organization, body, signal }: Call = {},
): Promise<Answer> {
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
  if (response.status === 204) return undefined as Answer;
  return response.json().catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem("unreadable", { status: response.status, requestId: response.headers.get("x-request-id") });
  }) as Promise<Answer>;
}
