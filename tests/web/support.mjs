// What the browser files share: a stack and a Chromium for the file, and a test that watches what the page does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

import { startStack } from "../stack/stack.mjs";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** How long a step may take before the test fails, in milliseconds. */
const PATIENCE = 15_000;

/** Starts a stack, with `options` of its own, and a browser before the file's tests, and stops both after them. */
export function useDashboard(options = {}) {
  /** Filled before the first test. */
  const stack = {};
  let browser;
  before(async () => {
    Object.assign(stack, await startStack(options));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    await stack.stop?.();
  });

  /**
   * A test with a browser in it. What the page does behind its back counts as well: console errors, exceptions,
   * violations of the content security policy, and requests to anywhere else fail the test.
   *
   * `run` gets `open(options)`, which makes a new visitor's page, `leave()`, which closes every page,
   * `expectRefusal(status, path)` for answers of 4xx that the test is about, and `allowHost(origin)` for requests that are
   * wanted.
   */
  function browserTest(name, run) {
    test(name, async () => {
      const faults = [];
      const refusals = new Set();
      const origins = new Set([stack.apiUrl]);
      let contexts = [];
      const leave = async () => {
        const open = contexts;
        contexts = [];
        await Promise.all(open.map((context) => context.close()));
      };

      async function open(options = {}) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
        contexts.push(context);
        await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: stack.apiUrl });
        await context.addInitScript(() => {
          document.addEventListener("securitypolicyviolation", (event) => {
            console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
          });
        });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("request", (request) => {
          const { origin, protocol } = new URL(request.url());
          // What the page itself has made, such as a file to keep, goes nowhere.
          if (protocol !== "blob:" && !origins.has(origin)) faults.push(`request to ${request.url()}`);
        });
        page.on("console", (message) => {
          if (message.type() !== "error" && message.type() !== "warning") return;
          const { url } = message.location();
          // Chromium itself reports every answer of 4xx.
          const refused = /the server responded with a status of (\d+)/.exec(message.text());
          if (refused && refusals.has(`${refused[1]} ${new URL(url).pathname}`)) return;
          faults.push(`${message.text()} (${url})`);
        });
        return page;
      }

      try {
        await run({
          open,
          leave,
          expectRefusal: (status, pathname) => refusals.add(`${status} ${pathname}`),
          allowHost: (origin) => origins.add(origin),
        });
      } finally {
        await leave();
      }
      assert.deepEqual(faults, []);
    });
  }

  async function signIn(page) {
    await page.goto(await stack.signInUrl());
    await page.getByRole("heading", { name: "Domains", exact: true }).waitFor();
  }

  const taken = new Set();

  /** What fits `pattern` in the newest mail to an address, once it has arrived; nothing is given twice. */
  async function fromMail(email, pattern) {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(100)) {
      await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
      const mails = await (await fetch(`${stack.simulatorUrl}/control/mail`)).json();
      const found = mails.filter(({ to }) => to.includes(email)).flatMap(({ text }) => pattern.exec(text)?.[0] ?? []).at(-1);
      if (found === undefined || taken.has(found)) continue;
      taken.add(found);
      return found;
    }
    throw new Error(`no mail with ${pattern} to ${email}`);
  }

  /** Asks for a mail on the page that is open, and types its code. */
  async function typeCodeOf(page, email) {
    await page.getByLabel("E-mail address").fill(email);
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText(email).waitFor();
    await page.getByLabel("Code").fill(await fromMail(email, /^[A-Z2-9]{4}-[A-Z2-9]{4}$/m));
    await page.keyboard.press("Enter");
  }

  /** Signs anybody in, as they would do it themselves. */
  async function signInAs(page, email) {
    await page.goto(`${stack.apiUrl}/sign-in`);
    await typeCodeOf(page, email);
    await page.getByRole("heading", { name: "Domains", exact: true }).waitFor();
  }

  /** The same API, by token. */
  async function api(method, route, body, token = stack.token) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(stack.apiUrl + route, { method, headers, body: body && JSON.stringify(body) });
    return response.status === 204 ? undefined : response.json();
  }

  return { stack, browserTest, signIn, signInAs, typeCodeOf, fromMail, api };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules of accessibility that the page, or the dialog on it, breaks, as far as a program can judge. */
export async function barriers(page) {
  // What fades in has no contrast yet.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

/** Names the part of a longer story in its failure. */
export async function step(name, run) {
  try {
    await run();
  } catch (error) {
    error.message = `${name}: ${error.message}`;
    throw error;
  }
}

export async function post(url, body) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  assert.ok(response.ok, `${url}: ${response.status} ${await response.text()}`);
}

export const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Neither Escape nor a click beside it ends the dialog. */
export async function assertStays(page, dialog) {
  await dialog.waitFor();
  for (let times = 0; times < 3; times += 1) await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  assert.equal(await dialog.isVisible(), true);
  assert.equal(await dialog.evaluate((element) => element.matches(":modal")), true);
  assert.equal(await dialog.getByRole("button", { name: "Close" }).count(), 0);
}
