// Knows when the queues are empty and idle.
//
// Truthful because it can only err towards "not yet": a message counts as owed from before it is sent (`meter.mjs`)
// until the broker itself, in its log, says that it was acknowledged, dropped, or moved to a queue that nobody reads.
// Retries, delays and dead letters with a reader therefore stay owed. What has settled is read first and what was
// sent afterwards, so equal numbers mean that at the first reading nothing was owed. Should a new miniflare word its
// log differently, nothing ever settles and `drain` times out; it never answers too early.

import { stripVTControlCharacters } from "node:util";
import { Log, LogLevel } from "miniflare";

const BATCH_DONE = /^QUEUE (\S+) (\d+)\/\d+\b/;
const MOVED = /^Moving message "[^"]+" on queue "[^"]+" to dead letter queue "([^"]+)"/;
const DROPPED = /^Dropped message "[^"]+" on queue "[^"]+"/;

/** How many messages this line of the broker's log takes off the books. */
export function settledBy(line, consumedQueues) {
  const done = BATCH_DONE.exec(line);
  if (done) return Number(done[2]);
  const moved = MOVED.exec(line);
  if (moved) return consumedQueues.has(moved[1]) ? 0 : 1;
  return DROPPED.test(line) ? 1 : 0;
}

/** Miniflare's log: feeds the ledger, and prints warnings (everything with `verbose`). */
export class Ledger extends Log {
  #settled = 0;
  #consumedQueues;
  #print;

  constructor({ consumedQueues, verbose, print }) {
    super(verbose ? LogLevel.DEBUG : LogLevel.WARN);
    this.#consumedQueues = new Set(consumedQueues);
    this.#print = print;
  }

  logWithLevel(level, message) {
    this.#settled += settledBy(stripVTControlCharacters(message), this.#consumedQueues);
    super.logWithLevel(level, message);
  }

  log(message) {
    this.#print(message);
  }

  get settled() {
    return this.#settled;
  }

  /** The runtime has been replaced: its queues and the workers' counts died with it. */
  reset() {
    this.#settled = 0;
  }
}
