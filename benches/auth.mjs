// `cargo xtask bench auth`: what it costs a list to know who asks, whether they may, and how often. Ours beside
// `benches/bare`: the same code, statement, bytes and headers without credential, policy and count.

import assert from "node:assert/strict";

import { ours } from "./contestants.mjs";
import { load } from "./load.mjs";
import { keep, machine, options } from "./options.mjs";
import { median, percent, table } from "./report.mjs";
import { makeHome, startRig } from "./rig.mjs";
import { seedRows } from "./rows.mjs";

/** What authentication may add at most, in percent. */
const GOAL = 15;
const PAGE = "/api/domains?limit=20";

const say = (text) => console.error(`  ${text}`);

/** The worker that looks nobody up: it reads what belongs to `orgId`. */
function bare(orgId) {
  const { durableObjects, ratelimits, ...rest } = ours("benches/bare/build");
  return { ...rest, name: "bare", bindings: { ...rest.bindings, BENCH_ORG_ID: orgId } };
}

/** The two must answer with the same bytes, and headers of the same length. */
async function checkAgreement(urls, headers) {
  const ask = async (base, page, more) => {
    const response = await fetch(base + page, { headers: { ...headers, ...more } });
    const length = ([name, value]) => `${name}: ${name === "ratelimit" ? "…" : value.length}`;
    return { status: response.status, headers: [...response.headers].map(length), etag: response.headers.get("etag"), body: await response.text() };
  };
  for (const page of [PAGE, "/api/domains?limit=1", "/api/domains?limit=200", "/api/domains"]) {
    const [first, second] = [await ask(urls.ours, page), await ask(urls.bare, page)];
    assert.equal(first.status, 200, first.body);
    assert.deepStrictEqual(second, first, page);
    assert.equal((await ask(urls.bare, page, { "if-none-match": first.etag })).status, 304);
  }
  assert.equal((await ask(urls.bare, "/api/domains?limit=0")).status, 400);
}

async function measure(urls, pid, headers) {
  const one = (name, seconds) => load(urls[name] + PAGE, { ...options, seconds, headers, pid });
  const rounds = { ours: [], bare: [] };
  for (const name of ["ours", "bare"]) await one(name, 2);
  for (let round = 0; round < options.rounds; round += 1) {
    // Each goes first in every other round.
    for (const name of round % 2 === 0 ? ["ours", "bare"] : ["bare", "ours"]) {
      const result = await one(name, options.seconds);
      assert.equal(result.failed, 0, `${name} failed requests`);
      rounds[name].push(result);
      say(`round ${round + 1}, ${name} ${result.rate.toFixed(0)}/s`);
    }
  }
  return rounds;
}

const { home, remove } = await makeHome();
try {
  let seeded = await startRig(home, [ours()]);
  const { token, orgId } = await seedRows(seeded.db);
  await seeded.stop();
  seeded = await startRig(home, [ours(), bare(orgId)]);
  const headers = { authorization: `Bearer ${token}` };
  const rounds = await checkAgreement(seeded.urls, headers)
    .then(() => measure(seeded.urls, seeded.pid, headers))
    .finally(seeded.stop);
  const ratios = (of) => rounds.ours.map((round, at) => of(round, rounds.bare[at]));
  const byRate = ratios((own, other) => (other.rate / own.rate - 1) * 100);
  const byCpu = ratios((own, other) => (own.cpu / other.cpu - 1) * 100);
  keep("auth", { machine: machine(), options, rounds });
  const row = (name, label) => [
    label,
    median(rounds[name].map(({ rate }) => rate)).toFixed(0),
    median(rounds[name].map(({ p50 }) => p50)).toFixed(2),
    median(rounds[name].map(({ p99 }) => p99)).toFixed(2),
    median(rounds[name].map(({ cpu }) => cpu)).toFixed(3),
  ];
  console.log(
    [
      table(
        [`\`GET ${PAGE}\``, "requests/s", "p50 ms", "p99 ms", "CPU ms a request"],
        [row("ours", "ours (Rust)"), row("bare", "ours, without credential, policy and count")],
      ),
      table(
        ["goal", "measured", ""],
        [[`who asks, may and how often: at most ${GOAL} % of a list's time`, `${percent(byRate)}; by processor time ${percent(byCpu)}`, median(byRate) <= GOAL ? "met" : "**missed**"]],
      ),
    ].join("\n\n"),
  );
} finally {
  remove();
}
