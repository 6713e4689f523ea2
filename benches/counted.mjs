// Watches what a worker sends to D1, at the place where its binding leaves the isolate: every round trip, of
// every worker alike, with D1's own count of the rows that it read.

import path from "node:path";

const WRAPPER = `
  import { WorkerEntrypoint } from "cloudflare:workers";
  import Worker from "./index.js";
  export * from "./index.js";

  let trips = [];
  let watched = false;

  function watch(db) {
    if (watched) return;
    watched = true;
    const session = db.alwaysPrimarySession;
    const { fetcher } = session;
    session.fetcher = {
      async fetch(url, init) {
        const trip = { statements: [JSON.parse(init.body)].flat().map(({ sql }) => sql), rowsRead: 0 };
        trips.push(trip);
        const response = await fetcher.fetch(url, init);
        for (const { meta } of [await response.clone().json()].flat()) trip.rowsRead += meta.rows_read;
        return response;
      },
    };
  }

  export default class extends WorkerEntrypoint {
    async fetch(request) {
      if (new URL(request.url).pathname === "/trips") {
        const taken = trips;
        trips = [];
        return Response.json(taken);
      }
      watch(this.env.DB);
      if (typeof Worker === "function") return new Worker(this.ctx, this.env).fetch(request);
      return Worker.fetch(request, this.env, this.ctx);
    }
  }
`;

/** The same worker under watch. */
export function counted(worker) {
  const contents = WRAPPER;
  const wrapper = { type: "ESModule", path: path.join(worker.modulesRoot, "counted.mjs"), contents };
  return { ...worker, modules: [wrapper, ...worker.modules] };
}

/** The round trips to D1 that one request makes: `[{statements, rowsRead}]`. */
export async function tripsOf(base, url, headers) {
  const take = async () => (await fetch(`${base}/trips`)).json();
  await take();
  const response = await fetch(base + url, { headers });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return take();
}
