// The natural Hono worker with credential and list in one D1 batch.

import { Hono } from "hono";
import { etag } from "hono/etag";
import type { Hono as HonoEnv, Row, Token } from "./api";
import { COLUMNS, admit, badRequest, credentialHash, health, keepPrivately, listAnswer, page, unauthorized } from "./api";

const app = new Hono<HonoEnv>();
app.get("/health", health);

app.get("/api/domains", etag(), async (c) => {
  const hash = await credentialHash(c);
  if (hash === null) return unauthorized(c);
  const wanted = page(c);
  if (wanted === null) return badRequest(c);
  const [tokens, domains] = await c.env.DB.batch([
    c.env.DB.prepare(
      "SELECT id AS credential_id, org_id, scopes, expires_at, last_used_at FROM api_tokens WHERE hash = ?",
    ).bind(hash),
    c.env.DB.prepare(
      `SELECT ${COLUMNS} FROM domains WHERE org_id = (SELECT org_id FROM api_tokens WHERE hash = ?1)
          AND id < COALESCE(?2, '~') ORDER BY id DESC LIMIT ?3`,
    ).bind(hash, wanted.after, wanted.limit + 1),
  ]);
  if (!admit(c, tokens!.results[0] as Token | undefined)) return unauthorized(c);
  keepPrivately(c);
  return c.json(listAnswer(domains!.results as Row[], wanted.limit));
});

export default app;
