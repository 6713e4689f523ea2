// The dashboard as a person meets it: real Chromium, the three real workers, the simulated world around them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { ROOT } from "../stack/stack.mjs";
import { post, step, useDashboard } from "./support.mjs";

/**
 * What a visit loads from the sign-in link to the list of domains, compressed: React, its router and its query cache
 * are 105 kB of it. Every other page may add a little.
 */
const BUDGET = 129_000;
const PAGE_BUDGET = 20_000;

const { stack, browserTest, signIn, api } = useDashboard();

/** The scheduler's tick and everything that follows from it. */
async function tick() {
  await post(`${stack.controlUrl}/cron`, { cron: "* * * * *" });
  await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
}

async function placeRecords(domain) {
  for (const { name, type, value, required } of domain.dnsRecords) {
    if (required) await post(`${stack.simulatorUrl}/control/dns`, { name, type, values: [value] });
  }
}

browserTest("a domain goes from added to active in front of the person, and away again", async ({ open, expectRefusal }) => {
  const page = await open();
  const hostname = "app.example.com";
  let domain;

  await step("the link signs in and leaves the address bar", async () => {
    const link = await stack.signInUrl();
    await page.goto(link);
    await page.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
    assert.equal(page.url(), `${stack.apiUrl}/domains`);
    const token = new URL(link).hash.replace("#token=", "");
    await page.goBack();
    assert.ok(!page.url().includes(token), "the token is in the history");
    await page.goto(`${stack.apiUrl}/domains`);
  });

  await step("a hostname that cannot be is explained in the server's words", async () => {
    const wrong = "https://app.example.com/shop";
    const said = await api("POST", "/api/domains", { hostname: wrong });
    expectRefusal(400, "/api/domains");
    await page.getByRole("button", { name: "Add your first domain" }).click();
    const input = page.getByLabel("Hostname");
    await input.fill(wrong);
    await page.getByRole("button", { name: "Add domain" }).click();
    await page.getByRole("alert").getByText(said.errors[0].message).waitFor();
    assert.equal(await input.getAttribute("aria-invalid"), "true");
    assert.ok(await input.evaluate((element) => element === document.activeElement), "the input has the focus");
  });

  await step("a good one shows its records, and each is copied exactly", async () => {
    await page.getByLabel("Hostname").fill(`  ${hostname} `);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: hostname }).waitFor();
    await page.getByText("Waiting for DNS").first().waitFor();
    const id = new URL(page.url()).pathname.split("/").pop();
    ({ domain } = await api("GET", `/api/domains/${id}`));

    const rows = page.getByRole("table", { name: "DNS records" }).locator("tbody tr");
    assert.equal(await rows.count(), domain.dnsRecords.length);
    for (const [index, record] of domain.dnsRecords.entries()) {
      for (const [what, text] of [["name", record.name], ["value", record.value], ["short name", record.relativeName]]) {
        if (what === "short name" && text === record.name) continue;
        const button = rows.nth(index).getByRole("button", { name: new RegExp(`^Copy ${what} `) });
        await button.focus();
        await page.keyboard.press("Enter");
        await rows.nth(index).getByRole("button", { name: new RegExp(`^Copied ${what} `) }).waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
        await page.getByRole("status").getByText(`Copied ${what}`).waitFor({ state: "attached" });
      }
    }
  });

  await step("it turns active by itself, without a reload", async () => {
    await page.evaluate(() => (window.sameDocument = true));
    await post(`${stack.simulatorUrl}/control/cloudflare/auto`, { enabled: true });
    await placeRecords(domain);
    for (let ticks = 0; ticks < 5 && domain.status !== "active"; ticks += 1) {
      await tick();
      ({ domain } = await api("GET", `/api/domains/${domain.id}`));
    }
    assert.equal(domain.status, "active");
    const changed = Date.now();
    await page.getByRole("heading", { name: "The certificate is live and renews by itself" }).waitFor();
    assert.ok(Date.now() - changed < 4_000, `seen after ${Date.now() - changed} ms`);
    assert.equal(await page.evaluate(() => window.sameDocument), true);
    await page.getByRole("table", { name: "Certificates" }).getByText(domain.certificates[0].serial).waitFor();
    const right = domain.dnsRecords.filter(({ seen }) => seen === "right").length;
    assert.ok(right > 0);
    assert.equal(await page.getByRole("table", { name: "DNS records" }).getByText("In place").count(), right);
  });

  await step("checking again too soon shows for how long to wait", async () => {
    expectRefusal(429, `/api/domains/${domain.id}/sync`);
    const check = page.locator(".check-now button");
    await check.click();
    await page.getByRole("button", { name: "Checked" }).waitFor();
    await check.click();
    await page.getByRole("button", { name: /^Check again in \d:\d\d$/ }).waitFor();
  });

  await step("the list knows it too", async () => {
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").click();
    const row = page.getByRole("row", { name: hostname });
    await row.getByText("Active").waitFor();
    await row.getByText("% of life").waitFor();
    await row.getByRole("link").click();
  });

  await step("it is deleted only after its name was typed", async () => {
    await page.getByRole("button", { name: "Delete domain…" }).click();
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Delete domain" });
    assert.equal(await confirm.isDisabled(), true);
    await page.keyboard.type("app.example.co");
    assert.equal(await confirm.isDisabled(), true);
    await page.keyboard.type("m");
    await confirm.click();
    await page.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
    assert.deepEqual((await api("GET", "/api/domains")).domains, []);
  });

  await step("signing out ends it", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
    expectRefusal(401, "/api/session");
    await page.goto(`${stack.apiUrl}/domains`);
    await page.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
  });
});

