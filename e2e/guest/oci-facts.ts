/** What oci-probe.c said, and what of it is comparable: numbers that the kernel hands out one after the other are not. */
export interface Seen {
  readonly exitCode: number;
  /** Standard error of the runtime, in one line. */
  readonly words: string;
  readonly facts: readonly string[];
}

export const seenBy = (output: string, exitCode = 0, words = ""): Seen => ({
  exitCode,
  words,
  facts: output.split("\n").filter((line) => line !== ""),
});

const STATUS =
  /^status (Umask|Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp|Seccomp_filters|NSpid):/;

/** "44 29 0:23 /root / ro - tmpfs tmpfs rw": without ids and device, peers only as "shared" or "slave". */
function mountFact(line: string): string {
  const [, , , , root = "", point, options, ...rest] = line.split(" ");
  const at = rest.indexOf("-");
  const peers = rest.slice(0, at).map((field) => field.replace(/:\d+$/, ""));
  const where = root.replace(/^.*\/oci-crun\/(box|crun)\//, "BUNDLE/");
  return ["mount", point, where, options, ...peers, ...rest.slice(at + 1)].join(" ");
}

function fact(line: string, host: Seen, ownPids: boolean): string[] {
  const [name] = line.split(" ", 1);
  if (name === "ns") return [`${line.split(":")[0]} ${host.facts.includes(line) ? "the host's" : "its own"}`];
  if (name === "status") return STATUS.test(line) ? [line.replaceAll(/\s+/g, " ")] : [];
  if (name === "mount") return [mountFact(line)];
  if (["pid", "ppid", "pgid", "sid"].includes(name ?? "")) return ownPids ? [line.replace(/ [2-9]\d*$/, " not 1")] : [];
  // Who opens what for whom is each runtime's own; that it is there, is not.
  if (line.startsWith("dev /proc/self/fd/")) return [line.split(" ").slice(0, 2).join(" ")];
  return [line.replaceAll(/\s+/g, " ").trim()];
}

const withoutPids = (line: string): boolean => !line.startsWith("status NSpid");

export function normalized(seen: Seen, host: Seen): Seen {
  const ownPids = seen.facts.some((line) => line.startsWith("ns pid:") && !host.facts.includes(line));
  const facts = seen.facts.flatMap((line) => fact(line, host, ownPids)).filter(withoutPids);
  return { ...seen, words: "", facts: facts.sort() };
}
