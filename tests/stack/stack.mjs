// The whole local stack in one process tree: three workers on one workerd, D1, queues, cron, and the simulator.
// Used by `cargo xtask dev` (main.mjs) and by the end-to-end tests, which start their own in a temporary folder.

import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Cron } from "croner";
import { Miniflare } from "miniflare";
import workerd from "workerd";

import { serveControl } from "./control.mjs";
import { Ledger } from "./ledger.mjs";
import { migratedState } from "./migrations.mjs";
import { loadWorkers } from "./workers.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const ROOT = path.resolve(HERE, "../..");
const NATIVE = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "debug");
const API = "dcvaas-api";
const CRON = "dcvaas-cron";
/** The SaaS zone that the simulator plays, and the token that it takes. */
const ZONE_ID = "0123456789abcdef0123456789abcdef";
const API_TOKEN = "simulator-token";
const MAIL_KEY = "re_simulator";
const CNAME_TARGET = "customers.dcvaas.example";

process.env.MINIFLARE_WORKERD_PATH = path.join(HERE, "workerd");

/**
 * Starts a stack and resolves when it answers.
 *
 * - `dir`: keeps state, secrets and pid (default: a temporary folder, removed by `stop`)
 * - `ports`: `{api, simulator, control}`, each free for the asking when left out
 * - `auto`: hostnames advance by themselves and cron fires on its schedule
 * - `vars`: further variables for all three workers
 * - `assets`: whether the api worker serves the dashboard
 * - `root`: where the wrangler files are
 */
