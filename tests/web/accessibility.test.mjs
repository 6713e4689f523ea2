// Every page and dialog against the rules of axe (WCAG 2.2 AA and good practice), in both colour schemes, wide and
// narrow; and none of them wider than its screen.

import assert from "node:assert/strict";

import { barriers, post, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, api } = useDashboard();

const SCREENS = [
  { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  { viewport: { width: 390, height: 844 }, colorScheme: "light" },
];

const made = {};

/** Something of everything: each page has rows in each state. Made once. */
async function prepare() {
  if (made.domain) return;
  const { domain } = await api("POST", "/api/domains", { hostname: "a-rather-long-name.for-a-narrow-screen.example.com" });
  const { webhook } = await api("POST", "/api/webhooks", {
    url: `${stack.simulatorUrl}/hooks/a11y`,
    payload: "thin",
    domainIds: [domain.id],
    domainTags: ["shop"],
    headers: { Authorization: "Bearer x" },
  });
  await api("POST", "/api/events/consumers", { name: "crm", cursor: "0" });
  await api("POST", `/api/webhooks/${webhook.id}/test`, { type: "domain.active" });
  await post(`${stack.controlUrl}/drain`, { timeoutMs: 20_000 });
  await stack.sql("UPDATE organizations SET name = 'An organization with a rather long name, as they are & Söhne'");
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  await api("POST", "/api/tokens", { name: "Ends soon", scopes: ["domains:read", "webhooks:write"], expiresAt: soon });
  await stack.sql(`INSERT INTO users (id, email, created_at, updated_at) VALUES
    ('usr_a11y1', 'somebody-with-a-long-address@customer.example.com', 1, 1), ('usr_a11y2', 'out@example.com', 1, 1)`);
  await stack.sql(`INSERT INTO members (org_id, user_id, role, status, created_at, updated_at) VALUES
    ('${stack.orgId}', 'usr_a11y1', 'admin', 'invited', 1, 1), ('${stack.orgId}', 'usr_a11y2', 'member', 'suspended', 1, 1)`);
  Object.assign(made, { domain: domain.id, webhook: webhook.id });
}

/** Each page, and what opens its dialogs; of two words the second opens what the dialog hides. */
const pages = () => ({
  "/domains": ["Add domain"],
  [`/domains/${made.domain}`]: ["Delete domain…"],
  "/tokens": ["New token", "Revoke all…", /^Rotate /, /^Revoke Ends/],
  "/webhooks": [["New endpoint", /^More/], /^Edit /, /^Delete /, /^Forget /],
  [`/webhooks/${made.webhook}?when=between`]: [],
  [`/webhooks/${made.webhook}`]: [["Edit…", "Add a header"], "domain.active", "Send a test…", "Send again…", "How to verify…", "Change the secret…"],
  "/members": ["Invite somebody", /^Change the role of somebody/, /^Take back the invitation/, /^Remove out/],
  "/audit": [/made the webhook endpoint/],
  "/organization": [/^Organization: /, "Delete organization…"],
  "/account": [],
  "/nowhere": [],
  "/invitation": [],
});

/** What is wrong with the page as it is now. */
async function faultsOf(page, what) {
  await page.waitForLoadState("networkidle");
  const [needed, there] = await page.evaluate(() => {
    const root = document.querySelector("dialog") ?? document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  const wide = needed > there ? [`it is ${needed} pixels wide on ${there}`] : [];
  return [...wide, ...(await barriers(page))].map((fault) => `${what}: ${fault}`);
}

for (const screen of SCREENS) {
  const { viewport, colorScheme } = screen;
  browserTest(`every page and dialog is accessible, ${viewport.width} pixels wide and ${colorScheme}`, async ({ open, expectRefusal }) => {
    await prepare();
    const page = await open(screen);
    expectRefusal(401, "/api/session");
    const faults = [];
    const check = async (what) => void faults.push(...(await faultsOf(page, what)));
    await page.goto(`${stack.apiUrl}/sign-in`);
    await page.getByLabel("E-mail address").waitFor();
    await check("sign-in");
    await signIn(page);
    for (const [address, buttons] of Object.entries(pages())) {
      await page.goto(stack.apiUrl + address);
      await page.locator("h1").waitFor();
      await check(address);
      for (const entry of buttons) {
        const [name, more] = [entry].flat();
        const what = `${address}: ${name}`;
        await page.getByRole("button", { name }).first().click();
        // A dialog whose code is fetched first comes late: Escape would be pressed before it is there.
        await page.locator("dialog, [aria-expanded=true]").first().waitFor();
        if (more) await page.locator("dialog").getByText(more).click();
        await check(what);
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      }
    }
    assert.deepEqual(faults, []);
  });
}

browserTest("what a plan does not include is said accessibly", async ({ open, expectRefusal }) => {
  await stack.sql("UPDATE organizations SET plan = 'free'");
  const page = await open({ colorScheme: "dark" });
  const faults = [];
  await signIn(page);
  for (const [address, route] of [["/tokens", "/api/tokens"], ["/webhooks", "/api/webhooks"], ["/audit", "/api/audit-logs"]]) {
    expectRefusal(402, route);
    await page.goto(stack.apiUrl + address);
    await page.getByRole("heading", { name: "Not in your plan" }).waitFor();
    faults.push(...(await faultsOf(page, address)));
  }
  for (const address of ["/members", "/organization"]) {
    await page.goto(stack.apiUrl + address);
    await page.getByText("come with the plan agency").first().waitFor();
    faults.push(...(await faultsOf(page, address)));
  }
  assert.deepEqual(faults, []);
  await stack.sql("UPDATE organizations SET plan = 'agency'");
});

browserTest("the pages of the documentation are accessible", async ({ open }) => {
  const faults = [];
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({ colorScheme });
    for (const address of ["/docs/api", "/docs/events", "/docs/problems"]) {
      await page.goto(stack.apiUrl + address);
      await page.locator("h1").waitFor();
      faults.push(...(await faultsOf(page, `${address} ${colorScheme}`)));
    }
  }
  assert.deepEqual(faults, []);
});