describe("a sign-in link", () => {
  browserTest("works once", async ({ open, leave, expectRefusal }) => {
    const link = await stack.signInUrl();
    const first = await open();
    await first.goto(link);
    await first.getByRole("heading", { name: "Domains", exact: true }).waitFor();
    await leave();
    const second = await open();
    expectRefusal(401, "/api/session");
    await second.goto(link);
    await second.getByText("Your link was used or has expired.").waitFor();
    assert.equal(new URL(second.url()).hash, "");
  });

  browserTest("that lost its end is recognised without asking the server", async ({ open }) => {
    const page = await open();
    const asked = [];
    page.on("request", (request) => {
      if (request.method() === "POST") asked.push(request.url());
    });
    await page.goto((await stack.signInUrl()).slice(0, -1));
    await page.getByText("The link is not complete.").waitFor();
    assert.deepEqual(asked, []);
  });
});

describe("a mail", () => {
  browserTest("is asked for, and its code signs in whoever asked", async ({ open, expectRefusal }) => {
    const page = await open();
    expectRefusal(401, "/api/session");
    expectRefusal(400, "/api/sign-in");
    await page.goto(`${stack.apiUrl}/sign-in`);
    await page.getByLabel("E-mail address").fill("ada@localhost@");
    await page.getByLabel("E-mail address").evaluate((input) => (input.form.noValidate = true));
    await page.getByRole("button", { name: "Send me a mail" }).click();
    await page.getByRole("alert").getByText("Give an e-mail address").waitFor();
    await page.getByLabel("E-mail address").fill("ada@example.com");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("ada@example.com").waitFor();
    await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
    const mails = await (await fetch(`${stack.simulatorUrl}/control/mail`)).json();
    const [mail] = mails.filter(({ to }) => to.includes("ada@example.com"));
    const [code] = /^[A-Z2-9]{4}-[A-Z2-9]{4}$/m.exec(mail.text);
    await page.getByLabel("Code").fill((code.startsWith("A") ? "B" : "A") + code.slice(1));
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("This code is wrong").waitFor();
    await page.getByLabel("Code").fill(code.toLowerCase());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
  });
});

