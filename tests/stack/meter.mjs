// The main module of each worker in the local stack: the built worker itself, and a count of what it has started.
//
// Miniflare's queue broker keeps messages in memory and tells nobody how many it still owes (its `metrics` leave out
// delayed messages and the batch being handled), so what goes in is counted here, before it goes; `ledger.mjs` has
// the other half. Work that goes on after an answer (`waitUntil`) is counted too, because it may still send.

import { WorkerEntrypoint } from "cloudflare:workers";
import Worker from "./index.js";
export * from "./index.js";

const counts = { sent: 0, background: 0, batches: 0, statements: 0 };
const metered = new WeakSet();

/** Counts messages before they leave, and takes back what was refused: never fewer than the broker holds. */
function meterQueue(queue) {
  if (metered.has(queue)) return;
  metered.add(queue);
  const counted = (name, size) => {
    const send = queue[name].bind(queue);
    Object.defineProperty(queue, name, {
      value: async (payload, options) => {
        const messages = size(payload);
        counts.sent += messages;
        try {
          return await send(payload, options);
        } catch (error) {
          counts.sent -= messages;
          throw error;
        }
      },
    });
  };
  counted("send", () => 1);
  counted("sendBatch", (messages) => messages.length);
}

/** Counts the round trips to D1, for the benchmarks. */
function meterDatabase(database) {
  if (metered.has(database)) return;
  metered.add(database);
  const batch = database.batch.bind(database);
  Object.defineProperty(database, "batch", {
    value: (statements) => {
      counts.batches += 1;
      counts.statements += statements.length;
      return batch(statements);
    },
  });
}

function meterBackground(ctx) {
  const waitUntil = ctx.waitUntil.bind(ctx);
  Object.defineProperty(ctx, "waitUntil", {
    value: (work) => {
      counts.background += 1;
      waitUntil(Promise.resolve(work).finally(() => (counts.background -= 1)));
    },
  });
}

export default class extends Worker {
  constructor(ctx, env) {
    super(ctx, env);
    meterBackground(ctx);
    for (const binding of Object.values(env)) {
      if (binding?.constructor?.name === "WorkerQueue") meterQueue(binding);
      if (binding?.constructor?.name === "D1Database") meterDatabase(binding);
    }
  }
}

/** Read by the stack only: no route of the worker leads here. */
export class StackMeter extends WorkerEntrypoint {
  fetch() {
    return Response.json(counts);
  }
}
