// What was measured, as goals and as tables in Markdown.

import { CONTESTANTS } from "./contestants.mjs";
import { GZIP_LIMIT } from "./sizes.mjs";

export const LIST = "GET /api/domains?limit=20";

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const spread = (numbers, digits) =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}..${Math.max(...numbers).toFixed(digits)})`;

/** Median of `of(a)/of(b)` over the rounds: neighbours in time are compared, so that a slow minute hits both. */
function ratio(a, b, of) {
  return median(a.map((round, index) => of(round) / of(b[index])));
}

/** `rounds`: route → contestant → rounds. Each goal: `{goal, measured, met}`. */
export function goals({ rounds, reads, sizes }) {
  const list = rounds[LIST];
  const speed = (other) => ratio(list.ours, list[other], ({ rate }) => rate);
  const cpu = (other) => ratio(list[other], list.ours, (round) => round.cpu ?? NaN);
  const timed = (goal, figure, byCpu, met) => ({
    goal,
    measured: `${figure.toFixed(2)} times${Number.isNaN(byCpu) ? "" : `; by processor time ${byCpu.toFixed(2)}`}`,
    met,
  });
  const slower = 1 / speed("floor-rows");
  const ownReads = reads.filter(({ contestant, route }) => contestant === "ours" && route.startsWith("GET /api/"));
  const most = Math.max(...ownReads.map(({ trips }) => trips));
  return [
    timed("list of 20: at most 1.2 times the time of a bare Worker with one statement for the same rows", slower, 1 / cpu("floor-rows"), slower <= 1.2),
    timed("list of 20: at least 1.3 times natural Hono's throughput", speed("natural"), cpu("natural"), speed("natural") >= 1.3),
    timed("list of 20: not behind Hono with one batch", speed("batch"), cpu("batch"), speed("batch") >= 1),
    timed("list of 20: not behind Hono with our own statement", speed("statement"), cpu("statement"), speed("statement") >= 1),
    { goal: "authenticated reads: one D1 round trip", measured: `${most} at most, of ${ownReads.length} routes`, met: most === 1 },
    ...sizes.map(({ name, gzip }) => ({
      goal: `${name}: less than ${GZIP_LIMIT / 1024} KiB of WASM, gzip`,
      measured: `${(gzip / 1024).toFixed(1)} KiB`,
      met: gzip < GZIP_LIMIT,
    })),
  ];
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** Median, lowest and highest of percentages. */
export const percent = (numbers) => `${spread(numbers, 1)} %`;

/** A table in Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function timings(route, byContestant) {
  const rows = CONTESTANTS.filter(({ name }) => byContestant[name]).map(({ name, label }) => {
    const rounds = byContestant[name];
    const of = (key) => rounds.map((round) => round[key]);
    return [
      label,
      spread(of("rate"), 0),
      spread(of("p50"), 2),
      spread(of("p99"), 2),
      rounds[0].cpu === undefined ? "?" : median(of("cpu")).toFixed(3),
      `${ratio(rounds, byContestant.ours, ({ rate }) => rate).toFixed(2)}`,
    ];
  });
  const head = [`\`${route}\``, "requests/s", "p50 ms", "p99 ms", "CPU ms a request", "speed, ours = 1"];
  return table(head, rows);
}

/** The whole report. */
export function markdown(results) {
  const { machine, options, rounds, reads, syncs, sizes } = results;
  const label = (name) => CONTESTANTS.find((contestant) => contestant.name === name).label;
  return [
    `Measured ${machine.date} at ${machine.commit} on ${machine.cpus} × ${machine.cpu}, workerd ${machine.workerd}: all workers in one process on one D1, ` +
      `${options.connections} connections, ${options.rounds} interleaved rounds of ${options.seconds} s each: median (lowest..highest).`,
    ...Object.entries(rounds).map(([route, byContestant]) => timings(route, byContestant)),
    table(
      ["reads of D1", "worker", "round trips", "statements", "rows read"],
      reads.map(({ route, contestant, trips, statements, rowsRead }) => [`\`${route}\``, label(contestant), trips, statements, rowsRead]),
    ),
    table(
      ["keeping domains in step", "domains", "calls to Cloudflare", "DNS questions", "cron ticks"],
      syncs.map(({ what, domains, cloudflare, dns, ticks }) => [what, domains, cloudflare, dns, ticks]),
    ),
    table(
      ["WASM", "bytes", "gzip"],
      sizes.map(({ name, raw, gzip }) => [name, raw, gzip]),
    ),
    table(
      ["goal", "measured", ""],
      goals(results).map(({ goal, measured, met }) => [goal, measured, met ? "met" : "**missed**"]),
    ),
  ].join("\n\n");
}
