// What few endpoints ask for, set in the dialogs and seen at the receiver; the filters of the delivery log; and the
// readers of the feed: in real Chromium.

import assert from "node:assert/strict";

import { post, step, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, api } = useDashboard();

const drain = () => post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
const inbox = async (path) => (await fetch(`${stack.simulatorUrl}/control/inbox?path=${path}`)).json();
const answers = (path, program) => post(`${stack.simulatorUrl}/control/inbox`, { path, ...program });

/** A domain with tags. */
async function domain(hostname, tags = []) {
  const { domain: made } = await api("POST", "/api/domains", { hostname });
  if (tags.length > 0) await api("PATCH", `/api/domains/${made.id}`, { tags });
  return made.id;
}

const MORE = "More: body, order, headers, filters";

browserTest("whatever an endpoint can be asked is asked in its dialogs, and holds at the receiver", async ({ open, expectRefusal }) => {
  const hook = "/hooks/options";
  const page = await open();
  const dialog = page.getByRole("dialog");
  const headers = dialog.getByRole("group", { name: "Headers of every request" });
  const values = headers.getByLabel("Value", { exact: true });
  const names = headers.getByLabel("Name", { exact: true });
  const chosen = await domain("chosen.example.com");
  const tagged = await domain("tagged.example.com", ["eu"]);
  const other = await domain("other.example.com", ["us"]);
  await drain();

  await step("behind what every endpoint needs", async () => {
    await signIn(page);
    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("button", { name: "Add your first endpoint" }).click();
    assert.equal(await dialog.getByLabel("Order").count(), 0);
    await dialog.getByLabel("URL").fill(stack.simulatorUrl + hook);
    await dialog.getByText(MORE).click();
    await dialog.getByLabel("Body").selectOption("thin");
    await dialog.getByLabel("Payload version").selectOption("2026-11-01");
    await dialog.getByLabel("Order").selectOption("fifo");
    await dialog.getByLabel("Requests a minute, at most").fill("120");
    await dialog.getByLabel("chosen.example.com").check();
    await dialog.getByLabel("Only of domains with one of these tags").fill("eu, Shop");
    await dialog.getByLabel("Sign with a key pair, too").check();
  });

  await step("what the server refuses stands beside its input, also when that is hidden again", async () => {
    expectRefusal(400, "/api/webhooks");
    await dialog.getByText(MORE).click();
    await dialog.getByRole("button", { name: "Create endpoint" }).click();
    await dialog.getByRole("alert").getByText("is no tag").waitFor();
    const tags = dialog.getByLabel("Only of domains with one of these tags");
    assert.ok(await tags.evaluate((element) => element === document.activeElement));
    await tags.fill("eu, shop");
    await headers.getByRole("button", { name: "Add a header" }).click();
    await names.fill("Host");
    await values.fill("Bearer hush");
    await dialog.getByRole("button", { name: "Create endpoint" }).click();
    await headers.getByRole("alert").getByText("set by the request itself").waitFor();
    assert.equal(await values.getAttribute("aria-invalid"), "true");
    await names.fill("Authorization");
    for (const [index, name, value] of [[1, "X-Tenant", "7"], [2, "authorization", "8"]]) {
      await headers.getByRole("button", { name: "Add a header" }).click();
      await names.nth(index).fill(name);
      await values.nth(index).fill(value);
    }
    await headers.getByText("This header is there twice.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Create endpoint" }).isDisabled(), true);
    await names.nth(2).fill("X-Region");
  });

  let id;
  await step("all of it is made", async () => {
    await dialog.getByRole("button", { name: "Create endpoint" }).click();
    await page.getByRole("button", { name: "I have stored it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const [made] = (await api("GET", "/api/webhooks")).webhooks;
    id = made.id;
    const { payload, apiVersion, ordering, maxPerMinute, domainIds, domainTags, headerNames } = made;
    assert.deepEqual(
      { payload, apiVersion, ordering, maxPerMinute, domainIds, domainTags, headerNames },
      {
        payload: "thin",
        apiVersion: "2026-11-01",
        ordering: "fifo",
        maxPerMinute: 120,
        domainIds: [chosen],
        domainTags: ["eu", "shop"],
        headerNames: ["Authorization", "X-Region", "X-Tenant"],
      },
    );
    assert.ok(made.publicKey);
  });

  await step("only what the filter lets pass arrives: thin, with the headers", async () => {
    for (const gone of [other, tagged, chosen]) await api("DELETE", `/api/domains/${gone}`);
    await drain();
    const messages = await inbox(hook);
    const bodies = messages.map(({ body }) => JSON.parse(body));
    assert.deepEqual(bodies.map(({ domainId }) => domainId), [tagged, chosen]);
    for (const body of bodies) assert.ok(!("domainName" in body) && Object.keys(body).length <= 6, JSON.stringify(body));
    for (const { headers: sent } of messages) {
      assert.deepEqual([sent.authorization, sent["x-tenant"], sent["x-region"]], ["Bearer hush", "7", "8"]);
      assert.match(sent["webhook-signature"], /\bv1a,/);
    }
  });

  await step("its page says all of it, and no value", async () => {
    await page.getByRole("link", { name: stack.simulatorUrl + hook }).click();
    await page.reload();
    const facts = page.getByRole("region", { name: "Details" });
    await facts.getByText("Ids, type, time and number").waitFor();
    const texts = ["One after the other", "120 at most", "The secret and a key pair", chosen, "eu", "Authorization", "X-Tenant"];
    for (const text of texts) await facts.getByText(text, { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes("hush"));
  });

  const save = async () => {
    const [request] = await Promise.all([
      page.waitForRequest((asked) => asked.method() === "PATCH"),
      dialog.getByRole("button", { name: "Save" }).click(),
    ]);
    await dialog.waitFor({ state: "detached" });
    return request.postDataJSON();
  };

  await step("of headers one is kept unseen, one replaced and one removed, and nothing else is sent", async () => {
    await page.getByRole("button", { name: "Edit…" }).click();
    await headers.getByRole("button", { name: "Replace the value of X-Tenant" }).waitFor();
    assert.equal(await headers.getByText("••••••••").count(), 3);
    await headers.getByRole("button", { name: "Replace the value of X-Tenant" }).click();
    await values.fill("9");
    await headers.getByRole("button", { name: "Remove the header X-Region" }).click();
    assert.deepEqual(await save(), { headers: { Authorization: null, "X-Tenant": "9" } });
    await api("POST", `/api/webhooks/${id}/test`, { type: "domain.active" });
    await drain();
    const { headers: sent } = (await inbox(hook)).at(-1);
    assert.deepEqual([sent.authorization, sent["x-tenant"], sent["x-region"]], ["Bearer hush", "9", undefined]);
  });

  await step("and the rest is taken back, with domains that are gone", async () => {
    await page.getByRole("button", { name: "Edit…" }).click();
    await dialog.getByLabel(chosen).uncheck();
    await dialog.getByLabel("Only of domains with one of these tags").fill("");
    await dialog.getByLabel("Requests a minute, at most").fill("");
    await dialog.getByLabel("Body").selectOption("full");
    assert.deepEqual(await save(), { payload: "full", maxPerMinute: null, domainIds: [], domainTags: [] });
    await page.getByRole("region", { name: "Details" }).getByText("No bound").waitFor();
  });
});

browserTest("the delivery log is narrowed down in the page's address", async ({ open }) => {
  const hook = "/hooks/log";
  const { webhook } = await api("POST", "/api/webhooks", { url: stack.simulatorUrl + hook, events: ["domain.*"] });
  const page = await open();
  const rows = page.getByRole("table", { name: "Deliveries" }).locator("tbody tr");
  const filter = (name) => page.getByLabel(name, { exact: true });
  const asked = (part) => page.waitForRequest((request) => request.url().includes("/deliveries?") && request.url().includes(part));

  await step("an endpoint to which nothing was sent says that", async () => {
    await signIn(page);
    await page.goto(`${stack.apiUrl}/webhooks/${webhook.id}`);
    await page.getByText("Nothing was sent to this endpoint yet.").waitFor();
    await answers(hook, { status: 500 });
    await domain("failing.example.com");
    // Twice, then it waits for minutes.
    await drain();
    await answers(hook, { status: 200 });
    await domain("good.example.com", ["eu"]);
    await drain();
    await page.reload();
    await rows.nth(2).waitFor();
  });

  await step("by what failed", async () => {
    await filter("Failure").selectOption({ label: "The receiver failed" });
    await rows.getByText("500: The receiver failed.").waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    assert.equal(await rows.count(), 1);
    await filter("Failure").selectOption("timeout");
    await page.getByText("No delivery fits these filters.").waitFor();
    assert.equal(new URL(page.url()).search, "?error=timeout");
  });

  await step("the address keeps it, and all are there again without a wrong word in between", async () => {
    await page.reload();
    await page.getByText("No delivery fits these filters.").waitFor();
    assert.equal(await filter("Failure").inputValue(), "timeout");
    const said = page.evaluate(
      () =>
        new Promise((resolve) => {
          const seen = new Set();
          const look = () => {
            for (const { textContent } of document.querySelectorAll(".panel-note")) seen.add(textContent);
            if (document.querySelectorAll(".deliveries-table tbody tr").length < 3) return;
            clearInterval(timer);
            resolve([...seen]);
          };
          const timer = setInterval(look, 5);
        }),
    );
    await page.route("**/deliveries?*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await page.getByRole("button", { name: "Show all" }).click();
    await rows.nth(2).waitFor();
    assert.ok(!(await said).includes("Nothing was sent to this endpoint yet."));
    await page.unroute("**/deliveries?*");
    assert.equal(new URL(page.url()).search, "");
  });

  await step("by state and event at once", async () => {
    await filter("State").selectOption("delivered");
    await filter("Event").selectOption("domain.updated");
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "domain.updated" }).waitFor();
    assert.equal(await rows.count(), 1);
    assert.equal(new URL(page.url()).search, "?state=delivered&event=domain.updated");
    await page.getByRole("button", { name: "Show all" }).click();
    await rows.nth(2).waitFor();
  });

  await step("back from now, and between two moments", async () => {
    const [last] = await Promise.all([asked("since="), filter("When").selectOption("hour")]);
    const since = Date.now() - Date.parse(new URL(last.url()).searchParams.get("since"));
    assert.ok(Math.abs(since - 3_600_000) < 60_000);
    await filter("When").selectOption("between");
    const [until] = await Promise.all([asked("until="), filter("Until").fill("2026-01-31T12:00")]);
    assert.ok(Date.parse(new URL(until.url()).searchParams.get("until")) > 0);
    await page.getByText("No delivery fits these filters.").waitFor();
    await filter("Until").fill("");
    await Promise.all([asked("since="), filter("Since").fill("2026-01-31T12:00")]);
    await rows.nth(2).waitFor();
    assert.match(page.url(), /\?when=between&since=2026-01-31T/);
    await page.goto(`${stack.apiUrl}/webhooks/${webhook.id}?state=lost&when=whenever`);
    await rows.nth(2).waitFor();
  });

  await step("a page at a time, also of what is filtered", async () => {
    await stack.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO events (id, org_id, domain_id, seq, type, payload, created_at)
      SELECT 'evt_' || printf('%012x', 1800000000000 + i) || lower(hex(randomblob(10))), org_id, NULL, NULL, 'domain.removed', payload, created_at
        FROM n, (SELECT org_id, payload, created_at FROM events ORDER BY id DESC LIMIT 1)`);
    await stack.sql(`INSERT INTO deliveries (id, org_id, endpoint_id, event_id, state, attempts, created_at, updated_at)
      SELECT 'dlv_' || substr(e.id, 5), e.org_id, '${webhook.id}', e.id, 'delivered', 1, e.created_at, e.created_at
        FROM events e WHERE e.type = 'domain.removed' AND e.position IS NULL`);
    await page.goto(`${stack.apiUrl}/webhooks/${webhook.id}?event=domain.removed`);
    await rows.nth(49).waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await rows.nth(59).waitFor();
    assert.equal(await rows.count(), 60);
    assert.equal(await page.getByRole("button", { name: "Load more" }).count(), 0);
  });
});

browserTest("readers of the feed are shown with what they have to read, and are forgotten", async ({ open }) => {
  await domain("read.example.com");
  await domain("unread.example.com");
  const page = await open();
  const row = page.getByRole("row", { name: /^crm/ });
  await signIn(page);
  await page.getByRole("link", { name: "Webhooks" }).click();
  const section = page.getByRole("region", { name: "Readers of the feed" });
  await section.getByText("No program has named itself yet.").waitFor();
  const { nextCursor } = await api("GET", "/api/events?limit=200");
  assert.equal((await api("GET", `/api/events?after=${nextCursor}`)).nextCursor, nextCursor, "its end is where it goes on");
  await api("POST", "/api/events/consumers", { name: "crm", cursor: String(nextCursor - 1) });
  await page.reload();
  await row.getByText("1 event", { exact: true }).waitFor();
  await row.getByText(Number(nextCursor - 1).toLocaleString("en"), { exact: true }).waitFor();
  await api("POST", "/api/events/consumers", { name: "crm", cursor: nextCursor });
  await page.reload();
  await row.getByText("Nothing", { exact: true }).waitFor();
  await row.getByRole("button", { name: "Forget crm" }).click();
  await page.getByRole("dialog", { name: "Forget this reader?" }).getByRole("button", { name: "Forget it" }).click();
  await section.getByText("No program has named itself yet.").waitFor();
  assert.deepEqual((await api("GET", "/api/events/consumers")).consumers, []);
});

browserTest("all of it fits a narrow screen", async ({ open }) => {
  const { webhook } = await api("POST", "/api/webhooks", {
    url: `${stack.simulatorUrl}/hooks/narrow`,
    domainTags: ["a-tag-that-is-rather-long-for-a-phone"],
    headers: { "X-A-Header-With-A-Name-That-Is-As-Long-As-It-May-Well-Get-There": "x" },
  });
  await api("POST", "/api/events/consumers", { name: "a-reader-with-a-name-as-long-as-it-gets-", cursor: "0" });
  const page = await open({ viewport: { width: 390, height: 844 } });
  const dialog = page.getByRole("dialog");
  const fits = (element) => element.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth);
  await signIn(page);
  await page.goto(`${stack.apiUrl}/webhooks`);
  await page.getByRole("button", { name: /^Forget a-reader/ }).waitFor();
  assert.ok(await fits(page.locator("html")), "the list");
  await page.goto(`${stack.apiUrl}/webhooks/${webhook.id}?when=between`);
  await page.getByLabel("Until", { exact: true }).waitFor();
  assert.ok(await fits(page.locator("html")), "the page");
  await page.getByRole("button", { name: "Edit…" }).click();
  await dialog.getByRole("button", { name: "Add a header" }).click();
  assert.ok(await fits(dialog), "the dialog");
  assert.ok(await dialog.getByRole("button", { name: "Save" }).isVisible());
});