describe("a page", () => {
  browserTest("that was opened without a session leads to signing in", async ({ open, expectRefusal }) => {
    const page = await open();
    expectRefusal(401, "/api/session");
    await page.goto(`${stack.apiUrl}/domains`);
    await page.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
  });

  browserTest("goes to signing in by itself when the session has ended somewhere else", async ({ open, expectRefusal }) => {
    const { domain } = await api("POST", "/api/domains", { hostname: "waiting.example.com" });
    const page = await open();
    await signIn(page);
    await page.getByRole("link", { name: domain.domainName }).click();
    await page.getByRole("heading", { name: domain.domainName }).waitFor();
    expectRefusal(401, `/api/domains/${domain.id}`);
    expectRefusal(401, "/api/session");
    await page.evaluate(() => fetch("/api/session", { method: "DELETE" }));
    await page.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
    await api("DELETE", `/api/domains/${domain.id}`);
  });

  browserTest("of a domain that is not there is a 404, and so is an unknown address", async ({ open, expectRefusal }) => {
    const page = await open();
    await signIn(page);
    const nobody = `dom_${"0".repeat(32)}`;
    expectRefusal(404, `/api/domains/${nobody}`);
    for (const address of [`/domains/${nobody}`, "/nowhere"]) {
      await page.goto(stack.apiUrl + address);
      await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    }
  });

  browserTest("that could not be loaded says so, and loads when asked again", async ({ open, expectRefusal }) => {
    const page = await open();
    await signIn(page);
    const problem = { error: "unavailable", message: "Not available for a moment.", requestId: "req_1" };
    expectRefusal(503, "/api/domains");
    await page.route("**/api/domains?*", (route) => route.fulfill({ status: 503, json: problem }));
    await page.goto(`${stack.apiUrl}/domains`);
    await page.getByRole("alert").getByText(problem.message).waitFor();
    await page.getByText(problem.requestId).waitFor();
    await page.unroute("**/api/domains?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Domains", exact: true }).waitFor();
  });

  browserTest("fits a narrow screen in both colour schemes", async ({ open, leave }) => {
    const { domain } = await api("POST", "/api/domains", { hostname: "a-rather-long-name.for-a-narrow-screen.example.com" });
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ viewport: { width: 360, height: 740 }, colorScheme });
      await signIn(page);
      for (const address of ["/domains", `/domains/${domain.id}`]) {
        await page.goto(stack.apiUrl + address);
        await page.getByText(domain.domainName).first().waitFor();
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), address);
      }
      await leave();
    }
    await api("DELETE", `/api/domains/${domain.id}`);
  });

  browserTest("is worked by keyboard: a dialog takes the focus, Escape gives it back", async ({ open }) => {
    const page = await open();
    await signIn(page);
    const add = page.getByRole("button", { name: /^Add (your first )?domain$/ });
    await add.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), "hostname");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.ok(await add.evaluate((element) => element === document.activeElement));
  });
});

describe("what is served", () => {
  test("carries the security headers on every page, and lasting assets", async () => {
    for (const address of ["/", "/domains", "/sign-in"]) {
      const { headers } = await fetch(stack.apiUrl + address);
      const policy = headers.get("content-security-policy") ?? "";
      for (const rule of ["default-src 'self'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        assert.ok(policy.includes(rule), `${address}: ${rule}`);
      }
      assert.ok(!policy.includes("unsafe"), address);
      assert.match(headers.get("strict-transport-security") ?? "", /max-age=\d{8}/);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
    }
    const page = await (await fetch(stack.apiUrl)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
    assert.match((await fetch(stack.apiUrl + script)).headers.get("cache-control"), /immutable/);
  });

  browserTest(`is ${BUDGET / 1000} kB or less for a first visit, and little more for another page`, async ({ open }) => {
    const page = await open();
    const loaded = new Set();
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/assets/")) loaded.add(pathname);
    });
    const size = () =>
      [...loaded].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(ROOT, "frontend/dist", file))).length, 0);
    await signIn(page);
    let before = size();
    assert.ok(loaded.size > 2, "nothing was loaded");
    assert.ok(before <= BUDGET, `${before} bytes at first`);
    const pages = page.getByRole("navigation", { name: "Main" }).getByRole("link");
    for (const name of await pages.allTextContents()) {
      await pages.getByText(name, { exact: true }).click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
      assert.ok(size() - before <= PAGE_BUDGET, `${size() - before} bytes for ${name}`);
      before = size();
    }
  });
});
