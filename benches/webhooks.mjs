// `cargo xtask bench webhooks`: events on their way to endpoints, through the api, D1, the queue and the consumer on
// workerd, to a receiver in this process. A domain that is removed is the change of state: the cheapest one there is.

import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { newToken } from "../tests/e2e/support.mjs";
import { ROOT, startStack } from "../tests/stack/stack.mjs";
import { keep, machine } from "./options.mjs";
import { median, table } from "./report.mjs";

/** How often the two that are compared are run, in turn. */
const ROUNDS = 3;
/** Endpoints of one organization at most, by its plan. */
const MOST_ENDPOINTS = 50;
const CONNECTIONS = 8;
const SIGNING = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "release/examples/signing");

const say = (text) => console.error(`  ${text}`);
const hex = (bytes) => randomBytes(bytes).toString("hex");
const quantile = (numbers, part) => numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

/** Takes every message and notes when; `fails(path, nth)` says which it answers with 500. */
async function startReceiver() {
  const receiver = { got: [], fails: () => false };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const at = Date.now();
    const failed = receiver.fails(request.url, receiver.got.length);
    receiver.got.push({ at, failed, path: request.url, event: JSON.parse(Buffer.concat(chunks)) });
    response.writeHead(failed ? 500 : 204).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.host = `127.0.0.1:${server.address().port}`;
  receiver.stop = () => (server.close(), server.closeAllConnections());
  return receiver;
}

/** One measurement: so many events to so many endpoints, of which a part fails; `pause`: milliseconds between two events. */
async function run(stack, receiver, { endpoints, events, failing, pause = 0 }) {
  receiver.got.length = 0;
  receiver.fails = () => false;
  const tenants = [];
  for (let rest = endpoints; rest > 0; rest -= MOST_ENDPOINTS) tenants.push(await tenant(stack, receiver, Math.min(rest, MOST_ENDPOINTS), events));
  // One endpoint fails now and then, of many some always.
  const broken = new Set(tenants.flatMap(({ paths }) => paths).filter((_, n) => endpoints > 1 && n % 5 < failing * 5));
  receiver.fails = (url, nth) => (endpoints === 1 ? nth % 5 < failing * 5 : broken.has(url));
  const before = await stack.trips("dcvaas-consumer");

  const work = tenants.flatMap(({ token, ids }) => ids.map((id) => ({ token, id })));
  const begin = Date.now();
  await Promise.all(
    Array.from({ length: pause > 0 ? 1 : CONNECTIONS }, async () => {
      for (let one; (one = work.pop()); await sleep(pause)) {
        const reply = await fetch(`${stack.apiUrl}/api/domains/${one.id}`, { method: "DELETE", headers: { authorization: `Bearer ${one.token}` } });
        if (reply.status !== 204) throw new Error(`DELETE answered ${reply.status}: ${await reply.text()}`);
      }
    }),
  );
  // Each delivery's first try. What failed comes again seconds later, by the schedule: that is no measure of speed.
  const tries = () => new Map(receiver.got.filter(({ path: to }) => !broken.has(to)).reverse().map((one) => [one.path + one.event.id, one]));
  const expected = (endpoints - broken.size) * events;
  for (const until = begin + 60_000; tries().size < expected; await sleep(20)) {
    if (Date.now() > until) throw new Error(`only ${tries().size} of ${expected} arrived`);
  }
  const first = [...tries().values()].filter(({ failed }) => !failed);
  const last = Math.max(...first.map(({ at }) => at));
  const waits = first.map(({ at, event }) => at - Date.parse(event.timestamp));
  await stack.drain(60_000);
  const after = await stack.trips("dcvaas-consumer");
  await stack.sql("UPDATE webhook_endpoints SET enabled = 0");
  return {
    rate: (first.length * 1000) / (last - begin),
    took: last - begin,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    batches: ((after.batches - before.batches) * 10) / receiver.got.length,
    statements: (after.statements - before.statements) / receiver.got.length,
  };
}

