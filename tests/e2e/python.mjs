// Python with libraries from PyPI, in an environment that is made once for every clone of this user.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The interpreter of an environment that holds exactly these packages, such as `["svix==2.9.1"]`. */
export async function pythonWith(packages) {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "dcvaas");
  const name = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 12);
  const home = path.join(cache, `python-${name}`);
  const python = path.join(home, "bin/python");
  if (existsSync(python)) return python;
  // Made beside and then renamed, so that an interrupted one does not look whole. Python itself finds its way
  // from wherever it stands.
  const fresh = `${home}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    await run("python3", ["-m", "venv", fresh]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
    await run(path.join(fresh, "bin/python"), pip);
    if (!existsSync(home)) renameSync(fresh, home);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return python;
}
