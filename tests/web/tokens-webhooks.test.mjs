// The pages for other programs: API tokens and webhook endpoints, in real Chromium against the real stack.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe } from "node:test";

import { assertStays, clipboard, post, step, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, signInAs, api } = useDashboard();

async function openPage(page, name) {
  await signIn(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

/** Everything that the page holds: its elements, what was typed, and what it keeps in the browser. */
function everythingIn(page) {
  return page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll("input")].map(({ value }) => value),
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify(history.state),
      location.href,
    ].join("\n"),
  );
}

async function assertGone(page, ...secrets) {
  const left = () => everythingIn(page).then((text) => secrets.filter((secret) => text.includes(secret)));
  assert.deepEqual(await left(), []);
  await page.reload();
  await page.getByRole("table").waitFor();
  assert.deepEqual(await left(), []);
}

browserTest("a token is shown once, works, and is refused after it was revoked", async ({ open, expectRefusal }) => {
  const page = await open();
  const row = page.getByRole("row", { name: "Deployment" });
  let plaintext;

  await step("what is missing is said beside the field", async () => {
    await openPage(page, "API tokens");
    await page.getByRole("button", { name: "New token" }).click();
    expectRefusal(400, "/api/tokens");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("name is required").waitFor();
    const name = page.getByLabel("Name");
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.ok(await name.evaluate((element) => element === document.activeElement));
  });

  await step("the least is chosen first, and what includes another right shows it", async () => {
    const dialog = page.getByRole("dialog");
    const chosen = () =>
      dialog.locator("fieldset input:checked:enabled").evaluateAll((boxes) => boxes.map(({ name }) => name));
    assert.deepEqual(await chosen(), ["domains:read"]);
    await dialog.getByRole("group", { name: "Domains" }).getByLabel("Change").check();
    assert.deepEqual(await chosen(), ["domains:write"]);
    const read = dialog.getByRole("group", { name: "Domains" }).getByLabel("Read");
    assert.deepEqual([await read.isChecked(), await read.isDisabled()], [true, true]);
    await dialog.getByRole("group", { name: "Domains" }).getByLabel("Change").uncheck();
    await dialog.getByRole("group", { name: "Domains" }).getByLabel("Read").check();
  });

  await step("the last day is a date, one of three terms, or none", async () => {
    const day = page.getByLabel("Expires after");
    const daysAhead = async () => Math.round((Date.parse(await day.inputValue()) - Date.now()) / 86_400_000);
    assert.ok(Math.abs((await daysAhead()) - 90) <= 1);
    for (const days of [30, 365]) {
      await page.getByRole("button", { name: `${days} days` }).click();
      assert.ok(Math.abs((await daysAhead()) - days) <= 1);
    }
    await page.getByLabel("It never expires").check();
    assert.equal(await day.isDisabled(), true);
    await page.getByLabel("It never expires").uncheck();
    await day.fill("2020-01-31");
    await page.getByLabel("Name").fill("  Deployment ");
    // The browser's own check of `min` stands before the server's.
    assert.equal(await day.evaluate((element) => element.validity.rangeUnderflow), true);
    await page.getByRole("button", { name: "30 days" }).click();
  });

  await step("it is shown, stays until it is stored, and is copied exactly", async () => {
    await page.getByRole("button", { name: "Create token" }).click();
    const dialog = page.getByRole("dialog", { name: "Your new API token" });
    plaintext = await dialog.locator(".secret code").first().textContent();
    assert.match(plaintext, /^dcv_[0-9a-f]{64}_[0-9A-Za-z]{6}$/);
    await assertStays(page, dialog);
    await dialog.getByRole("button", { name: "Copy token" }).click();
    assert.equal(await clipboard(page), plaintext);
    await dialog.getByRole("button", { name: "I have stored it" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  await step("the list names it without its text", async () => {
    await row.getByText(`${plaintext.slice(0, 12)}…${plaintext.slice(-4)}`).waitFor();
    await row.getByText("domains:read").waitFor();
    await assertGone(page, plaintext, plaintext.slice(12, -4));
    await page.getByRole("button", { name: "New token" }).click();
    assert.equal(await page.getByLabel("Name").inputValue(), "");
    await page.keyboard.press("Escape");
  });

  await step("it does what it may, and the list knows that it was used", async () => {
    assert.deepEqual((await api("GET", "/api/domains", undefined, plaintext)).domains, []);
    assert.equal((await api("GET", "/api/webhooks", undefined, plaintext)).error, "forbidden");
    await page.reload();
    await row.getByText(/^(now|\d+ seconds? ago)$/).waitFor();
  });

  await step("it is refused from its next request on", async () => {
    await row.getByRole("button", { name: "Revoke Deployment" }).click();
    await page.keyboard.press("Escape");
    assert.deepEqual((await api("GET", "/api/domains", undefined, plaintext)).domains, []);
    await row.getByRole("button", { name: "Revoke Deployment" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke token" }).click();
    await row.waitFor({ state: "detached" });
    assert.equal((await api("GET", "/api/domains", undefined, plaintext)).error, "unauthorized");
  });
});

browserTest("a token is bound to addresses and rotated, and its use is shown", async ({ open, expectRefusal }) => {
  const page = await open();
  const dialog = page.getByRole("dialog");
  const rows = page.getByRole("row", { name: "Pipeline" });
  const stored = async (name) => {
    const shown = page.getByRole("dialog", { name });
    const text = await shown.locator(".secret code").first().textContent();
    await assertStays(page, shown);
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await shown.waitFor({ state: "detached" });
    return text;
  };
  let first, second;

  await step("a wrong address is named, and the right ones are listed", async () => {
    await openPage(page, "API tokens");
    expectRefusal(400, "/api/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("Office");
    await page.getByLabel("Only from these addresses").fill("192.0.2.0/24, nowhere");
    await page.getByRole("button", { name: "Create token" }).click();
    await page.getByRole("alert").getByText("Entry 2: Give an address").waitFor();
    await page.getByLabel("Only from these addresses").fill("192.0.2.0/24, 2001:db8::/32");
    await page.getByLabel("Only domains with one of these tags").fill("team-a, eu-west");
    await page.getByRole("button", { name: "Create token" }).click();
    const bound = await stored("Your new API token");
    const row = page.getByRole("row", { name: "Office" });
    await row.getByText("from 192.0.2.0/24").waitFor();
    await row.getByText("from 2001:db8::/32").waitFor();
    await row.getByText("only team-a").waitFor();
    assert.equal((await api("GET", "/api/domains", undefined, bound)).error, "address_not_allowed");
  });

  await step("a new one takes its place, and the old one works a while longer", async () => {
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("Pipeline");
    await page.getByRole("button", { name: "Create token" }).click();
    first = await stored("Your new API token");
    await rows.getByRole("button", { name: "Rotate Pipeline" }).click();
    await dialog.getByLabel("The old one works for").selectOption("3600");
    await dialog.getByRole("button", { name: "Make a new token" }).click();
    second = await stored("Your new API token");
    assert.notEqual(first, second);
    await rows.getByText("Rotated").waitFor();
    assert.equal(await rows.count(), 2);
    assert.equal(await page.getByRole("button", { name: "Rotate Pipeline" }).count(), 1);
    for (const token of [first, second]) assert.ok((await api("GET", "/api/domains", undefined, token)).domains);
    await assertGone(page, first, second);
  });

  await step("its use stands there by day and route", async () => {
    const { tokens } = await api("GET", "/api/tokens");
    const { id, orgId } = tokens.find(({ name, replacedBy }) => name === "Pipeline" && replacedBy === null);
    await stack.sql(
      `INSERT INTO token_usage (org_id, token_id, day, route, requests) VALUES ('${orgId}', '${id}', '2026-11-23', 'domains.list', 1234)`,
    );
    await page.reload();
    await rows.first().getByRole("button", { name: "Use of Pipeline" }).click();
    const day = dialog.getByRole("row", { name: "23 Nov 2026" });
    await day.getByText("domains.list 1,234").waitFor();
    await page.keyboard.press("Escape");
    for (const name of ["Office", "Pipeline", "Pipeline"]) {
      await page.getByRole("button", { name: `Revoke ${name}` }).first().click();
      await dialog.getByRole("button", { name: "Revoke token" }).click();
      await dialog.waitFor({ state: "detached" });
    }
  });
});

browserTest("an endpoint is made, told, paused, changed and deleted", async ({ open, expectRefusal }) => {
  const page = await open();
  const dialog = page.getByRole("dialog");
  const url = `${stack.simulatorUrl}/hooks/x`;
  const row = page.getByRole("row", { name: url });
  const endpoint = async () => (await api("GET", "/api/webhooks")).webhooks[0];
  let secret, signingSecret;

  await step("a wrong address is explained in the server's words", async () => {
    await openPage(page, "Webhooks");
    expectRefusal(400, "/api/webhooks");
    await page.getByRole("button", { name: "Add your first endpoint" }).click();
    for (const wrong of ["http://hooks.example.com/", "https://10.0.0.1/", "no address"]) {
      const said = await api("POST", "/api/webhooks", { url: wrong });
      await page.getByLabel("URL").fill(wrong);
      await page.getByRole("button", { name: "Create endpoint" }).click();
      await page.getByRole("alert").getByText(said.errors[0].message).waitFor();
      assert.equal(await page.getByLabel("URL").getAttribute("aria-invalid"), "true");
    }
  });

  await step("an empty choice of events is explained too", async () => {
    await page.getByLabel("URL").fill(url);
    await page.getByLabel("Only these").check();
    await page.getByRole("button", { name: "Create endpoint" }).click();
    await page.getByRole("alert").getByText("at least one event").waitFor();
  });

  await step("it is made, with its secret in both forms", async () => {
    await page.getByLabel("Description").fill("Tickets");
    await page.getByRole("group", { name: "DNS" }).getByLabel("all, also").check();
    await page.getByLabel("domain.added").check();
    await page.getByRole("button", { name: "Create endpoint" }).click();
    const shown = page.getByRole("dialog", { name: "The endpoint’s secret" });
    await assertStays(page, shown);
    await shown.getByRole("button", { name: "Copy signing secret" }).click();
    signingSecret = await clipboard(page);
    await shown.getByRole("button", { name: "Copy plain secret" }).click();
    secret = await clipboard(page);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(signingSecret, `whsec_${Buffer.from(secret, "hex").toString("base64")}`);
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await shown.waitFor({ state: "detached" });
    await assertGone(page, secret, signingSecret);
    assert.deepEqual((await endpoint()).events, ["dns.*", "domain.added"]);
  });

  await step("what was copied verifies what arrives", async () => {
    const { domain } = await api("POST", "/api/domains", { hostname: "hooked.example.com" });
    await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
    const [message] = await (await fetch(`${stack.simulatorUrl}/control/inbox?path=/hooks/x`)).json();
    assert.equal(JSON.parse(message.body).domainId, domain.id);
    const signature = createHmac("sha256", secret).update(message.body).digest("hex");
    assert.equal(message.headers["x-dcvaas-signature"], signature);
    await api("DELETE", `/api/domains/${domain.id}`);
  });

  await step("it is turned off and on again, by keyboard", async () => {
    const toggle = row.getByRole("switch");
    for (const [word, enabled] of [["Off", false], ["On", true]]) {
      await toggle.focus();
      await page.keyboard.press("Space");
      await row.getByText(word, { exact: true }).waitFor();
      await page.getByRole("status").getByText(`The endpoint is ${word.toLowerCase()}`).waitFor({ state: "attached" });
      assert.equal((await endpoint()).enabled, enabled);
    }
  });

  await step("it is changed, and what the server refuses stays in the dialog", async () => {
    const { id } = await endpoint();
    expectRefusal(400, `/api/webhooks/${id}`);
    await row.getByRole("button", { name: `Edit ${url}` }).click();
    assert.equal(await page.getByLabel("Description").inputValue(), "Tickets");
    assert.equal(await page.getByLabel("dns.verified").isChecked(), true);
    await page.getByLabel("URL").fill("ftp://hooks.example.com");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("Only https:// is allowed.").waitFor();
    await page.getByLabel("URL").fill(url);
    await page.getByLabel("Description").fill("");
    await page.getByLabel("dns.verified").uncheck();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await row.getByText("dns.check_failed").waitFor();
    const { description, events } = await endpoint();
    assert.equal(description, null);
    assert.deepEqual(events.toSorted(), ["dns.check_failed", "dns.drifted", "dns.restored", "domain.added"]);
  });

  await step("it is deleted only after its host was typed", async () => {
    await row.getByRole("button", { name: `Delete ${url}` }).click();
    const confirm = dialog.getByRole("button", { name: "Delete endpoint" });
    assert.equal(await confirm.isDisabled(), true);
    await page.keyboard.type(new URL(url).host);
    await confirm.click();
    await page.getByRole("heading", { name: "Know it when it happens" }).waitFor();
    assert.deepEqual((await api("GET", "/api/webhooks")).webhooks, []);
  });
});

browserTest("after an incident all tokens are revoked at once", async ({ open, expectRefusal }) => {
  const page = await open();
  expectRefusal(401, "/api/session");
  await signInAs(page, "oscar@example.com");
  await stack.sql("UPDATE organizations SET plan = 'pro' WHERE name = 'oscar'");
  const made = await page.evaluate(async () => {
    const make = (name) =>
      fetch("/api/tokens", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name }) });
    return Promise.all(["One", "Two"].map(async (name) => (await (await make(name)).json()).token));
  });
  await page.goto(`${stack.apiUrl}/tokens`);
  await page.getByRole("row", { name: "One" }).waitFor();
  for (const token of made) assert.ok((await api("GET", "/api/domains", undefined, token)).domains);
  await page.getByRole("button", { name: "Revoke all…" }).click();
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Revoke all" });
  assert.equal(await confirm.isDisabled(), true);
  await page.keyboard.type("oscar");
  await confirm.click();
  await page.getByRole("heading", { name: "All that the dashboard does, by program" }).waitFor();
  for (const token of made) assert.equal((await api("GET", "/api/domains", undefined, token)).error, "unauthorized");
});

describe("what the dialogs offer", () => {
  browserTest("are the scopes that the server knows", async ({ open }) => {
    const page = await open();
    await openPage(page, "API tokens");
    await page.getByRole("button", { name: "New token" }).click();
    const offered = await page.locator("fieldset input").evaluateAll((boxes) => boxes.map(({ name }) => name));
    const { message } = await api("POST", "/api/tokens", { name: "x", scopes: ["none"] });
    const known = message.split("known are: ")[1].replace(/\.$/, "").split(", ");
    assert.deepEqual(offered.toSorted(), known.toSorted());
  });

  browserTest("are the events that the server knows", async ({ open }) => {
    const page = await open();
    await openPage(page, "Webhooks");
    await page.getByRole("button", { name: "Add your first endpoint" }).click();
    await page.getByLabel("Only these").check();
    const offered = await page.locator("fieldset code").allTextContents();
    const { message } = await api("POST", "/api/webhooks", { url: `${stack.simulatorUrl}/hooks/y`, events: ["none"] });
    const known = message.split("known are: ")[1].match(/\b[a-z]+\.[a-z_]+/g);
    assert.deepEqual(offered.toSorted(), known.toSorted());
  });
});

describe("what is not for everybody", () => {
  browserTest("names the plan that includes it, and is there once the plan is", async ({ open, expectRefusal }) => {
    await stack.sql("UPDATE organizations SET plan = 'free'");
    const page = await open();
    await signIn(page);
    for (const name of ["API tokens", "Webhooks"]) {
      expectRefusal(402, name === "Webhooks" ? "/api/webhooks" : "/api/tokens");
      await page.getByRole("link", { name }).click();
      await page.getByRole("heading", { name: "Not in your plan" }).waitFor();
      await page.getByText(`${name} come with the plan pro`).waitFor();
      assert.equal(await page.getByRole("button", { name: /^(New|Create|Add)/ }).count(), 0);
    }
    await stack.sql("UPDATE organizations SET plan = 'agency'");
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("table", { name: "API tokens" }).waitFor();
  });

  browserTest("is refused by role, and a member sees webhooks without changing them", async ({ open, expectRefusal }) => {
    await api("POST", "/api/webhooks", { url: `${stack.simulatorUrl}/hooks/z` });
    await stack.sql("UPDATE members SET role = 'member'");
    const page = await open();
    await signIn(page);
    expectRefusal(403, "/api/tokens");
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByRole("heading", { name: "Not for your role" }).waitFor();
    await page.getByText("This needs the role admin").waitFor();
    await page.getByRole("link", { name: "Webhooks" }).click();
    assert.equal(await page.getByRole("switch").isDisabled(), true);
    assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
    await stack.sql("UPDATE members SET role = 'owner'");
  });
});

browserTest("the pages and their dialogs fit a narrow screen", async ({ open }) => {
  const page = await open({ viewport: { width: 360, height: 740 } });
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  for (const [name, button] of [["API tokens", "New token"], ["Webhooks", "New endpoint"]]) {
    await openPage(page, name);
    await page.getByRole("table").waitFor();
    assert.ok(await fits(), name);
    await page.getByRole("button", { name: button }).click();
    if (name === "Webhooks") await page.getByLabel("Only these").check();
    const dialog = page.getByRole("dialog");
    assert.ok(await dialog.evaluate((element) => element.scrollWidth <= element.clientWidth), `the dialog of ${name}`);
    assert.ok(await dialog.getByRole("button", { name: /^Create/ }).isVisible());
  }
});
