// The workers that are measured, as miniflare takes them: ours as deployed, and what it is compared with.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { ROOT } from "../tests/stack/stack.mjs";
import { loadWorkers } from "../tests/stack/workers.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Ours calls nobody here, but it serves only with a whole configuration. */
const OUR_VARS = {
  APP_BASE_URL: "https://app.dcvaas.example",
  CLOUDFLARE_API_TOKEN: "unused",
  CLOUDFLARE_ZONE_ID: "0".repeat(32),
  ENCRYPTION_KEY: "0".repeat(64),
  SAAS_CNAME_TARGET: "customers.dcvaas.example",
};

/**
 * What is measured. `path` says how a request of the API is asked for there; undefined: not at all.
 * `answers`: gives the same JSON as ours.
 */
export const CONTESTANTS = [
  { name: "ours", label: "ours (Rust)", worker: "ours", path: (url) => url, answers: true },
  { name: "floor", label: "floor: one statement, one row", worker: "floor", path: () => "/" },
  {
    name: "floor-rows",
    label: "floor: one statement, the same rows",
    worker: "floor",
    path: (url) => /\?limit=\d+$/.exec(url)?.[0].replace("?", "/?"),
  },
  { name: "natural", label: "Hono, natural", worker: "hono-natural", path: (url) => url, answers: true },
  { name: "batch", label: "Hono, one batch", worker: "hono-batch", path: list, answers: true },
  { name: "statement", label: "Hono, our statement", worker: "hono-statement", path: list, answers: true },
];

/** The Hono workers share `/health`; it is measured once. */
function list(url) {
  return url.startsWith("/api/") ? url : undefined;
}

/** Ours alone, or what stands in `build` instead. */
export function ours(build) {
  const api = loadWorkers(ROOT, OUR_VARS, { assets: false }).workers.find(({ name }) => name === "dcvaas-api").options;
  const modulesRoot = build ? path.join(ROOT, build) : api.modulesRoot;
  // Without the local stack's meter: as it is deployed.
  const modules = api.modules
    .filter((module) => module.contents === undefined)
    .map((module) => ({ ...module, path: path.join(modulesRoot, path.basename(module.path)) }));
  return { ...api, name: "ours", modulesRoot, modules };
}

/** All workers on the database of ours. `listSql` is the statement that ours sends for a list. */
export async function allWorkers(listSql) {
  const first = ours();
  const { compatibilityDate, compatibilityFlags, d1Databases } = first;
  const names = [...new Set(CONTESTANTS.map(({ worker }) => worker))].filter((name) => name !== "ours");
  const others = names.map(async (name) => ({
    name,
    compatibilityDate,
    compatibilityFlags,
    d1Databases,
    bindings: { LIST_SQL: listSql },
    modulesRoot: HERE,
    modules: [{ type: "ESModule", path: path.join(HERE, "index.js"), contents: await bundle(name) }],
  }));
  return [first, ...(await Promise.all(others))];
}

/** As wrangler bundles it. */
async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [path.join(HERE, "contestants", `${name}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
  });
  return outputFiles[0].text;
}
