// Proves that what is sent can be verified by others: the official libraries of Standard Webhooks and Svix, the
// programs that the documentation shows (docs/verify), and Node's own Ed25519, all on deliveries as a receiver got them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createCipheriv, createHash, createHmac, createPrivateKey, createPublicKey, hkdfSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

import { ROOT } from "../stack/stack.mjs";
import { pythonWith } from "./python.mjs";
import { useWorld } from "./support.mjs";

const run = promisify(execFile);
const world = useWorld();
const SHOWN = path.join(ROOT, "docs/verify");

let made;

/** Each case: what it is, whether it is genuine, the secret, and the message. */
const cases = () => (made ??= makeCases());

async function makeCases() {
  const cases = [];
  const { token } = await world.organization();
  const to = world.receiver();
  const endpoint = await world.endpoint(to, { token });
  const domain = await world.add(undefined, { token });
  await world.place(domain.dnsRecords);
  await world.tick();
  const plain = await to.messages();
  assert.deepEqual(plain.map(({ headers }) => headers["x-dcvaas-event"]).sort(), ["dns.verified", "domain.added", "domain.issuing"]);
  for (const message of plain) cases.push(["a delivery", true, endpoint.signingSecret, message]);

  const rotated = await world.api("POST", `/api/webhooks/${endpoint.id}/rotate`, { token, body: {} });
  await world.add("xn--bcher-kva.example.com", { token });
  await world.drain();
  const both = (await to.messages()).at(-1);
  assert.equal(both.headers["webhook-signature"].split(" ").length, 2);
  cases.push(["the new secret while both sign", true, rotated.body.webhook.signingSecret, both]);
  cases.push(["the old secret while both sign", true, endpoint.signingSecret, both]);

  const { headers, body } = plain[0];
  const changed = (change) => ({ headers: { ...headers, ...change }, body });
  const at = (seconds) => {
    const timestamp = String(Math.floor(Date.now() / 1000) + seconds);
    const mac = createHmac("sha256", Buffer.from(endpoint.secret, "hex"));
    const signature = mac.update(`${headers["webhook-id"]}.${timestamp}.${body}`).digest("base64");
    return changed({ "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` });
  };
  cases.push(
    ["one minute old", true, endpoint.signingSecret, at(-60)],
    ["ten minutes old", false, endpoint.signingSecret, at(-600)],
    ["from the future", false, endpoint.signingSecret, at(600)],
    ["another body", false, endpoint.signingSecret, { headers, body: body.replace("example.com", "example.net") }],
    ["another id", false, endpoint.signingSecret, changed({ "webhook-id": "evt_1" })],
    ["another time", false, endpoint.signingSecret, changed({ "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) })],
    ["no time", false, endpoint.signingSecret, changed({ "webhook-timestamp": "soon" })],
    ["no signature", false, endpoint.signingSecret, changed({ "webhook-signature": "v1," })],
    ["another version", false, endpoint.signingSecret, changed({ "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,") })],
    ["another secret", false, rotated.body.webhook.signingSecret, plain[0]],
  );
  return cases;
}

/** Runs every case; `check` answers whether it takes the message. */
async function judge(check) {
  for (const [what, genuine, secret, message] of await cases()) {
    assert.equal(await check(secret, message), genuine, `${what}: ${JSON.stringify(message)}`);
  }
}

describe("official libraries verify what was sent, and nothing else", () => {
  for (const [name, Library] of [["standardwebhooks (npm)", Webhook], ["svix (npm)", SvixWebhook]]) {
    test(name, () =>
      judge((secret, { headers, body }) => {
        try {
          new Library(secret).verify(body, headers);
          return true;
        } catch {
          return false;
        }
      }));
  }

  for (const name of ["standardwebhooks", "svix"]) {
    test(`${name} (PyPI)`, async () => {
      const python = await pythonWith(["standardwebhooks==1.1.0", "svix==2.9.1"]);
      const program = `
import json, sys
from ${name}.webhooks import Webhook
def good(secret, message):
    try:
        Webhook(secret).verify(message["body"], message["headers"])
        return True
    except Exception:
        return False
print(json.dumps([good(secret, message) for _, _, secret, message in json.load(sys.stdin)]))`;
      const { stdout } = await feed(python, ["-c", program], JSON.stringify(await cases()));
      const answers = JSON.parse(stdout);
      const all = await cases();
      await judge((secret, message) => answers[all.findIndex((one) => one[2] === secret && one[3] === message)]);
    });
  }
});

describe("the programs that the documentation shows verify what was sent, and nothing else", () => {
  const programs = {
    "verify.mjs": [process.execPath, path.join(SHOWN, "verify.mjs")],
    "verify.py": ["python3", path.join(SHOWN, "verify.py")],
    "verify.sh": ["bash", path.join(SHOWN, "verify.sh")],
    "Verify.java": ["java", path.join(SHOWN, "Verify.java")],
  };
  for (const [name, [program, ...args]] of Object.entries(programs)) {
    test(name, () => judge((secret, message) => accepts(program, args, secret, message)));
  }

  test("verify.rs, with the crate standardwebhooks", async () => {
    await run("cargo", ["build", "--quiet", "-p", "dcvaas-simulator", "--example", "verify"], { cwd: ROOT });
    const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
    await judge((secret, message) => accepts(path.join(target, "debug/examples/verify"), [], secret, message));
  });
});

describe("an endpoint with a key pair", () => {
  const program = [process.execPath, [path.join(SHOWN, "verify-ed25519.mjs")]];
  const genuine = (key, message) => accepts(...program, key, message);

  test("signs what its public key verifies, and nothing else; while it is changed both keys sign", async () => {
    const { token } = await world.organization();
    const to = world.receiver();
    const { body: { webhook } } = await world.api("POST", "/api/webhooks", { token, body: { url: to.url, ed25519: true } });
    assert.match(webhook.publicKey, /^whpk_[A-Za-z0-9+/]{43}=$/);
    await world.add(undefined, { token });
    await world.drain();
    const [message] = await to.messages();
    const { headers, body } = message;
    assert.deepEqual(headers["webhook-signature"].split(" ").map((one) => one.split(",")[0]), ["v1", "v1a"]);
    assert.ok(await genuine(webhook.publicKey, message));
    new Webhook(webhook.signingSecret).verify(body, headers);
    const others = await world.api("POST", "/api/webhooks", { token, body: { url: world.receiver().url, ed25519: true } });
    for (const [key, forged] of [
      [others.body.webhook.publicKey, message],
      [webhook.publicKey, { headers, body: body.replace("example.com", "example.net") }],
      [webhook.publicKey, { headers: { ...headers, "webhook-id": "evt_1" }, body }],
      [webhook.publicKey, { headers: { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }, body }],
      [webhook.publicKey, { headers: { ...headers, "webhook-signature": headers["webhook-signature"].split(" ")[0] }, body }],
    ]) assert.equal(await genuine(key, forged), false);

    const rotated = await world.api("POST", `/api/webhooks/${webhook.id}/rotate`, { token, body: {} });
    assert.notEqual(rotated.body.webhook.publicKey, webhook.publicKey);
    await world.add(undefined, { token });
    await world.drain();
    const both = (await to.messages()).at(-1);
    assert.deepEqual(both.headers["webhook-signature"].split(" ").map((one) => one.split(",")[0]), ["v1", "v1", "v1a", "v1a"]);
    for (const key of [webhook.publicKey, rotated.body.webhook.publicKey]) assert.ok(await genuine(key, both));
    for (const secret of [webhook.signingSecret, rotated.body.webhook.signingSecret]) new Webhook(secret).verify(both.body, both.headers);

    const { deliveries } = (await world.api("GET", `/api/webhooks/${webhook.id}/deliveries`, { token })).body;
    const { id } = deliveries.find(({ eventId }) => eventId === both.headers["webhook-id"]);
    const { tries: [shown] } = (await world.api("GET", `/api/deliveries/${id}`, { token })).body.delivery;
    assert.equal(shown.requestHeaders["webhook-id"], both.headers["webhook-id"]);
    assert.match(shown.requestHeaders["webhook-signature"], /^(v1a?,[^ ]{8}… ?){4}$/);
  });

  test("signs by the very key of RFC 8032, as Node does with the same key", async () => {
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const x = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
    const { id: org, token } = await world.organization();
    const to = world.receiver();
    const { body: { webhook } } = await world.api("POST", "/api/webhooks", { token, body: { url: to.url, ed25519: true } });
    const sealed = seal(seed, ["webhook_endpoints", "sealed_key", webhook.id, org]);
    await world.sql("UPDATE webhook_endpoints SET sealed_key = ? WHERE id = ?", sealed, webhook.id);
    await world.add(undefined, { token });
    await world.drain();
    const [{ headers, body }] = await to.messages();
    const jwk = { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: x.toString("base64url") };
    const key = createPrivateKey({ key: jwk, format: "jwk" });
    assert.deepEqual(createPublicKey(key).export({ format: "jwk" }).x, jwk.x);
    const expected = sign(null, Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`), key);
    assert.equal(headers["webhook-signature"].split(" v1a,")[1], expected.toString("base64"));
  });

  /** Encrypts as the product does at rest: AES-256-GCM, the key by HKDF for the purpose, bound to where the text stands. */
  function seal(plain, place) {
    const root = Buffer.from(JSON.parse(readFileSync(path.join(world.home, "secrets.json"), "utf8")).encryptionKey, "hex");
    const id = createHash("sha256").update("dcvaas key id").update(root).digest("hex").slice(0, 8);
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv("aes-256-gcm", Buffer.from(hkdfSync("sha256", root, "", "webhook_secret", 32)), nonce);
    const length = (part) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(part.length));
      return bytes;
    };
    cipher.setAAD(Buffer.concat(place.flatMap((part) => [length(part), Buffer.from(part)])));
    const text = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return ["v1", id, nonce.toString("base64url"), text.toString("base64url")].join(".");
  }
});

/** Runs a program of the documentation on a message: it ends with 0 for a genuine one, with 1 for any other. */
async function accepts(program, args, secret, { headers, body }) {
  const env = {
    ...process.env,
    [secret.startsWith("whpk_") ? "WEBHOOK_PUBLIC_KEY" : "WEBHOOK_SECRET"]: secret,
    WEBHOOK_ID: headers["webhook-id"],
    WEBHOOK_TIMESTAMP: headers["webhook-timestamp"],
    WEBHOOK_SIGNATURE: headers["webhook-signature"],
  };
  try {
    await feed(program, args, body, env);
    return true;
  } catch (error) {
    assert.equal(error.code, 1, `${program}: ${error.stderr ?? error}`);
    assert.equal(error.stderr, "", program);
    return false;
  }
}

function feed(program, args, input, env = process.env) {
  const running = run(program, args, { env });
  running.child.stdin.on("error", () => {}); // it may have decided without reading
  running.child.stdin.end(input);
  return running;
}
