import { describe, expect, test } from "vitest";

import { ApiProblem, readProblem, retryAt } from "./problem.ts";
import { ProblemCode } from "./schema.gen.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
}

describe("reading a problem", () => {
  test("keeps what the server said, field by field", async () => {
    const problem = await readProblem(
      answer(400, {
        error: "bad_request",
        message: "hostname is not valid",
        requestId: "req_1",
        errors: [{ field: "hostname", code: "scheme", message: "Give only the host name." }],
      }),
      NOW,
    );
    expect(problem).toMatchObject({ code: "bad_request", status: 400, message: "hostname is not valid", requestId: "req_1" });
    expect(problem.fieldMessage("hostname", "domainName")).toBe("Give only the host name.");
    expect(problem.fieldMessage("name")).toBeNull();
    expect(problem.isFinal).toBe(true);
  });

  test("says which entry of a list is meant", async () => {
    const errors = [{ field: "allowedIps[1]", code: "invalid", message: "Give an address." }];
    const problem = await readProblem(answer(400, { error: "bad_request", errors }), NOW);
    expect(problem.fieldMessage("allowedIps")).toBe("Entry 2: Give an address.");
    expect(problem.fieldMessage("allowed")).toBeNull();
  });

  test("has a sentence even where the answer has only a code", async () => {
    for (const code of Object.keys(ProblemCode)) {
      const problem = await readProblem(answer(400, { error: code }), NOW);
      expect(problem.code).toBe(code);
      expect(problem.message).toMatch(/\w.*\.$/);
    }
  });

  test("knows when to try again, and that waiting helps", async () => {
    const problem = await readProblem(answer(429, { error: "rate_limited" }, { "retry-after": "30" }), NOW);
    expect(problem.retryAt).toBe(NOW + 30_000);
    expect(problem.isFinal).toBe(false);
  });

  test.each([
    ["", 502, "internal"],
    ["<html>Bad gateway</html>", 502, "internal"],
    ["null", 500, "internal"],
    ["[]", 404, "not_found"],
    ['{"error":{"toString":1},"message":7,"errors":[null,{"field":1},"x"],"plan":1}', 418, "unreadable"],
    ['{"error":"__proto__"}', 401, "unauthorized"],
    ['{"error":"something_new","message":"Said anew."}', 429, "rate_limited"],
  ])("makes something to show out of %j with status %d", async (body, status, code) => {
    const problem = await readProblem(answer(status, body, { "x-request-id": "req_2" }), NOW);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem.code).toBe(code);
    expect(problem.message).not.toBe("");
    expect(problem.fields).toEqual([]);
    expect(problem.requestId).toBe("req_2");
  });
});

test.each([
  [null, null],
  ["0", NOW],
  ["120", NOW + 120_000],
  ["Tue, 24 Nov 2026 02:01:00 GMT", NOW + 60_000],
  ["Tue, 24 Nov 2020 02:01:00 GMT", NOW],
  ["-5 soon", null],
  ["99999999999999999999", null],
])("Retry-After %j is the moment %j", (header, moment) => {
  expect(retryAt(header, NOW)).toBe(moment);
});
