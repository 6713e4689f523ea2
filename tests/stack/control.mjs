// The stack's control API on loopback (shared interface: cron, drain, sql, restart).

import { createServer } from "node:http";

const BODY_LIMIT = 1 << 20;
const SIGNALS = new Set(["SIGKILL", "SIGTERM"]);

class BadRequest extends Error {}

/** `POST path {json}` → what it answers. */
function routes(stack) {
  return {
    "/cron": async ({ cron = "* * * * *", scheduledTime }) => {
      if (typeof cron !== "string") throw new BadRequest("cron must be a string");
      return stack.cron(cron, scheduledTime === undefined ? new Date() : new Date(scheduledTime));
    },
    "/drain": async ({ timeoutMs = 30_000 }) => {
      if (!Number.isFinite(timeoutMs) || timeoutMs < 0) throw new BadRequest("timeoutMs must be a number of milliseconds");
      return stack.drain(timeoutMs);
    },
    "/sql": async ({ sql, params = [] }) => {
      if (typeof sql !== "string" || !Array.isArray(params)) throw new BadRequest("sql must be a string and params a list");
      return stack.sql(sql, params).catch((error) => {
        throw new BadRequest(error.message);
      });
    },
    "/restart": async ({ signal = "SIGKILL" }) => {
      if (!SIGNALS.has(signal)) throw new BadRequest(`signal must be one of ${[...SIGNALS].join(", ")}`);
      return stack.restart(signal);
    },
  };
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_LIMIT) throw new BadRequest("the body is too large");
  }
  try {
    const value = JSON.parse(text || "{}");
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Falls through to the one message.
  }
  throw new BadRequest("the body must be a JSON object");
}

/** Serves the control API of `stack`; resolves to the server once it listens. */
export async function serveControl(stack, port) {
  const table = routes(stack);
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  async function answer(request) {
    // A page in a browser can reach loopback too, and this API runs any SQL: only direct callers are heard.
    const origin = request.headers.origin;
    if (!own.has(request.headers.host) || (origin !== undefined && !own.has(origin.replace("http://", "")))) {
      return [403, { error: "forbidden", message: "only direct calls to this address are answered" }];
    }
    const route = table[request.url];
    if (route === undefined) return [404, { error: "not_found", message: `POST ${Object.keys(table).join(", ")}` }];
    if (request.method !== "POST") return [405, { error: "method_not_allowed", message: "use POST" }];
    try {
      return [200, await route(await readJson(request))];
    } catch (error) {
      if (error instanceof BadRequest) return [400, { error: "bad_request", message: error.message }];
      return [error.status ?? 500, { error: error.code ?? "failed", message: error.message }];
    }
  }

  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return server;
}
