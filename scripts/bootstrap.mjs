/**
 * Runs a TypeScript command of this repository: `node scripts/bootstrap.mjs scripts/start.ts [argument...]`.
 *
 * Plain JavaScript, because in a fresh clone there is no node_modules and so no tsx: it installs what the lock file
 * asks for when that is not what is installed, then hands over. It compares versions, not dates, so it never reinstalls
 * without need.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const tsx = path.join(root, "node_modules/tsx/dist/cli.mjs");

/** The packages of a lock file that must be there on every platform: path -> version. */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(packages).filter(([name, { optional, peer }]) => name !== "" && !optional && !peer);
}

function installedAsLocked() {
  const hidden = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(hidden) || !existsSync(tsx)) return false;
  const installed = JSON.parse(readFileSync(hidden, "utf8")).packages;
  return lockedPackages(path.join(root, "package-lock.json")).every(
    ([name, { version }]) => installed[name]?.version === version,
  );
}

if (!installedAsLocked()) {
  process.stderr.write("installing npm packages (npm ci)\n");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0) {
    process.stderr.write(`npm ci: ${npm.error?.message ?? `exit ${npm.status}`}; its output is above\n`);
    process.exit(1);
  }
}

const child = spawn(process.execPath, [tsx, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});
