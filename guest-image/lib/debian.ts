/**
 * Fetches Debian packages, of any architecture, without touching the machine's own apt set-up.
 *
 * apt runs with its own state, cache and source list below the build cache. The mirror's address comes from the
 * machine's own apt configuration; only suite and architecture are ours. Nothing is installed or executed:
 * `dpkg -x` unpacks. A mirror in the middle of a sync answers with wrong sizes or 404s: the lists are then refreshed,
 * at last without the updates and security suites, and what is offered then is taken (callers record the versions).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheRoot } from "./cache.ts";
import { run } from "./run.ts";

const SUITE = "bookworm";
/** How often, and with which of the suites. */
const TRIES: readonly Scope[] = ["all", "all", "base", "base"];
const LISTS_FRESH_MS = 12 * 3_600_000;

type Arch = "i386" | "amd64";
type Scope = "all" | "base";

interface Apt {
  readonly options: readonly string[];
  readonly lists: string;
}

function aptFor(arch: Arch, suite: string, scope: Scope): Apt {
  const root = path.join(cacheRoot(), "apt", `${suite}-${arch}-${scope}`);
  for (const folder of ["state/lists/partial", "cache/archives/partial", "etc"])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, "state/status"), "", { flag: "a" });
  writeFileSync(path.join(root, "etc/sources.list"), sourceLines(arch, suite, scope).join("\n"));
  const options = [
    ["Dir::State", path.join(root, "state")],
    ["Dir::State::status", path.join(root, "state/status")],
    ["Dir::Cache", path.join(root, "cache")],
    ["Dir::Etc::SourceList", path.join(root, "etc/sources.list")],
    ["Dir::Etc::SourceParts", "/dev/null"],
    ["APT::Architecture", arch],
    ["APT::Architectures", arch],
    ["APT::Sandbox::User", "root"],
    ["Acquire::Retries", "3"],
    ["Acquire::Languages", "none"],
  ].map(([key, value]) => `-o${key}=${value}`);
  return { options, lists: path.join(root, "state/lists") };
}

/** Source lines for our suite, with the addresses (main and security) that this machine's apt already uses. */
function sourceLines(arch: Arch, suite: string, scope: Scope): string[] {
  const { main, security } = machineMirrors();
  const option = `[arch=${arch} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]`;
  const lines = [`deb ${option} ${main} ${suite} main`, `deb-src ${option} ${main} ${suite} main`];
  if (suite === SUITE && scope === "all") {
    lines.push(`deb ${option} ${main} ${suite}-updates main`);
    if (security) lines.push(`deb ${option} ${security} ${suite}-security main`);
  }
  return lines.map((line) => `${line}\n`);
}

function machineMirrors(): { main: string; security: string | null } {
  const files = ["/etc/apt/sources.list"];
  if (existsSync("/etc/apt/sources.list.d")) {
    files.push(...readdirSync("/etc/apt/sources.list.d").map((name) => `/etc/apt/sources.list.d/${name}`));
  }
  const found: { uri: string; suite: string }[] = [];
  for (const file of files.filter((name) => existsSync(name))) {
    const text = readFileSync(file, "utf8").replace(/^#.*$/gm, "");
    for (const line of text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm))
      found.push({ uri: line[1] ?? "", suite: line[2] ?? "" });
    for (const stanza of text.split(/\n\s*\n/)) {
      const uri = /^\s*URIs:\s*(\S+)/m.exec(stanza)?.[1];
      const suites = /^\s*Suites:\s*(.+)$/m.exec(stanza)?.[1];
      if (uri && suites) for (const suite of suites.trim().split(/\s+/)) found.push({ uri, suite });
    }
  }
  const main = found.find(({ suite }) => suite === SUITE || suite === "stable")?.uri;
  if (!main) throw new Error(`apt: no mirror for Debian ${SUITE} in /etc/apt; add one to /etc/apt/sources.list`);
  return { main, security: found.find(({ suite }) => suite.includes("-security"))?.uri ?? null };
}

async function refresh(apt: Apt, force: boolean): Promise<void> {
  const stamp = path.join(apt.lists, ".refreshed");
  if (!force && existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_FRESH_MS) return;
  await run("apt-get", [...apt.options, "update", "-q"]);
  writeFileSync(stamp, "");
}

async function withRetries<T>(arch: Arch, suite: string, action: (apt: Apt) => Promise<T>): Promise<T> {
  let last: unknown;
  for (const [attempt, scope] of TRIES.entries()) {
    const apt = aptFor(arch, suite, scope);
    try {
      await refresh(apt, attempt > 0);
      return await action(apt);
    } catch (error) {
      last = error;
      await new Promise((resolve) => setTimeout(resolve, 1_000 * (attempt + 1)));
    }
  }
  throw new Error("apt: the mirror did not answer as it should; try again later", { cause: last });
}

/** The version that the suite offers now, e.g. "6.1.192-2". */
export async function newestVersion(name: string, arch: Arch): Promise<string> {
  return withRetries(arch, SUITE, async (apt) => {
    const version = /^\s*Candidate:\s*(\S+)/m.exec(await run("apt-cache", [...apt.options, "policy", name]))?.[1];
    if (!version || version === "(none)") throw new Error(`apt: ${SUITE} ${arch} has no package ${name}`);
    return version;
  });
}

/** Downloads the named packages (no dependencies) into `dir`; returns the .deb paths in the order of the names. */
export async function fetchDebs(names: readonly string[], arch: Arch, dir: string, suite = SUITE): Promise<string[]> {
  return withRetries(arch, suite, async (apt) => {
    await run("apt-get", [...apt.options, "download", ...names], { cwd: dir });
    const files = readdirSync(dir).filter((file) => file.endsWith(".deb"));
    return names.map((name) => {
      const file = files.find((candidate) => candidate.startsWith(`${name}_`));
      if (!file) throw new Error(`apt: ${name} was not downloaded`);
      return path.join(dir, file);
    });
  });
}

/** Downloads a source package's files into `dir` (not unpacked); returns their names. */
export async function fetchSource(name: string, dir: string, suite: string): Promise<string[]> {
  return withRetries("amd64", suite, async (apt) => {
    await run("apt-get", [...apt.options, "source", "--download-only", "-q", name], { cwd: dir });
    return readdirSync(dir);
  });
}

/** Package name -> version, read from the .deb files themselves. */
export async function packageVersions(debs: readonly string[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const deb of debs) {
    const fields = await run("dpkg-deb", ["--field", deb, "Package", "Version"]);
    const name = /^Package: (.*)$/m.exec(fields)?.[1];
    const version = /^Version: (.*)$/m.exec(fields)?.[1];
    if (name && version) versions[name] = version;
  }
  return versions;
}