/** An organization with domains to remove and endpoints that hear of it. */
async function tenant(stack, receiver, endpoints, domains) {
  const [org, token, now] = [`org_${hex(16)}`, newToken(), Date.now()];
  const ids = Array.from({ length: domains }, () => `dom_${hex(16)}`);
  await stack.batch([
    { sql: "INSERT INTO organizations (id, name, plan, requests_per_minute, created_at, updated_at) VALUES (?1, 'Bench', 'agency', 1000000, ?2, ?2)", params: [org, now] },
    {
      sql: `INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_at) VALUES (?1, ?2, 'Bench', ?3, ?4, ?5, '["admin"]', ?6)`,
      params: [`tok_${hex(16)}`, org, createHash("sha256").update(token).digest("hex"), token.slice(0, 12), token.slice(-4), now],
    },
    ...ids.map((id) => ({
      // Not yet created at Cloudflare, so that nothing is to be removed there either.
      sql: `INSERT INTO domains (id, org_id, hostname, status, next_check_at, created_at, updated_at, version, seq)
            VALUES (?1, ?2, ?3, 'pending_cname', ?4, ?5, ?5, 1, 1)`,
      params: [id, org, `${hex(8)}.bench.example.com`, now + 86_400_000, now],
    })),
  ]);
  const paths = Array.from({ length: endpoints }, () => `/${hex(8)}`);
  for (const url of paths) {
    const body = JSON.stringify({ url: `http://${receiver.host}${url}`, events: ["domain.removed"] });
    const reply = await fetch(`${stack.apiUrl}/api/webhooks`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body });
    if (reply.status !== 201) throw new Error(`POST /api/webhooks answered ${reply.status}: ${await reply.text()}`);
  }
  return { token, ids, paths };
}

async function main() {
  const signing = JSON.parse(execFileSync(SIGNING, { encoding: "utf8" }));
  const receiver = await startReceiver();
  const stack = await startStack({ assets: false, vars: { OUTGOING_ALLOW_HOSTS: receiver.host } });
  const results = { one: [], oneFailing: [], many: [], manyFailing: [], steady: [] };
  try {
    const measure = async (name, label, options) => {
      const result = await run(stack, receiver, options);
      results[name].push(result);
      say(`${label}: ${result.rate.toFixed(0)}/s`);
    };
    await run(stack, receiver, { endpoints: 2, events: 20, failing: 0 });
    for (let round = 0; round < ROUNDS; round += 1) {
      await measure("one", "1 endpoint", { endpoints: 1, events: 300, failing: 0 });
      await measure("oneFailing", "1 endpoint, 20 % fail", { endpoints: 1, events: 300, failing: 0.2 });
      await measure("many", "100 endpoints", { endpoints: 100, events: 10, failing: 0 });
      await measure("manyFailing", "100 endpoints, 20 fail", { endpoints: 100, events: 10, failing: 0.2 });
    }
    await measure("steady", "10 changes a second", { endpoints: 1, events: 100, failing: 0, pause: 100 });
  } finally {
    await stack.stop();
    receiver.stop();
  }
  keep("webhooks", { machine: machine(), results, signing });
  console.log(report(results, signing));
}

function report(results, signing) {
  const middle = (name, key) => median(results[name].map((result) => result[key]));
  const row = (name, label) => [label, middle(name, "rate").toFixed(0), middle(name, "p50").toFixed(0), middle(name, "p99").toFixed(0), middle(name, "batches").toFixed(1), middle(name, "statements").toFixed(1)];
  const cost = median(results.many.map(({ took }, round) => (results.manyFailing[round].took / took - 1) * 100));
  const [batches, p99] = [middle("many", "batches"), middle("steady", "p99")];
  const goal = (text, measured, met) => [text, measured, met ? "met" : "**missed**"];
  return [
    table(
      ["deliveries at the first try", "a second", "p50 ms", "p99 ms", "D1 batches for ten", "D1 statements for one"],
      [
        row("one", "300 changes at once, 1 endpoint"),
        row("oneFailing", "the same, every fifth answer 500"),
        row("many", "20 changes at once, 100 endpoints of two organizations"),
        row("manyFailing", "the same, 20 endpoints answer 500"),
        row("steady", "10 changes a second, 1 endpoint"),
      ],
    ),
    table(["signing natively, 600 bytes", "a second"], [["`X-DCVaaS-Signature`", signing.hex], ["v1 (HMAC-SHA256)", signing.v1], ["v1a (Ed25519)", signing.v1a]]),
    table(
      ["goal", "measured", ""],
      [
        goal("at most 2 D1 batches for ten deliveries", batches.toFixed(1), batches <= 2),
        goal("from a change to its receipt: p99 under 2 s", `${p99.toFixed(0)} ms`, p99 < 2000),
        goal("failing endpoints cost healthy ones under 5 %", `${cost.toFixed(1)} %`, cost < 5),
      ],
    ),
  ].join("\n\n");
}

main().catch((error) => {
  console.error(`error: ${error.stack}`);
  process.exit(1);
});
