// An answer of the API that is not the one asked for, as something the dashboard can show and act on.

import type { FieldFault, ProblemCode } from "./contract.ts";

/** The API's own codes, and two for an answer that never came or was not the API's. */
export type FaultCode = ProblemCode | "unreachable" | "unreadable";

/** What is said when the answer brings no sentence of its own. A new code does not compile until it has one. */
const FALLBACK: Record<FaultCode, string> = {
  bad_request: "Check what you typed.",
  unauthorized: "You are signed out. Ask for a new sign-in link.",
  plan_required: "Your plan does not include this.",
  limit_reached: "Your plan's limit is reached.",
  forbidden: "Your role does not allow this. Ask an owner.",
  address_not_allowed: "This token may not be used from here.",
  not_found: "This does not exist, or it is not yours.",
  method_not_allowed: "The dashboard and the server do not fit together. Reload the page.",
  conflict: "Somebody changed this too. Reload and look again.",
  idempotency_in_progress: "This is being done already. Reload in a moment.",
  idempotency_key_reused: "Something else was asked for before. Reload and try again.",
  payload_too_large: "That is too much for one request.",
  unsupported_media_type: "The dashboard and the server do not fit together. Reload the page.",
  rate_limited: "Too many requests. Try again in a moment.",
  internal: "Something went wrong on our side. Try again in a minute.",
  unavailable: "The service is busy. Try again in a moment.",
  upstream_unavailable: "A service that we need does not answer. Try again in a minute.",
  misconfigured: "This installation is not set up completely. Tell its operator.",
  unreachable: "The server cannot be reached. Check your connection.",
  unreadable: "The server's answer made no sense. Try again in a minute.",
};

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: FaultCode;
  /** The HTTP status, 0 when no answer came. */
  readonly status: number;
  /** What support needs to find this request in the logs. */
  readonly requestId: string | null;
  readonly fields: readonly FieldFault[];
  /** When it makes sense to try again, in milliseconds since 1970. */
  readonly retryAt: number | null;

  constructor(
    code: FaultCode,
    details: {
      status?: number;
      message?: string | null;
      requestId?: string | null;
      fields?: readonly FieldFault[];
      retryAt?: number | null;
    } = {},
  ) {
    super(details.message || FALLBACK[code]);
    this.code = code;
    this.status = details.status ?? 0;
    this.requestId = details.requestId ?? null;
    this.fields = details.fields ?? [];
    this.retryAt = details.retryAt ?? null;
  }

  /** The server understood and said no: asking the same again gets the same answer. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.code !== "rate_limited";
  }

  /** The plan, or the role of the person, does not include what was asked for. */
  get isGate(): boolean {
    return this.code === "plan_required" || this.code === "forbidden";
  }

  /** The sentence about one field of the request, or about one entry of it, if the problem has one. */
  fieldMessage(...names: string[]): string | null {
    for (const { field, message } of this.fields) {
      const [, name, entry] = /^([^[]*)(?:\[(\d+)\])?/.exec(field) ?? [];
      if (names.includes(name ?? "")) return entry === undefined ? message : `Entry ${Number(entry) + 1}: ${message}`;
    }
    return null;
  }
}

/** Reads an answer that was not 2xx. Total: whatever the body is, the result can be shown. */
export async function readProblem(response: Response, now: number): Promise<ApiProblem> {
  const body = record(await response.json().catch(() => null));
  const code = codeOf(body["error"], response.status);
  return new ApiProblem(code, {
    status: response.status,
    message: text(body["message"]) ?? text(body["detail"]),
    requestId: text(body["requestId"]) ?? response.headers.get("x-request-id"),
    fields: list(body["errors"]).flatMap(fieldFault),
    retryAt: retryAt(response.headers.get("retry-after"), now),
  });
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function retryAt(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return now + Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(date, now);
}

function codeOf(word: unknown, status: number): FaultCode {
  if (typeof word === "string" && Object.hasOwn(FALLBACK, word)) return word as FaultCode;
  if (status === 401) return "unauthorized";
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "internal" : "unreadable";
}

function fieldFault(value: unknown): FieldFault[] {
  const { field, code, message } = record(value);
  return typeof field === "string" && typeof message === "string" ? [{ field, code: text(code) ?? "", message }] : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
