// People and what they share: invitations, roles, the settings of an organization, and their own sessions, in real
// Chromium, each person in a browser of their own.

import assert from "node:assert/strict";
import { describe } from "node:test";

import { step, useDashboard } from "./support.mjs";

const { stack, browserTest, signIn, signInAs, typeCodeOf, fromMail, api } = useDashboard();

const membersPath = (rest = "") => `/api/orgs/${stack.orgId}/members${rest}`;
/** The link in the newest invitation; each is given once. */
const invitationOf = (email) => fromMail(email, /https?:\S+\/invitation#\S+/);
const openMembers = async (page) => {
  await page.goto(`${stack.apiUrl}/members`);
  await page.getByRole("table", { name: "Members" }).waitFor();
};

async function invite(page, email, role) {
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByLabel("E-mail address").fill(email);
  if (role) await dialog.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
  await dialog.getByRole("button", { name: "Send the invitation" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: email }).getByText("Invited").waitFor();
}

/** Opens an invitation signed in as `email`, and accepts it. */
async function join(page, email, link) {
  await page.goto(link);
  await page.getByText(`You are signed in as ${email}.`).waitFor();
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await page.getByRole("heading", { name: "Domains", exact: true }).waitFor();
}

const currentOrganization = (page) => page.getByRole("button", { name: /^Organization: / });

browserTest("somebody is invited, accepts in another browser, and is changed and removed", async ({ open, expectRefusal }) => {
  const owner = await open();
  const guest = await open();
  const dialog = owner.getByRole("dialog");
  const email = "grace@example.com";
  const row = owner.getByRole("row", { name: email });
  let first, second;

  await step("who is alone cannot leave, and what is no address is refused beside the field", async () => {
    await signIn(owner);
    await openMembers(owner);
    await owner.getByText("The only owner can neither leave nor step down.").waitFor();
    expectRefusal(400, membersPath("/invite"));
    await owner.getByRole("button", { name: "Invite somebody" }).click();
    await owner.getByLabel("E-mail address").fill("grace");
    await owner.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("Give an e-mail address").waitFor();
    await owner.keyboard.press("Escape");
  });

  await step("an invitation can be sent again, which ends the one before", async () => {
    await invite(owner, email, "Admin");
    first = await invitationOf(email);
    await row.getByRole("button", { name: `Send again the invitation of ${email}` }).click();
    await owner.getByRole("status").getByText("A new invitation is on its way").waitFor({ state: "attached" });
    second = await invitationOf(email);
    assert.notEqual(second, first);
  });

  await step("the link asks to sign in first, leaves the address bar, and the old one is refused", async () => {
    expectRefusal(401, "/api/session");
    expectRefusal(404, membersPath("/accept"));
    await guest.goto(first);
    await guest.getByText("Sign in with the address that the invitation was sent to.").waitFor();
    assert.equal(guest.url(), `${stack.apiUrl}/invitation`);
    await typeCodeOf(guest, email);
    await guest.getByRole("button", { name: "Accept the invitation" }).click();
    await guest.getByRole("alert").getByText("This invitation has ended, was used, or is for another").waitFor();
  });

  await step("the new one brings them in, and the organization is the current one", async () => {
    const { organizations } = await guest.evaluate(() => fetch("/api/session").then((reply) => reply.json()));
    assert.equal(organizations.length, 1, "only their own so far");
    await join(guest, email, second);
    const session = await guest.evaluate(() => fetch("/api/session").then((reply) => reply.json()));
    const { name } = session.organizations.find(({ id }) => id === stack.orgId);
    await currentOrganization(guest).getByText(name).waitFor();
  });

  await step("an admin is not offered what only owners may", async () => {
    await openMembers(guest);
    const ownersRow = guest.getByRole("row", { name: "owner@example.test" });
    await ownersRow.getByText("Only an owner changes an owner.").waitFor();
    assert.equal(await ownersRow.getByRole("button").count(), 0);
    await guest.getByRole("button", { name: "Invite somebody" }).click();
    assert.deepEqual(await guest.getByRole("dialog").getByRole("radio").count(), 2);
    await guest.keyboard.press("Escape");
    await guest.goto(`${stack.apiUrl}/organization`);
    await guest.getByText("Only an owner can change it.").waitFor();
    assert.equal(await guest.getByRole("textbox").count(), 0);
    assert.equal(await guest.getByRole("button", { name: "Delete organization…" }).count(), 0);
  });

  await step("an admin makes an API token, which goes back to them", async () => {
    await guest.evaluate(
      ([organization]) =>
        fetch("/api/tokens", {
          method: "POST",
          headers: { "content-type": "application/json", "dcvaas-organization": organization },
          body: JSON.stringify({ name: "Of Grace" }),
        }),
      [stack.orgId],
    );
  });

  await step("the owner gives them another role, and a member changes nobody", async () => {
    await owner.reload();
    await row.getByText("Active").waitFor();
    await row.getByRole("button", { name: `Change the role of ${email}` }).click();
    const save = dialog.getByRole("button", { name: "Change the role" });
    assert.equal(await save.isDisabled(), true);
    await dialog.getByRole("radio", { name: /^Member/ }).check();
    await save.click();
    await row.getByText("Member", { exact: true }).waitFor();

    await openMembers(guest);
    await guest.getByText("Owners and admins can change them.").waitFor();
    assert.deepEqual(await guest.getByRole("main").getByRole("button").allTextContents(), ["Leave…"]);
    expectRefusal(403, "/api/audit-logs");
    await guest.getByRole("link", { name: "Audit log" }).click();
    await guest.getByRole("heading", { name: "Not for your role" }).waitFor();
  });

  await step("who is suspended is out, and in again when that ends", async () => {
    await row.getByRole("button", { name: `Suspend ${email}` }).click();
    await dialog.getByRole("button", { name: "Suspend" }).click();
    await row.getByText("Suspended").waitFor();
    expectRefusal(401, "/api/webhooks");
    expectRefusal(402, "/api/webhooks");
    // Their page is still open: it finds out by itself, and shows what they still have.
    await guest.getByRole("link", { name: "Webhooks" }).click();
    await currentOrganization(guest).getByText("grace").waitFor();
    await row.getByRole("button", { name: `Reactivate ${email}` }).click();
    await row.getByText("Active").waitFor();
  });

  await step("who is removed is gone, and the token that they made", async () => {
    const named = async () => (await api("GET", "/api/tokens")).tokens.filter(({ name }) => name === "Of Grace").length;
    assert.equal(await named(), 1);
    await row.getByRole("button", { name: `Remove ${email}` }).click();
    await dialog.getByLabel("Revoke 1 API token of theirs, too").check();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await row.waitFor({ state: "detached" });
    assert.equal(await named(), 0);
  });
});

describe("an invitation", () => {
  browserTest("is for nobody else", async ({ open, expectRefusal }) => {
    const owner = await open();
    await signIn(owner);
    await openMembers(owner);
    await invite(owner, "heidi@example.com");
    const thief = await open();
    expectRefusal(401, "/api/session");
    expectRefusal(404, membersPath("/accept"));
    await signInAs(thief, "mallory@example.com");
    await thief.goto(await invitationOf("heidi@example.com"));
    await thief.getByRole("button", { name: "Accept the invitation" }).click();
    await thief.getByRole("alert").getByText("is for another e-mail address").waitFor();
    await thief.getByRole("button", { name: "That is not me" }).click();
    await typeCodeOf(thief, "heidi@example.com");
    await thief.getByText("You are signed in as heidi@example.com.").waitFor();
    await thief.getByRole("button", { name: "Accept the invitation" }).click();
    await thief.getByRole("heading", { name: "Domains", exact: true }).waitFor();
  });

  browserTest("goes on by itself when its reader has signed in in another tab", async ({ open, expectRefusal }) => {
    const owner = await open();
    await signIn(owner);
    await openMembers(owner);
    await invite(owner, "ivan@example.com");
    const tab = await open();
    expectRefusal(401, "/api/session");
    await tab.goto(await invitationOf("ivan@example.com"));
    await tab.getByLabel("E-mail address").waitFor();
    const other = await tab.context().newPage();
    await signInAs(other, "ivan@example.com");
    await other.close();
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await tab.getByText("You are signed in as ivan@example.com.").waitFor();
  });

  browserTest("that lost its end, or was taken back, is recognised", async ({ open, expectRefusal }) => {
    const owner = await open();
    await signIn(owner);
    await openMembers(owner);
    await invite(owner, "judy@example.com");
    const link = await invitationOf("judy@example.com");
    const row = owner.getByRole("row", { name: "judy@example.com" });
    await row.getByRole("button", { name: "Take back the invitation of judy@example.com" }).click();
    await owner.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
    await row.waitFor({ state: "detached" });

    const guest = await open();
    expectRefusal(401, "/api/session");
    expectRefusal(404, membersPath("/accept"));
    await signInAs(guest, "judy@example.com");
    await guest.goto(link.slice(0, -1));
    await guest.getByText("The link is not complete.").waitFor();
    await guest.goto("about:blank");
    await guest.goto(link);
    await guest.getByRole("button", { name: "Accept the invitation" }).click();
    await guest.getByRole("alert").getByText("This invitation has ended").waitFor();
  });
});

browserTest("a member leaves, and is back in their own organization", async ({ open, expectRefusal }) => {
  const owner = await open();
  await signIn(owner);
  await openMembers(owner);
  await invite(owner, "kim@example.com");
  const guest = await open();
  expectRefusal(401, "/api/session");
  await signInAs(guest, "kim@example.com");
  await join(guest, "kim@example.com", await invitationOf("kim@example.com"));
  await openMembers(guest);
  await guest.getByRole("button", { name: "Leave this organization" }).click();
  await guest.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await guest.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
  await currentOrganization(guest).getByText("kim").waitFor();
});

browserTest("without the plan nobody is invited, the plan is named, and members are still taken away", async ({ open }) => {
  const owner = await open();
  await signIn(owner);
  await openMembers(owner);
  await invite(owner, "leo@example.com");
  await stack.sql(`UPDATE organizations SET plan = 'pro' WHERE id = '${stack.orgId}'`);
  await openMembers(owner);
  await owner.getByText("Team members come with the plan agency. This organization has the plan pro.").waitFor();
  assert.equal(await owner.getByRole("button", { name: "Invite somebody" }).count(), 0);
  const row = owner.getByRole("row", { name: "leo@example.com" });
  assert.deepEqual(await row.getByRole("button").allTextContents(), ["Take back…"]);
  await owner.goto(`${stack.apiUrl}/organization`);
  await owner.getByText("Your own colour and logo come with the plan agency.").waitFor();
  await stack.sql(`UPDATE organizations SET plan = 'agency' WHERE id = '${stack.orgId}'`);
});

browserTest("an organization is renamed, shown in its own colours, joined by another one, and deleted", async ({ open, expectRefusal, allowHost }) => {
  const page = await open();
  const dialog = page.getByRole("dialog");
  const logo = "https://cdn.example.com/logo.svg";
  allowHost("https://cdn.example.com");
  await page.route(`${logo}*`, (route) =>
    route.request().url() === logo
      ? route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="28"/>' })
      : route.fulfill({ status: 200, contentType: "text/html", body: "no image" }),
  );

  await step("its new name stands at the top of every page", async () => {
    await signIn(page);
    await page.getByRole("link", { name: "Organization", exact: true }).click();
    const save = page.getByRole("button", { name: "Save the name" });
    assert.equal(await save.isDisabled(), true);
    expectRefusal(400, "/api/organizations");
    await page.getByLabel("Name of the organization").fill("x".repeat(101));
    await save.click();
    await page.getByRole("alert").getByText("Give a name of 1 to 100 characters").waitFor();
    await page.getByLabel("Name of the organization").fill(" Acme & Söhne ");
    await save.click();
    await currentOrganization(page).getByText("Acme & Söhne").waitFor();
  });

  await step("what is no colour and no public address is refused in the server's words", async () => {
    await page.getByLabel("Colour", { exact: true }).fill("red");
    await page.getByRole("button", { name: "Save the brand" }).click();
    await page.getByRole("alert").getByText("Give a colour as #rrggbb").waitFor();
    await page.getByLabel("Colour", { exact: true }).fill("#e8590c");
    await page.getByLabel("Logo", { exact: true }).fill("https://127.0.0.1/logo.svg");
    allowHost("https://127.0.0.1");
    await page.route("https://127.0.0.1/**", (route) => route.fulfill({ status: 200, contentType: "text/html", body: "" }));
    await page.getByRole("button", { name: "Save the brand" }).click();
    await page.locator(".field .fault").getByText(/public/).waitFor();
  });

  await step("the preview shows them, or that the logo does not load", async () => {
    await page.getByLabel("Logo", { exact: true }).fill(`${logo}?gone`);
    await page.getByLabel("Colour", { exact: true }).focus();
    await page.getByText("The logo does not load.").waitFor();
    await page.getByLabel("Logo", { exact: true }).fill(logo);
    await page.getByLabel("Colour", { exact: true }).focus();
    await page.getByRole("figure", { name: "Preview" }).getByAltText("The logo").first().waitFor();
  });

  await step("and every page has them from its first moment", async () => {
    await page.getByRole("button", { name: "Save the brand" }).click();
    await page.getByRole("status").getByText("The brand is saved").waitFor({ state: "attached" });
    await page.goto(`${stack.apiUrl}/domains`);
    const top = page.getByRole("banner");
    await top.locator(`img[src="${logo}"]`).waitFor();
    assert.equal(await top.evaluate((header) => getComputedStyle(header).borderTopColor), "rgb(232, 89, 12)");
  });

  await step("what it uses of its plan is counted", async () => {
    await api("POST", "/api/domains", { hostname: "counted.example.com" });
    await page.goto(`${stack.apiUrl}/organization`);
    const row = page.getByRole("row", { name: "Domains" });
    await row.waitFor();
    assert.deepEqual(await row.getByRole("cell").allTextContents(), ["1", "50 "]);
    await stack.sql(`UPDATE organizations SET domain_limit = 60 WHERE id = '${stack.orgId}'`);
    await page.reload();
    await row.getByText("set for you").waitFor();
  });

  await step("another one is made from the menu, and shown", async () => {
    await currentOrganization(page).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    assert.ok(await currentOrganization(page).evaluate((button) => button === document.activeElement));
    assert.equal(await currentOrganization(page).getAttribute("aria-expanded"), "false");
    await currentOrganization(page).click();
    await page.getByRole("banner").getByRole("button", { name: "New organization…" }).click();
    await dialog.getByLabel("Name").fill("Side project");
    await dialog.getByRole("button", { name: "Make it" }).click();
    await page.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
    await currentOrganization(page).getByText("Side project").waitFor();
    assert.equal(await page.getByRole("banner").locator(`img[src="${logo}"]`).count(), 0);
    for (const [name, path] of [["API tokens", "/api/tokens"], ["Audit log", "/api/audit-logs"]]) {
      expectRefusal(402, path);
      await page.getByRole("link", { name }).click();
      await page.getByRole("heading", { name: "Not in your plan" }).waitFor();
    }
  });

  await step("one switches back and forth, and a reload keeps the choice", async () => {
    await currentOrganization(page).click();
    await page.getByRole("button", { name: /^Acme & Söhne/ }).click();
    await page.getByRole("link", { name: "counted.example.com" }).waitFor();
    await currentOrganization(page).click();
    await page.getByRole("button", { name: /^Side project/ }).click();
    await page.getByRole("heading", { name: "One CNAME, placed once" }).waitFor();
    await page.reload();
    await currentOrganization(page).getByText("Side project").waitFor();
  });

  await step("it is deleted only after its name was typed, exactly", async () => {
    await page.getByRole("link", { name: "Organization", exact: true }).click();
    await page.getByRole("button", { name: "Delete organization…" }).click();
    await dialog.getByText("0 domains with the certificates at Cloudflare").waitFor();
    const confirm = dialog.getByRole("button", { name: "Delete organization" });
    await page.keyboard.type("side project");
    assert.equal(await confirm.isDisabled(), true);
    await dialog.getByLabel("Type Side project to confirm").fill("Side project");
    await confirm.click();
    await currentOrganization(page).getByText("Acme & Söhne").waitFor();
    await page.getByRole("link", { name: "counted.example.com" }).waitFor();
  });

  await step("the brand is taken away by emptying its fields", async () => {
    await page.goto(`${stack.apiUrl}/organization`);
    await page.getByLabel("Colour", { exact: true }).fill("");
    await page.getByLabel("Logo", { exact: true }).fill("");
    await page.getByRole("button", { name: "Save the brand" }).click();
    await page.getByRole("banner").getByText("DCVaaS").waitFor();
  });
});

browserTest("a person sees where they are signed in, and ends what is not theirs", async ({ open, expectRefusal }) => {
  const email = "nina@example.com";
  expectRefusal(401, "/api/session");
  const [here, there, third] = [await open(), await open({ userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/133.0" }), await open()];
  for (const page of [there, third, here]) await signInAs(page, email);
  const rows = here.getByRole("table", { name: "Where you are signed in" }).locator("tbody tr");

  await step("each with its device, and this one marked", async () => {
    await here.getByRole("link", { name: `Your account: ${email}` }).click();
    await here.getByRole("heading", { name: "Account" }).waitFor();
    await rows.nth(2).waitFor();
    await rows.first().getByText("This one").waitFor();
    await rows.filter({ hasText: "Firefox on Windows" }).getByText("127.0.0.1").waitFor();
  });

  await step("one is ended, and finds itself signed out", async () => {
    await here.getByRole("button", { name: "End the session of Firefox on Windows" }).click();
    await rows.filter({ hasText: "Firefox on Windows" }).waitFor({ state: "detached" });
    expectRefusal(401, "/api/domains");
    await there.reload();
    await there.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
  });

  await step("all others are ended at once, and then this one", async () => {
    await here.getByRole("button", { name: "End all others" }).click();
    await rows.nth(1).waitFor({ state: "detached" });
    assert.equal(await here.getByRole("button", { name: "End all others" }).count(), 0);
    await third.reload();
    await third.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
    await here.getByRole("button", { name: "Sign out here" }).click();
    await here.getByRole("heading", { name: "Sign in to DCVaaS" }).waitFor();
  });
});
