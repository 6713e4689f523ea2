// Hono with the very statement of ours: it finds the caller and makes the finished JSON text in one call.

import { Hono } from "hono";
import { etag } from "hono/etag";
import type { Hono as HonoEnv, Token } from "./api";
import { admit, badRequest, credentialHash, health, keepPrivately, page, unauthorized } from "./api";

const app = new Hono<HonoEnv>();
app.get("/health", health);

app.get("/api/domains", etag(), async (c) => {
  const hash = await credentialHash(c);
  if (hash === null) return unauthorized(c);
  const wanted = page(c);
  if (wanted === null) return badRequest(c);
  const row = await c.env.DB.prepare(c.env.LIST_SQL)
    .bind(hash, null, wanted.after, wanted.limit)
    .first<Token & { body: string }>();
  if (row === null || !admit(c, row)) return unauthorized(c);
  keepPrivately(c);
  return c.body(row.body, 200, { "content-type": "application/json" });
});

export default app;
