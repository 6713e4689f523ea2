// Proves in real Chromium that a person signs in by a provider's button, through the provider's own pages, and reads in
// plain words why they are not signed in.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { startProvider } from "../stack/provider.mjs";
import { freePort } from "../stack/stack.mjs";
import { step, useDashboard } from "./support.mjs";

const ports = { api: await freePort(), simulator: await freePort() };
const port = await freePort();
const issuer = `http://127.0.0.1:${port}`;
const client = {
  client_id: "dcvaas",
  client_secret: "a-secret-of-the-client",
  redirect_uris: [`http://127.0.0.1:${ports.api}/api/sign-in/providers/corp/callback`],
};

const { stack, browserTest } = useDashboard({
  ports,
  vars: {
    OIDC_PROVIDERS: JSON.stringify([{ id: "corp", name: "Corp", issuer, clientId: client.client_id }]),
    OIDC_CLIENT_SECRETS: JSON.stringify({ corp: client.client_secret }),
    OUTGOING_ALLOW_HOSTS: `127.0.0.1:${ports.simulator},127.0.0.1:${port}`,
  },
});

let provider;
before(async () => {
  provider = await startProvider({ port, client });
});
after(() => provider.stop());

const button = (page) => page.getByRole("button", { name: "Continue with Corp" });

/** Signs in at the provider, on its own pages. */
async function atProvider(page, login) {
  await page.waitForURL(`${issuer}/**`);
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

browserTest("a person signs in by the provider's button, and is told why not", async ({ open, allowHost, expectRefusal }) => {
  allowHost(issuer);
  expectRefusal(401, "/api/session");
  // The provider's pages have no icon, and want a typeface from elsewhere.
  expectRefusal(404, "/favicon.ico");
  allowHost("https://fonts.googleapis.com");
  const visit = async () => {
    const page = await open();
    await page.route("https://fonts.googleapis.com/**", (route) => route.fulfill({ contentType: "text/css", body: "" }));
    return page;
  };
  const page = await visit();

  await step("the sign-in page offers the provider beside mail", async () => {
    await page.goto(`${stack.apiUrl}/sign-in`);
    await button(page).waitFor();
    assert.equal(await page.getByLabel("E-mail address").isVisible(), true);
  });

  await step("who changes their mind there comes back to words and a way on", async () => {
    await button(page).click();
    await page.waitForURL(`${issuer}/**`);
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByRole("alert").getByText("You were not signed in there.").waitFor();
    assert.equal(new URL(page.url()).hash, "", "the word leaves the address bar");
  });

  await step("an address that is not verified is refused in words that help", async () => {
    await button(page).click();
    await atProvider(page, "unverified-ada@example.test");
    await page.getByRole("alert").getByText("Your e-mail address is not verified there.").waitFor();
  });

  await step("another person signs in, and sees the dashboard", async () => {
    const other = await visit();
    await other.goto(`${stack.apiUrl}/sign-in`);
    await button(other).click();
    await atProvider(other, "grace@example.test");
    await other.getByRole("heading", { name: "Domains", exact: true }).waitFor();
    assert.equal(new URL(other.url()).pathname, "/domains");
    await other.reload();
    await other.getByRole("heading", { name: "Domains", exact: true }).waitFor();
  });
});
