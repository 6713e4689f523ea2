// The page of one webhook endpoint: its health, what was sent, sending again, and its secret, in real Chromium.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe } from "node:test";

import { ROOT } from "../stack/stack.mjs";
import { assertStays, clipboard, post, step, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, api } = useDashboard();

/** Lets everything happen that is due. */
const drain = () => post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
const inbox = async (path) => (await fetch(`${stack.simulatorUrl}/control/inbox?path=${path}`)).json();
const answers = (path, program) => post(`${stack.simulatorUrl}/control/inbox`, { path, ...program });

async function endpoint(path) {
  const { webhook } = await api("POST", "/api/webhooks", { url: stack.simulatorUrl + path, events: ["domain.added"] });
  return webhook;
}

/** Each program as it is offered, its file in the repository, and what runs it here without being built. */
const PROGRAMS = [
  ["JavaScript", "verify.mjs", process.execPath],
  ["Python", "verify.py", "python3"],
  ["Rust", "verify.rs"],
  ["Java", "Verify.java"],
  ["Shell", "verify.sh", "bash"],
];

/** How a program judges a message: 0 if it is ours. */
async function judged(runner, name, text, secret, { headers, body }) {
  const folder = await mkdtemp(path.join(tmpdir(), "dcvaas-verify-"));
  await writeFile(path.join(folder, name), text);
  const env = {
    ...process.env,
    WEBHOOK_SECRET: secret,
    WEBHOOK_ID: headers["webhook-id"],
    WEBHOOK_TIMESTAMP: headers["webhook-timestamp"],
    WEBHOOK_SIGNATURE: headers["webhook-signature"],
  };
  const code = await new Promise((resolve) => {
    const child = execFile(runner, [path.join(folder, name)], { env }, (error) => resolve(error ? error.code : 0));
    child.stdin.end(body);
  });
  await rm(folder, { recursive: true });
  return code;
}

