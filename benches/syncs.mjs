// How many calls to Cloudflare and to DNS it takes to keep 1,000 domains in step: the real loop of cron, queue and
// consumer against the simulator.

import { startStack } from "../tests/stack/stack.mjs";

const DOMAINS = 1000;
/** Ticks until nothing is due any more; far more than needed. */
const TICKS = 40;

/** Resolves to `[{what, domains, cloudflare, dns, ticks}]`. */
export async function measureSyncs() {
  const stack = await startStack({ assets: false });
  try {
    return [await firstIssue(stack), await dailyLook(stack)];
  } finally {
    await stack.stop();
  }
}

/** Domains whose certificates were just issued: all turn active, each with its certificate. */
async function firstIssue(stack) {
  await simulator(stack, "POST", "/control/cloudflare/seed", { count: DOMAINS, suffix: "bench.example.com", status: "active" });
  const hostnames = await simulator(stack, "GET", "/control/cloudflare/hostnames");
  const now = Date.now();
  for (let from = 0; from < hostnames.length; from += 100) {
    await stack.batch(
      hostnames.slice(from, from + 100).map(({ id, hostname, created_at }, n) => ({
        sql: `INSERT INTO domains (id, org_id, hostname, status, cf_id, cf_status, cf_ssl_status, next_check_at,
                created_at, updated_at, version, seq)
              VALUES (?1, ?2, ?3, 'issuing', ?4, 'pending', 'pending_validation', ?5, ?6, ?6, 1, 1)`,
        params: [domainId(from + n), stack.orgId, hostname, id, now - 1000, Date.parse(created_at) || now],
      })),
    );
  }
  return settle(stack, "turn active with their certificates");
}

/** Active domains that are looked at again and have not changed. */
async function dailyLook(stack) {
  await stack.sql("UPDATE domains SET next_check_at = ?1, woken_at = 0", [Date.now() - 1000]);
  return settle(stack, "active, looked at again without news");
}

async function settle(stack, what) {
  await simulator(stack, "DELETE", "/control/calls");
  for (let ticks = 1; ticks <= TICKS; ticks += 1) {
    await stack.cron("* * * * *");
    await stack.drain(120_000);
    const { results } = await stack.sql("SELECT COUNT(*) AS due, SUM(status = 'active') AS active FROM domains WHERE next_check_at <= ?1", [Date.now()]);
    if (results[0].due > 0) continue;
    const [{ active }] = (await stack.sql("SELECT COUNT(*) AS active FROM domains WHERE status = 'active' AND expires_at IS NOT NULL")).results;
    if (active !== DOMAINS) throw new Error(`${what}: only ${active} of ${DOMAINS} domains are active with an expiry`);
    const count = async (target) => (await simulator(stack, "GET", `/control/calls?target=${target}`)).count;
    return { what, domains: DOMAINS, cloudflare: await count("cloudflare"), dns: await count("dns"), ticks };
  }
  throw new Error(`${what}: domains are still due after ${TICKS} ticks`);
}

const domainId = (n) => `dom_${n.toString(16).padStart(32, "0")}`;

async function simulator({ simulatorUrl }, method, url, body) {
  const response = await fetch(simulatorUrl + url, { method, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
