// The audit log as an admin reads it, and takes it away, in real Chromium.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { post, step, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, api } = useDashboard();

const tick = async () => {
  await post(`${stack.controlUrl}/cron`, { cron: "* * * * *" });
  await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
};

/** The hash of a row, as the document of the API describes it. */
function hashOf(before, orgId, row) {
  const sorted = (value) =>
    value === null || typeof value !== "object" ? value
    : Array.isArray(value) ? value.map(sorted)
    : Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
  const { position, id, actorKind, actorId, action, subjectId, detail, requestId, address, createdAt } = row;
  const parts = [position, id, orgId, actorKind, actorId, action, subjectId, sorted(detail), requestId, address, Date.parse(createdAt)];
  return createHash("sha256").update(`${before}\n${JSON.stringify(parts)}`).digest("hex");
}

browserTest("the log says who did what, is narrowed down, and is taken away whole", async ({ open, expectRefusal }) => {
  const page = await open();
  const dialog = page.getByRole("dialog");
  const rows = page.getByRole("table", { name: "Audit log" }).locator("tbody tr");
  const only = async (text) => {
    await rows.filter({ hasText: text }).first().waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    assert.deepEqual((await rows.allTextContents()).filter((row) => !row.includes(text)), []);
  };

  await step("as sentences, with the names of things that are gone by now", async () => {
    await signIn(page);
    const { domain } = await api("POST", "/api/domains", { hostname: "audited.example.com" });
    await api("PATCH", `/api/domains/${domain.id}`, { tags: ["shop"] });
    await api("DELETE", `/api/domains/${domain.id}`);
    await page.evaluate((name) => fetch("/api/organizations", { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ name }) }), "Acme");
    await page.getByRole("link", { name: "Audit log" }).click();
    await rows.first().getByText("owner@example.test renamed the organization from").waitFor();
    await rows.nth(1).getByText("removed the domain audited.example.com").waitFor();
    await rows.nth(2).getByText(/^The API token “.+” changed the tags of audited\.example\.com$/).waitFor();
  });

  await step("each with what was before and after", async () => {
    await rows.nth(2).getByRole("button").click();
    const change = dialog.getByRole("row", { name: "Tags" });
    assert.deepEqual(await change.getByRole("cell").allTextContents(), ["–", "shop"]);
    await dialog.getByText("Number").waitFor();
    await dialog.getByRole("button", { name: "Only about this" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Only what concerns").waitFor();
    await only("audited.example.com");
    assert.equal(await rows.count(), 3);
    await page.getByRole("button", { name: "Show all" }).click();
    await rows.nth(3).waitFor();
  });

  await step("by who, what and when", async () => {
    await page.getByLabel("Who", { exact: true }).selectOption({ label: "owner@example.test" });
    await only("owner@example.test");
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("What", { exact: true }).selectOption("domain.add");
    await only("added the domain");
    await page.getByLabel("Until", { exact: true }).fill("2020-01-31");
    await page.getByText("Nothing fits these filters.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await rows.nth(3).waitFor();
  });

  await step("a page at a time", async () => {
    // Rows are sealed in the order of their ids.
    await tick();
    const { orgId } = stack;
    await stack.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
      SELECT 'aud_' || printf('%012x', 1700000000000 + i) || lower(hex(randomblob(10))), '${orgId}', 'system', NULL, 'domain.add',
             'dom_' || i, json_object('domainName', 'n' || i || '.example.com, "quoted"'), NULL, 1700000000000 + i, NULL FROM n`);
    await page.reload();
    await rows.nth(49).waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await rows.nth(99).waitFor();
    assert.ok((await rows.count()) < 150);
  });

  const exported = async (label) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: label }).click()]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
  };

  await step("all parts of it as one file of JSON, which proves itself", async () => {
    for (let ticks = 0; ticks < 6; ticks += 1) await tick();
    const { name, text } = await exported("Export as JSON");
    assert.match(name, /^audit-log-\d{4}-\d\d-\d\d\.json$/);
    const { orgId, start, head, auditLogs, nextAfter } = JSON.parse(text);
    assert.deepEqual([orgId, start, nextAfter], [stack.orgId, { position: 0, hash: "" }, null]);
    assert.ok(auditLogs.length > 1200);
    let before = "";
    for (const [index, row] of auditLogs.entries()) {
      assert.equal(row.position, index + 1);
      assert.equal(row.hash, hashOf(before, orgId, row));
      before = row.hash;
    }
    assert.deepEqual(head, { position: auditLogs.length, hash: before });
    await page.getByRole("status").getByText("The log is exported").waitFor({ state: "attached" });
  });

  await step("and as one table", async () => {
    const { name, text } = await exported("Export as CSV");
    assert.match(name, /\.csv$/);
    const lines = text.trimEnd().split("\r\n");
    assert.match(lines[0], /^position,id,createdAt/);
    assert.deepEqual(lines.slice(1).map((line) => Number(line.split(",")[0])), lines.slice(1).map((_, index) => index + 1));
    assert.ok(lines.length > 1201);
  });

  await step("and an export that fails says so", async () => {
    expectRefusal(503, "/api/audit-logs/export");
    const problem = { error: "unavailable", message: "Not available for a moment." };
    await page.route("**/api/audit-logs/export?*", (route) => route.fulfill({ status: 503, json: problem }));
    await page.getByRole("button", { name: "Export as CSV" }).click();
    await page.getByRole("alert").getByText(problem.message).waitFor();
  });
});
