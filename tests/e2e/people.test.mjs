// Proves on workerd that people sign in by a real mail, once, in the browser that asked; that an invitation is for its
// reader alone; and that an organization keeps an owner whatever twenty people try at the same moment.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { atOnce, count, hex, sha256, until, useWorld } from "./support.mjs";

const world = useWorld();

/** The newest mail to the address, once it has arrived. */
const letter = (email) =>
  until(`a mail to ${email}`, async () => {
    await world.drain();
    return (await world.simulator("GET", "/control/mail")).findLast(({ to }) => to.includes(email));
  });

const linkOf = ({ text }) => ({ token: text.match(/#token=([0-9a-f]{64})/)[1] });
const codeOf = ({ text }) => ({ code: text.match(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/m)[0] });

let people = 0;
const address = () => `person-${(people += 1)}@example.test`;

/** Somebody signed in, in a browser of their own. */
async function signedIn(email = address()) {
  const ask = world.browser();
  assert.equal((await ask("POST", "/api/sign-in", { email })).status, 202);
  const reply = await ask("POST", "/api/session", codeOf(await letter(email)));
  assert.equal(reply.status, 201, reply.text);
  return { ask, email, ...reply.body };
}

describe("signing in", () => {
  test("by the link of the mail, in the browser that asked, once; the first time makes an organization", async () => {
    const email = address();
    const ask = world.browser();
    assert.equal((await ask("POST", "/api/sign-in", { email: email.toUpperCase() })).status, 202);
    const mail = await letter(email);
    assert.deepEqual(mail.to, [email]);
    assert.ok(mail.html.includes(linkOf(mail).token) && mail.html.includes(codeOf(mail).code));
    assert.equal((await world.browser()("POST", "/api/session", linkOf(mail))).status, 401, "in another browser");
    const reply = await ask("POST", "/api/session", linkOf(mail));
    assert.equal(reply.status, 201, reply.text);
    const [organization] = reply.body.organizations;
    assert.deepEqual([organization.plan, organization.role], ["free", "owner"]);
    assert.equal((await ask("POST", "/api/session", linkOf(mail))).status, 401, "a second time");
    assert.equal((await ask("GET", "/api/session")).body.user.email, email);
    const [row] = await world.sql("SELECT state, sealed_secret FROM mails WHERE to_address = ?", email);
    assert.deepEqual(row, { state: "sent", sealed_secret: null });
  });

  test("twenty uses of a link at once start one session", async () => {
    const email = address();
    const ask = world.browser();
    await ask("POST", "/api/sign-in", { email });
    const link = linkOf(await letter(email));
    const replies = await atOnce(20, () => ask("POST", "/api/session", link));
    assert.deepEqual(count(replies.map(({ status }) => status)), { 201: 1, 401: 19 });
    assert.equal((await world.sql("SELECT COUNT(*) AS n FROM users WHERE email = ?", email))[0].n, 1);
  });

  test("no link, code or session stands in the database or the logs", async () => {
    const { ask, email } = await signedIn();
    const mail = await letter(email);
    const tables = await world.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'");
    const rows = await Promise.all(tables.map(({ name }) => world.sql(`SELECT * FROM "${name}"`)));
    const kept = JSON.stringify(rows) + world.logs.join("\n");
    for (const secret of [linkOf(mail).token, codeOf(mail).code, codeOf(mail).code.replace("-", "")]) {
      assert.ok(!kept.includes(secret), secret);
    }
    assert.ok(kept.includes(sha256(linkOf(mail).token)));
    assert.equal((await ask("GET", "/api/session")).status, 200);
  });

  test("a mail service that is down for a while loses no mail", async () => {
    const email = address();
    await world.breakUpstream("mail", { rate: 1, status: 503 });
    const ask = world.browser();
    assert.equal((await ask("POST", "/api/sign-in", { email })).status, 202);
    await world.drain();
    await world.heal("mail");
    await world.sql("UPDATE mails SET next_attempt_at = 0, woken_at = 0 WHERE to_address = ?", email);
    await world.tick();
    assert.equal((await ask("POST", "/api/session", codeOf(await letter(email)))).status, 201);
  });

  test("a person ends their other sessions", async () => {
    const one = await signedIn();
    const two = await signedIn(one.email);
    assert.equal((await two.ask("GET", "/api/sessions")).body.sessions.length, 2);
    assert.equal((await two.ask("DELETE", "/api/sessions")).status, 204);
    assert.equal((await one.ask("GET", "/api/session")).status, 401);
    assert.equal((await two.ask("GET", "/api/session")).status, 200);
  });
});

describe("members", () => {
  const members = (rest = "") => `/api/orgs/${world.orgId}/members${rest}`;

  test("an invitation is accepted by the person it was sent to, and by nobody else", async () => {
    const owner = await world.session();
    const email = address();
    const invited = await world.api("POST", members("/invite"), { token: null, headers: owner, body: { email, role: "admin" } });
    assert.equal(invited.status, 201, invited.text);
    const { text } = await letter(email);
    const token = text.match(/&token=([0-9a-f]{64})/)[1];
    const thief = await signedIn();
    assert.equal((await thief.ask("POST", members("/accept"), { token })).status, 404);
    const person = await signedIn(email);
    const accepted = await person.ask("POST", members("/accept"), { token });
    assert.equal(accepted.status, 200, accepted.text);
    assert.equal((await person.ask("POST", members("/accept"), { token })).status, 404, "once");
    const headers = { "dcvaas-organization": world.orgId };
    assert.equal((await person.ask("GET", "/api/domains", undefined, headers)).status, 200);
    const list = await person.ask("GET", members(), undefined, headers);
    assert.ok(list.body.members.some((member) => member.email === email && member.status === "active"));
  });

  test("twenty owners who go at the same moment leave one", async () => {
    const id = `org_${hex(16)}`;
    const now = Date.now();
    await world.sql("INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES (?, 'Twenty', 'agency', ?, ?)", id, now, now);
    const owners = await atOnce(20, async () => {
      const [user, session] = [`usr_${hex(16)}`, hex(32)];
      await world.sql("INSERT INTO users (id, email, created_at, updated_at) VALUES (?, ?, ?, ?)", user, `${user}@example.test`, now, now);
      await world.sql(
        "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at) VALUES (?, ?, 'owner', 'active', ?, ?)",
        id, user, now, now,
      );
      await world.sql(
        "INSERT INTO sessions (id, user_id, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        `ses_${hex(16)}`, user, sha256(session), now, now + 3_600_000,
      );
      return { user, headers: { cookie: `__Host-dcvaas_session=${session}`, origin: world.apiUrl } };
    });
    const replies = await Promise.all(
      owners.map(({ user, headers }, index) =>
        world.api(index % 2 ? "DELETE" : "PATCH", `/api/orgs/${id}/members/${user}`, {
          token: null, headers, body: index % 2 ? undefined : { role: "member" },
        }),
      ),
    );
    const statuses = count(replies.map(({ status }) => status));
    assert.equal(statuses[409], 1, JSON.stringify(statuses));
    const [left] = await world.sql("SELECT COUNT(*) AS n FROM members WHERE org_id = ? AND role = 'owner' AND status = 'active'", id);
    assert.equal(left.n, 1);
  });
});
