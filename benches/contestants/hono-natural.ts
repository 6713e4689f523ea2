// What a user would write instead: one call to authenticate, one call to list, rows mapped in the worker.

import { Hono } from "hono";
import { etag } from "hono/etag";
import type { Hono as HonoEnv, Row, Token } from "./api";
import { COLUMNS, admit, badRequest, credentialHash, health, keepPrivately, listAnswer, page, unauthorized } from "./api";

const app = new Hono<HonoEnv>();
app.get("/health", health);

app.get("/api/domains", etag(), async (c) => {
  const hash = await credentialHash(c);
  if (hash === null) return unauthorized(c);
  const token = await c.env.DB.prepare(
    "SELECT id AS credential_id, org_id, scopes, expires_at, last_used_at FROM api_tokens WHERE hash = ?",
  )
    .bind(hash)
    .first<Token>();
  if (!admit(c, token)) return unauthorized(c);

  const wanted = page(c);
  if (wanted === null) return badRequest(c);
  const { results } = await c.env.DB.prepare(
    `SELECT ${COLUMNS} FROM domains WHERE org_id = ?1 AND id < COALESCE(?2, '~') ORDER BY id DESC LIMIT ?3`,
  )
    .bind(token.org_id, wanted.after, wanted.limit + 1)
    .all<Row>();
  keepPrivately(c);
  return c.json(listAnswer(results, wanted.limit));
});

export default app;
