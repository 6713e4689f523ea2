// `cargo xtask bench`: measures the workers beside what they are compared with, in one run on one workerd.
//
// Ends with failure when the workers do not answer alike or a bundle is too large; missed times are only shown,
// because they depend on the machine.

import { checkAgreement } from "./agreement.mjs";
import { CONTESTANTS, allWorkers, ours } from "./contestants.mjs";
import { counted, tripsOf } from "./counted.mjs";
import { load } from "./load.mjs";
import { keep, machine, options } from "./options.mjs";
import { LIST, markdown } from "./report.mjs";
import { makeHome, startRig } from "./rig.mjs";
import { seedRows } from "./rows.mjs";
import { sizes } from "./sizes.mjs";
import { measureSyncs } from "./syncs.mjs";

const TIMED = ["GET /health", LIST, "GET /api/domains?limit=100"];
/** `{id}`: a domain with 900 newer ones, so that the page after it shows what a deep page costs. */
const ONLY_COUNTED = [
  "GET /api/domains?limit=20&cursor={id}",
  "GET /api/domains/{id}",
  "GET /api/organizations",
  "GET /api/tokens",
  "GET /api/webhooks",
];

const say = (text) => console.error(`  ${text}`);
const urlOf = (route) => route.split(" ")[1];

/** The requests that are made of each contestant: `[{contestant, url}]`. */
function entries(route, urls) {
  return CONTESTANTS.flatMap(({ name, worker, path: pathOf }) => {
    const at = pathOf(urlOf(route));
    return at === undefined ? [] : [{ contestant: name, base: urls[worker], at }];
  });
}

/** Round trips to D1: of all contestants for what is timed, of ours for its other reads too. */
async function countReads(rig, headers) {
  // The note of a token's last use, once a minute and after the answer, is not part of a read.
  await rig.db.prepare("UPDATE api_tokens SET last_used_at = ?").bind(Date.now()).run();
  const { id } = await rig.db.prepare("SELECT id FROM domains WHERE hostname = 'shop-100.owner.example.com'").first();
  const counts = [];
  for (const route of [...TIMED, ...ONLY_COUNTED]) {
    const asked = entries(route.replace("{id}", id), rig.urls);
    for (const { contestant, base, at } of asked) {
      if (contestant !== "ours" && !TIMED.includes(route)) continue;
      const trips = await tripsOf(base, at, headers);
      const statements = trips.reduce((sum, trip) => sum + trip.statements.length, 0);
      const rowsRead = trips.reduce((sum, trip) => sum + trip.rowsRead, 0);
      counts.push({ route, contestant, trips: trips.length, statements, rowsRead });
    }
  }
  return counts;
}

/** All rounds: `{route: {contestant: [round]}}`. */
async function time(rig, headers) {
  const rounds = {};
  for (const route of TIMED) {
    const asked = entries(route, rig.urls);
    const measure = ({ base, at }, seconds) => load(base + at, { ...options, seconds, headers, pid: rig.pid });
    say(`${route}: warm-up`);
    for (const one of asked) await measure(one, Math.min(options.seconds, 2));
    rounds[route] = Object.fromEntries(asked.map(({ contestant }) => [contestant, []]));
    for (let round = 0; round < options.rounds; round += 1) {
      // Another one begins each round, so that none always follows the same neighbour's garbage.
      const turn = round % asked.length;
      for (const one of [...asked.slice(turn), ...asked.slice(0, turn)]) {
        const result = await measure(one, options.seconds);
        rounds[route][one.contestant].push(result);
        say(`${route}: round ${round + 1}, ${one.contestant} ${result.rate.toFixed(0)}/s`);
        if (result.failed > 0) say(`${route}: ${one.contestant} failed ${result.failed} requests`);
        if (result.failed > 0 && one.contestant === "ours") throw new Error("our own worker failed requests");
      }
    }
  }
  return rounds;
}

/** Runs `use` on a rig of these workers. */
async function withRig(home, workers, use) {
  const rig = await startRig(home, workers);
  try {
    return await use(rig);
  } finally {
    await rig.stop();
  }
}

async function measureWorkers() {
  const { home, remove } = await makeHome();
  try {
    // Ours alone first: what it sends for a list is what one of the contestants sends too.
    const { token, listSql } = await withRig(home, [counted(ours())], async ({ urls, db }) => {
      const { token } = await seedRows(db);
      const [trip] = await tripsOf(urls.ours, urlOf(LIST), { authorization: `Bearer ${token}` });
      return { token, listSql: trip.statements[0] };
    });
    const headers = { authorization: `Bearer ${token}` };
    const workers = await allWorkers(listSql);
    const reads = await withRig(home, workers.map(counted), (rig) => countReads(rig, headers));
    const rounds = await withRig(home, workers, async (rig) => {
      const answering = CONTESTANTS.filter(({ answers }) => answers).map(({ name, worker }) => [name, rig.urls[worker]]);
      say(`${await checkAgreement(Object.fromEntries(answering), token)} answers agree`);
      return time(rig, headers);
    });
    return { reads, rounds };
  } finally {
    remove();
  }
}

async function main() {
  const built = sizes();
  say("counting upstream calls");
  const syncs = await measureSyncs();
  const results = { machine: machine(), options, ...(await measureWorkers()), syncs, sizes: built };
  keep("latest", results);
  console.log(markdown(results));
}

main().catch((error) => {
  console.error(`error: ${error.stack}`);
  process.exit(1);
});
