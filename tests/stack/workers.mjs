// The three workers as miniflare takes them, from the same wrangler files that deploy them.

import { readFileSync } from "node:fs";
import path from "node:path";
import "./quiet.mjs";
import { unstable_getMiniflareWorkerOptions as workerOptions, unstable_readConfig as readConfig } from "wrangler";

const METER = readFileSync(new URL("meter.mjs", import.meta.url), "utf8");
/** The first one answers on the HTTP port. */
const FILES = ["wrangler.api.toml", "wrangler.consumer.toml", "wrangler.cron.toml"];
const STACK_WORKER = "stack";

/**
 * Reads the wrangler files under `root`.
 * `vars` are added to every worker, as secrets and `.dev.vars` would be.
 */
export function loadWorkers(root, vars, { assets = true } = {}) {
  const workers = FILES.map((file) => {
    const config = readConfig({ config: path.join(root, file) });
    // No `.dev.vars`: the stack is the same on every machine.
    const { workerOptions: options, main } = workerOptions(config, undefined, { envFiles: [] });
    const modulesRoot = path.dirname(main);
    return {
      name: config.name,
      crons: config.triggers.crons ?? [],
      options: {
        ...options,
        name: config.name,
        assets: assets && options.assets ? { ...options.assets, workerName: config.name } : undefined,
        bindings: { ...options.bindings, ...vars },
        modulesRoot,
        modules: [
          { type: "ESModule", path: path.join(modulesRoot, "stack-meter.mjs"), contents: METER },
          { type: "ESModule", path: main },
          { type: "CompiledWasm", path: path.join(modulesRoot, "index_bg.wasm") },
        ],
      },
    };
  });

  const consumedQueues = workers.flatMap(({ options }) => Object.keys(options.queueConsumers ?? {}));
  for (const { name, options } of workers) {
    for (const { queueName } of Object.values(options.queueProducers ?? {})) {
      if (!consumedQueues.includes(queueName)) throw new Error(`${name} sends to ${queueName}, which no worker reads`);
    }
  }
  return { workers, consumedQueues, stackWorker: stackWorker(workers) };
}

/** One more worker beside the product's: adds up the three meters in one call. */
function stackWorker(workers) {
  return {
    name: STACK_WORKER,
    compatibilityDate: workers[0].options.compatibilityDate,
    serviceBindings: Object.fromEntries(workers.map(({ name }) => [name, { name, entrypoint: "StackMeter" }])),
    modules: [
      {
        type: "ESModule",
        path: "stack.mjs",
        contents: `export default {
          async fetch(_request, env) {
            const sum = { sent: 0, background: 0, workers: {} };
            for (const [name, meter] of Object.entries(env)) {
              const counts = await (await meter.fetch("http://meter/")).json();
              sum.sent += counts.sent;
              sum.background += counts.background;
              sum.workers[name] = counts;
            }
            return Response.json(sum);
          },
        };`,
      },
    ],
  };
}
