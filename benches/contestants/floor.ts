// The least that any worker on D1 can do: one prepared statement, its result as JSON; no framework, no credential.

import type { Env } from "./api";
import { COLUMNS } from "./api";

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const limit = new URL(request.url).searchParams.get("limit");
    if (limit === null) {
      const row = env.DB.prepare("SELECT id, hostname, status FROM domains ORDER BY id DESC LIMIT ?");
      return Response.json(await row.bind(1).first());
    }
    // As many rows as a list shows, unmapped.
    const rows = env.DB.prepare(`SELECT ${COLUMNS} FROM domains ORDER BY id DESC LIMIT ?`);
    return Response.json((await rows.bind(Number(limit)).all()).results);
  },
};