browserTest("an endpoint shows what became of each event, and repairs what went wrong", async ({ open, expectRefusal }) => {
  const hook = "/hooks/page";
  const page = await open();
  const dialog = page.getByRole("dialog");
  const rows = page.getByRole("table", { name: "Deliveries" }).locator("tbody tr");
  const { id, signingSecret } = await endpoint(hook);

  await step("the list leads to it, and before the first event it says so", async () => {
    await signIn(page);
    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("link", { name: stack.simulatorUrl + hook }).click();
    await page.getByRole("heading", { name: "Nothing has arrived yet" }).waitFor();
    await page.getByText("Nothing was sent to this endpoint yet.").waitFor();
  });

  await step("a failure shows by itself, with what the receiver answered as text", async () => {
    await answers(hook, { status: 500, body: "<b>broken</b>", times: 1 });
    await api("POST", "/api/domains", { hostname: "first.example.com" });
    await rows.getByText("500: The receiver failed.").waitFor({ timeout: 30_000 });
    await page.reload();
    await page.getByRole("heading", { name: "The receiver does not take events" }).waitFor();
    await rows.getByRole("button", { name: "domain.added" }).click();
    await dialog.getByText("<b>broken</b>").waitFor();
    assert.equal(await dialog.locator("pre b").count(), 0);
    assert.match(await dialog.getByRole("region", { name: "What is sent" }).textContent(), /first\.example\.com/);
  });

  await step("it is sent again with the same id, and arrives before the person's eyes", async () => {
    await dialog.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("Delivered").waitFor({ timeout: 30_000 });
    const ids = (await inbox(hook)).map(({ headers }) => headers["webhook-id"]);
    assert.equal(ids.length >= 2, true);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await dialog.getByRole("region", { name: "Tries" }).getByRole("listitem").count(), ids.length);
    await dialog.getByRole("button", { name: "Copy webhook-id" }).click();
    assert.equal(await clipboard(page), ids[0]);
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("heading", { name: "Events arrive" }).waitFor();
  });

  await step("any event is tried out, and the answer is watched as it comes", async () => {
    await page.getByRole("button", { name: "Send a test…" }).click();
    await answers(hook, { status: 200, body: "thank you", times: 1 });
    await dialog.getByLabel("Event").selectOption("domain.renewed");
    await dialog.getByText("A newer certificate took over.").waitFor();
    await dialog.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("dialog", { name: "domain.renewed" }).getByText("Delivered").waitFor({ timeout: 30_000 });
    const { headers, body } = (await inbox(hook)).at(-1);
    assert.deepEqual([headers["x-dcvaas-event"], JSON.parse(body).type], ["domain.renewed", "domain.renewed"]);
    const tries = dialog.getByRole("region", { name: "Tries" });
    await tries.getByText(/^200$/).waitFor();
    await tries.getByText("thank you").waitFor();
    await tries.getByText("Headers that were sent").click();
    await tries.getByText(`webhook-id: ${headers["webhook-id"]}`).waitFor();
  });

  await step("and what verifies it is offered in five languages, and does", async () => {
    const message = (await inbox(hook)).at(-1);
    await dialog.getByText("How your receiver verifies it").click();
    for (const [language, name, runner] of PROGRAMS) {
      await dialog.getByRole("button", { name: language, exact: true }).click();
      await dialog.getByRole("button", { name: `Copy program in ${language}` }).click();
      const program = await clipboard(page);
      assert.equal(program, await readFile(path.join(ROOT, "docs/verify", name), "utf8"));
      if (runner === undefined) continue;
      assert.equal(await judged(runner, name, program, signingSecret, message), 0, language);
      assert.equal(await judged(runner, name, program, signingSecret, { ...message, body: `${message.body} ` }), 1, language);
    }
    await page.keyboard.press("Escape");
  });

  await step("what it missed while it was off is offered when it is on again", async () => {
    const toggle = page.getByRole("switch");
    await toggle.click();
    await page.getByRole("heading", { name: "This endpoint is turned off" }).waitFor();
    await api("POST", "/api/domains", { hostname: "missed.example.com" });
    await drain();
    const counted = [];
    page.on("request", (request) => request.url().endsWith("/replay") && counted.push(request.url()));
    await toggle.click();
    const offer = page.getByRole("region", { name: "What it missed" });
    await offer.getByText("1 event was not sent to it").waitFor();
    assert.deepEqual(counted, [], "the answer that turned it on said it already");
    await offer.getByRole("button", { name: "Send what it missed…" }).click();
    await page.getByRole("heading", { name: "Send what it missed?" }).waitFor();
    await dialog.getByText("1 event is sent").waitFor();
    await dialog.getByRole("button", { name: "Send 1" }).click();
    await dialog.waitFor({ state: "detached" });
    await offer.waitFor({ state: "detached" });
    await drain();
    const bodies = (await inbox(hook)).map(({ body }) => JSON.parse(body).domainName);
    assert.equal(bodies.at(-1), "missed.example.com");
  });

  await step("a replay counts first, and offers nothing where there is nothing", async () => {
    await page.getByRole("button", { name: "Send again…" }).click();
    await dialog.getByText("There is nothing to send.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Send", exact: true }).isDisabled(), true);
    expectRefusal(400, `/api/webhooks/${id}/replay`);
    await dialog.getByLabel("Since").fill("2020-01-31T00:00");
    await dialog.getByText("30 days at most").last().waitFor();
    await page.keyboard.press("Escape");
  });

  await step("a key pair signs too when that is wanted, and its public key stands there", async () => {
    await page.getByRole("button", { name: "Edit…" }).click();
    await dialog.getByText("More: body, order").click();
    await dialog.getByLabel("Sign with a key pair, too").check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const { publicKey } = (await api("GET", `/api/webhooks/${id}`)).webhook;
    assert.ok(publicKey);
    await page.getByRole("button", { name: "Copy public key" }).click();
    assert.equal(await clipboard(page), publicKey);
    await page.getByRole("button", { name: "Edit…" }).click();
    await dialog.getByLabel("Sign with a key pair, too").uncheck();
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Copy public key" }).waitFor({ state: "detached" });
  });

  let first, second;
  const rotate = async () => {
    await page.getByRole("button", { name: "Change the secret…" }).click();
    const force = dialog.getByRole("checkbox");
    if (await force.count()) {
      assert.equal(await dialog.getByRole("button", { name: "Make a new secret" }).isDisabled(), true);
      await force.check();
    }
    await dialog.getByRole("button", { name: "Make a new secret" }).click();
    const shown = page.getByRole("dialog", { name: "The new secret" });
    await assertStays(page, shown);
    await shown.getByRole("button", { name: "Copy plain secret" }).click();
    const secret = await clipboard(page);
    assert.match(secret, /^[0-9a-f]{64}$/);
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await shown.waitFor({ state: "detached" });
    assert.ok(!(await page.content()).includes(secret));
    await page.getByText("Two secrets sign until").waitFor();
    return secret;
  };

  await step("the secret is changed, again only when that is wanted, and the old one is dropped", async () => {
    first = await rotate();
    second = await rotate();
    assert.notEqual(first, second);
    await page.getByRole("button", { name: "Drop the old one now" }).click();
    await page.getByText("It was shown when it was made.").waitFor();
    await api("POST", "/api/domains", { hostname: "signed.example.com" });
    await drain();
    const { body, headers } = (await inbox(hook)).at(-1);
    assert.equal(headers["x-dcvaas-signature"], createHmac("sha256", second).update(body).digest("hex"));
  });

  await step("it is deleted after its host was typed, and its address leads nowhere then", async () => {
    await page.getByRole("button", { name: "Delete endpoint…" }).click();
    await page.keyboard.type(new URL(stack.simulatorUrl).host);
    await dialog.getByRole("button", { name: "Delete endpoint" }).click();
    await page.getByRole("heading", { name: "Know it when it happens" }).waitFor();
    expectRefusal(404, `/api/webhooks/${id}`);
    expectRefusal(404, `/api/webhooks/${id}/deliveries`);
    await page.goto(`${stack.apiUrl}/webhooks/${id}`);
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  });
});