export async function startStack({
  dir,
  ports = {},
  auto = false,
  vars = {},
  assets = true,
  verbose = false,
  root = ROOT,
  print = console.error,
} = {}) {
  const temporary = dir === undefined;
  const home = dir ?? mkdtempSync(path.join(tmpdir(), "dcvaas-"));
  mkdirSync(home, { recursive: true });
  const undo = temporary ? [() => rmSync(home, { recursive: true, force: true })] : [];
  const stop = async () => {
    while (undo.length > 0) await undo.pop()();
  };
  try {
    const port = {
      api: ports.api ?? (await freePort()),
      simulator: ports.simulator ?? (await freePort()),
      control: ports.control ?? (await freePort()),
    };
    const urls = {
      apiUrl: `http://127.0.0.1:${port.api}`,
      simulatorUrl: `http://127.0.0.1:${port.simulator}`,
      controlUrl: `http://127.0.0.1:${port.control}`,
    };
    const secrets = keepSecrets(home);
    const [, simulator] = await Promise.all([
      migratedState(home, root),
      startSimulator(port.simulator, { auto, print, state: path.join(home, "simulator.json") }),
    ]);
    undo.push(simulator);

    const runtime = await startRuntime({
      home,
      root,
      port: port.api,
      vars: { ...workerVars(urls, secrets), ...vars },
      assets,
      verbose,
      print,
    });
    undo.push(runtime.stop);
    if (auto) undo.push(fireCron(runtime, print));

    const server = await serveControl(runtime, port.control);
    undo.push(() => void (server.close(), server.closeAllConnections()));

    const demo = await demoOrganization(home, runtime);
    /** A new link that signs the demo organization's owner in, once. */
    const signInUrl = async () => {
      const { statements, made } = await seed("sign-in", demo.userId);
      await runtime.batch(statements);
      return `${urls.apiUrl}/sign-in#token=${made.token}`;
    };
    return { ...urls, ...demo, home, ...runtime, signInUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What every worker gets beside its wrangler file, so that the same build talks to the simulator. */
function workerVars({ apiUrl, simulatorUrl }, secrets) {
  return {
    APP_BASE_URL: apiUrl,
    CLOUDFLARE_API_BASE: `${simulatorUrl}/cloudflare/client/v4`,
    CLOUDFLARE_API_TOKEN: API_TOKEN,
    CLOUDFLARE_ZONE_ID: ZONE_ID,
    DOH_URL: `${simulatorUrl}/dns-query`,
    GITHUB_API_BASE: `${simulatorUrl}/github`,
    OPERATOR_EMAILS: "operator@example.test",
    EMAIL_FROM: "DCVaaS <no-reply@dcvaas.example>",
    ENCRYPTION_KEY: secrets.encryptionKey,
    RESEND_API_BASE: `${simulatorUrl}/mail`,
    RESEND_API_KEY: MAIL_KEY,
    OUTGOING_ALLOW_HOSTS: new URL(simulatorUrl).host,
    SAAS_CNAME_TARGET: CNAME_TARGET,
  };
}

/** Random per folder and readable by its owner only, even though nothing real hangs on them. */
function keepSecrets(home) {
  const file = path.join(home, "secrets.json");
  if (!existsSync(file)) {
    const hex = () => randomBytes(32).toString("hex");
    writeFileSync(file, JSON.stringify({ encryptionKey: hex() }), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Statements of the product's own making (`dcvaas-seed`) and what they make. */
async function seed(...args) {
  const { stdout } = await promisify(execFile)(path.join(NATIVE, "dcvaas-seed"), args);
  return JSON.parse(stdout);
}

/** Creates the demo organization, or finds it as it was. */
async function demoOrganization(home, runtime) {
  const file = path.join(home, "demo.json");
  if (!existsSync(file)) {
    const { statements, made } = await seed("organization");
    await runtime.batch(statements);
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Starts the simulator; resolves to what stops it. */
async function startSimulator(port, { auto, print, state }) {
  const program = path.join(NATIVE, "dcvaas-simulator");
  const args = ["--port", String(port), "--zone-id", ZONE_ID, "--api-token", API_TOKEN, "--cname-target", CNAME_TARGET, "--state", state];
  if (auto) args.push("--auto");
  const tied = existsSync("/usr/bin/setpriv");
  const child = tied
    ? spawn("/usr/bin/setpriv", ["--pdeathsig", "KILL", "--", program, ...args], { stdio: ["ignore", "pipe", "pipe"] })
    : spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const listen = (text) => {
    said = (said + text).slice(-2000);
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", (text) => (listen(text), print(text.trimEnd())));
  const gone = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`exit ${code ?? signal}`));
  });

  const started = await Promise.race([
    gone.then((how) => {
      throw new Error(`the simulator did not start (${how}): ${program}\n${said}`);
    }),
    answers(`http://127.0.0.1:${port}/`, 10_000),
  ]);
  if (!started) {
    child.kill("SIGKILL");
    throw new Error(`the simulator does not answer on port ${port}\n${said}`);
  }
  return async () => {
    child.kill("SIGKILL");
    await gone;
  };
}

async function answers(url, timeoutMs) {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    try {
      await (await fetch(url)).arrayBuffer();
      return true;
    } catch {
      await sleep(10);
    }
  }
  return false;
}

async function startRuntime({ home, root, port, vars, assets, verbose, print }) {
  const { workers, consumedQueues, stackWorker } = loadWorkers(root, vars, { assets });
  const ledger = new Ledger({ consumedQueues, verbose, print });
  const pidFile = path.join(home, "workerd.pid");
  let running = 0;
  let restarted = () => {};

  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port,
    cf: false,
    log: ledger,
    d1Persist: path.join(home, "state/v3/d1"),
    unsafeRuntimeEnv: { STACK_WORKERD: workerd.default, STACK_WORKERD_PID: pidFile },
    // Miniflare starts a new workerd on the same ports when the old one dies, and then calls this.
    unsafeHandleRuntimeRestart: () => {
      ledger.reset();
      restarted();
    },
    handleRuntimeStdio(stdout, stderr) {
      for (const stream of [stdout, stderr]) stream.setEncoding("utf8").on("data", (text) => print(text.trimEnd()));
    },
    workers: [...workers.map(({ options }) => options), stackWorker],
  });
  await miniflare.ready;

  const runtime = {
    schedule: workers.flatMap(({ name, crons }) => crons.map((cron) => ({ name, cron }))),

    /** Fires the cron worker's handler once and waits for it. */
    async cron(cron, scheduledTime = new Date(), name = CRON) {
      running += 1;
      try {
        const worker = await miniflare.getWorker(name);
        const { outcome } = await worker.scheduled({ cron, scheduledTime });
        if (outcome !== "ok") throw new Error(`the scheduled handler ended with: ${outcome}`);
        return { outcome };
      } finally {
        running -= 1;
      }
    },

    /** Waits until no queue holds a message and no worker is at work on one. */
    async drain(timeoutMs = 30_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const { settled } = ledger;
        const worker = await miniflare.getWorker(stackWorker.name);
        const { sent, background } = await (await worker.fetch("http://stack/")).json();
        if (sent === settled && background === 0 && running === 0) return { drained: true };
        if (Date.now() >= until) {
          const message = `${sent - settled} messages are owed, ${background + running} handlers are at work`;
          throw Object.assign(new Error(message), { status: 504, code: "timeout" });
        }
        await sleep(20);
      }
    },

    /** What a worker has sent to D1 since it was started: `{batches, statements}`. */
    async trips(name) {
      const worker = await miniflare.getWorker(stackWorker.name);
      const { workers: counts } = await (await worker.fetch("http://stack/")).json();
      return counts[name];
    },

    /** Runs one statement on the local D1. */
    async sql(sql, params = []) {
      const db = await miniflare.getD1Database("DB", API);
      const { results, meta } = await db.prepare(sql).bind(...params).all();
      return { results, meta };
    },

    /** Runs `[{sql, params}, …]` on the local D1, all or none. */
    async batch(statements) {
      const db = await miniflare.getD1Database("DB", API);
      return db.batch(statements.map(({ sql, params }) => db.prepare(sql).bind(...params)));
    },

    /** Kills the runtime and waits for its successor; D1 is kept, whatever the queues held is lost. */
    async restart(signal = "SIGKILL") {
      const back = new Promise((resolve) => (restarted = resolve));
      process.kill(Number(readFileSync(pidFile, "utf8")), signal);
      await back;
      return { restarted: true };
    },
    stop: () => miniflare.dispose(),
  };
  return runtime;
}

/** Fires every schedule of the wrangler files at its own times, in UTC as Cloudflare does. */
function fireCron(runtime, print) {
  const jobs = runtime.schedule.map(
    ({ name, cron }) =>
      new Cron(cron, { timezone: "UTC", catch: (error) => print(`cron ${cron}: ${error.message}`) }, (job) =>
        runtime.cron(cron, job.currentRun() ?? new Date(), name),
      ),
  );
  return () => jobs.forEach((job) => job.stop());
}

/** A port that nobody uses at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
