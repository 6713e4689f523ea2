import { expect, test } from "vitest";

import type { AuditExport } from "../../api/contract.ts";
import { joinCsv, joinJson, lastPosition } from "./export.ts";

const part = (start: number, end: number, nextAfter: number | null) =>
  ({
    orgId: "org_1",
    start: { position: 0, hash: "" },
    head: { position: end, hash: `h${end}` },
    nextAfter,
    auditLogs: [{ position: start }, { position: end }],
  }) as unknown as AuditExport;

test("parts of JSON become one, from the first beginning to the last end", () => {
  expect(JSON.parse(joinJson([part(1, 2, 2), part(3, 4, null)]))).toEqual({
    orgId: "org_1",
    start: { position: 0, hash: "" },
    head: { position: 4, hash: "h4" },
    nextAfter: null,
    auditLogs: [{ position: 1 }, { position: 2 }, { position: 3 }, { position: 4 }],
  });
});

test("parts of CSV become one table with one line of titles", () => {
  const parts = ["position,id\r\n1,a\r\n2,b\r\n", "position,id\r\n3,c\r\n"];
  expect(joinCsv(parts)).toBe("position,id\r\n1,a\r\n2,b\r\n3,c\r\n");
});

test.each([
  ["position,id\r\n1,a\r\n12,b\r\n", 12],
  ["position,id\r\n", null],
])("the last row of %j is number %j", (csv, position) => {
  expect(lastPosition(csv)).toBe(position);
});