describe("the page of an endpoint", () => {
  browserTest("is not needed to send what was missed: the list offers it too", async ({ open }) => {
    const { id } = await endpoint("/hooks/list");
    await api("PATCH", `/api/webhooks/${id}`, { enabled: false });
    await api("POST", "/api/domains", { hostname: "unheard.example.com" });
    await drain();
    const page = await open();
    await signIn(page);
    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("switch", { name: `Send events to ${stack.simulatorUrl}/hooks/list` }).click();
    const offer = page.getByRole("region", { name: "What it missed" });
    await offer.getByText("1 event was not sent to it").waitFor();
    await offer.getByRole("button", { name: "Not now" }).click();
    await offer.waitFor({ state: "detached" });
    await api("DELETE", `/api/webhooks/${id}`);
  });

  browserTest("shows a member everything and lets them change nothing", async ({ open }) => {
    const { id } = await endpoint("/hooks/member");
    await api("POST", "/api/domains", { hostname: "member.example.com" });
    await drain();
    await stack.sql("UPDATE members SET role = 'member'");
    const page = await open();
    await signIn(page);
    await page.goto(`${stack.apiUrl}/webhooks/${id}`);
    await page.getByRole("button", { name: "domain.added" }).click();
    await page.getByRole("dialog").getByText("Delivered").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send again" }).count(), 0);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("switch").isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: /^(Edit|Change|Send|Delete|Drop)/ }).count(), 0);
    await stack.sql("UPDATE members SET role = 'owner'");
  });

  browserTest("fits a narrow screen in both colour schemes, with its dialogs", async ({ open, leave }) => {
    const { id } = await endpoint("/hooks/narrow");
    await api("POST", "/api/domains", { hostname: "a-rather-long-name.for-a-narrow-screen.example.com" });
    await drain();
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ viewport: { width: 390, height: 844 }, colorScheme });
      const dialog = page.getByRole("dialog");
      await signIn(page);
      await page.goto(`${stack.apiUrl}/webhooks/${id}`);
      await page.getByRole("button", { name: "domain.added" }).waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
      for (const name of ["domain.added", "Send again…", "Send a test…", "Change the secret…"]) {
        await page.getByRole("button", { name }).click();
        await dialog.waitFor();
        assert.ok(await dialog.evaluate((element) => element.scrollWidth <= element.clientWidth), name);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      }
      await leave();
    }
  });
});
