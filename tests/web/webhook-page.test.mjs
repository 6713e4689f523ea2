// The page of one webhook endpoint: its health, what was sent, sending again, and its secret, in real Chromium.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe } from "node:test";

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

browserTest("an endpoint shows what became of each event, and repairs what went wrong", async ({ open, expectRefusal }) => {
  const path = "/hooks/page";
  const page = await open();
  const dialog = page.getByRole("dialog");
  const rows = page.getByRole("table", { name: "Deliveries" }).locator("tbody tr");
  const { id } = await endpoint(path);

  await step("the list leads to it, and before the first event it says so", async () => {
    await signIn(page);
    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("link", { name: stack.simulatorUrl + path }).click();
    await page.getByRole("heading", { name: "Nothing has arrived yet" }).waitFor();
    await page.getByText("Nothing was sent to this endpoint yet.").waitFor();
  });

  await step("a failure shows by itself, with what the receiver answered as text", async () => {
    await answers(path, { status: 500, body: "<b>broken</b>", times: 1 });
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
    const ids = (await inbox(path)).map(({ headers }) => headers["webhook-id"]);
    assert.equal(ids.length >= 2, true);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await dialog.getByRole("region", { name: "Tries" }).getByRole("listitem").count(), ids.length);
    await dialog.getByRole("button", { name: "Copy webhook-id" }).click();
    assert.equal(await clipboard(page), ids[0]);
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("heading", { name: "Events arrive" }).waitFor();
  });

  await step("the log is narrowed down by state and event", async () => {
    await page.getByLabel("State", { exact: true }).selectOption("failed");
    await page.getByText("No delivery fits these filters.").waitFor();
    await page.getByLabel("State", { exact: true }).selectOption("delivered");
    await page.getByLabel("Event", { exact: true }).selectOption("domain.added");
    await rows.first().waitFor();
    assert.equal(await rows.count(), 1);
    await page.getByLabel("Event", { exact: true }).selectOption("domain.active");
    await page.getByText("No delivery fits these filters.").waitFor();
    await page.getByLabel("State", { exact: true }).selectOption("");
    await page.getByLabel("Event", { exact: true }).selectOption("");
  });

  await step("any event is tried out, and the answer is watched as it comes", async () => {
    await page.getByRole("button", { name: "Send a test…" }).click();
    await dialog.getByLabel("Event").selectOption("domain.renewed");
    await dialog.getByText("A newer certificate took over.").waitFor();
    await dialog.getByRole("button", { name: "Send it" }).click();
    await page.getByRole("dialog", { name: "domain.renewed" }).getByText("Delivered").waitFor({ timeout: 30_000 });
    const { headers, body } = (await inbox(path)).at(-1);
    assert.deepEqual([headers["x-dcvaas-event"], JSON.parse(body).type], ["domain.renewed", "domain.renewed"]);
    await page.keyboard.press("Escape");
  });

  await step("what it missed while it was off is offered when it is on again", async () => {
    const toggle = page.getByRole("switch");
    await toggle.click();
    await page.getByRole("heading", { name: "This endpoint is turned off" }).waitFor();
    await api("POST", "/api/domains", { hostname: "missed.example.com" });
    await drain();
    await toggle.click();
    await page.getByRole("heading", { name: "Send what it missed?" }).waitFor();
    await dialog.getByText("1 event is sent").waitFor();
    await dialog.getByRole("button", { name: "Send 1" }).click();
    await dialog.waitFor({ state: "detached" });
    await drain();
    const bodies = (await inbox(path)).map(({ body }) => JSON.parse(body).domainName);
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
    const { body, headers } = (await inbox(path)).at(-1);
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
