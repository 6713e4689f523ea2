// Runs the local stack until Ctrl-C. `cargo xtask dev` builds what it needs and then becomes this program.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { ROOT, startStack } from "./stack.mjs";

const HOME = path.join(ROOT, ".dcvaas");
const DEV_FILE = path.join(HOME, "dev.json");

const { values: options } = parseArgs({
  options: {
    fresh: { type: "boolean", default: false },
    port: { type: "string", default: "8787" },
    "simulator-port": { type: "string", default: "8790" },
    "control-port": { type: "string", default: "8791" },
    verbose: { type: "boolean", default: false },
  },
});

/** Two runtimes on one database lock each other out, so a folder has one stack. */
async function refuseSecondStack() {
  if (!existsSync(DEV_FILE)) return;
  const { controlUrl } = JSON.parse(readFileSync(DEV_FILE, "utf8"));
  const running = await fetch(controlUrl).catch(() => undefined);
  if (running !== undefined) throw new Error(`a stack of this folder is running already (${controlUrl})`);
}

async function main() {
  await refuseSecondStack();
  if (options.fresh) rmSync(HOME, { recursive: true, force: true });
  const stack = await startStack({
    dir: HOME,
    ports: {
      api: Number(options.port),
      simulator: Number(options["simulator-port"]),
      control: Number(options["control-port"]),
    },
    auto: true,
    verbose: options.verbose,
  });
  const { apiUrl, simulatorUrl, controlUrl, ownerEmail, orgId, token } = stack;
  writeFileSync(DEV_FILE, JSON.stringify({ apiUrl, simulatorUrl, controlUrl, ownerEmail, orgId, token }, null, 2), {
    mode: 0o600,
  });
  console.log(`
  DCVaaS is running. Ctrl-C stops it.

  dashboard   ${await stack.signInUrl()}
              (signs you in as ${ownerEmail}, once; \`cargo xtask dev\` prints a new link at every start)
  API         ${apiUrl}/api/domains
  simulator   ${simulatorUrl}/   Cloudflare, DNS and webhook receivers, to look at and to steer
  control     ${controlUrl}   cron, drain, sql, restart
  token       ${token}
  details     .dcvaas/dev.json

  curl -H "Authorization: Bearer ${token}" ${apiUrl}/api/domains
`);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await stack.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
}

main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
