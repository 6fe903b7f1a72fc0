/**
 * Emits `layout.json` for a built kernel: compiles layout*.c against the kept headers, with the compiler call that the
 * kernel's own build used, and adds the symbols that introspection starts from. Bound to the bzImage by its hash.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { KernelLayout } from "../../lib/protocol/layout.ts";
import { type Part, part } from "../lib/cache.ts";
import { step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";
import { buildKernel } from "./build-kernel.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const HEADER = path.join(here, "layout.h");
const SOURCES = ["layout.c", "layout-controllers.c", "layout-files.c", "layout-ipc.c", "layout-network.c"].map((name) =>
  path.join(here, name),
);

/** Where introspection starts, by the kernel's names. */
const SYMBOLS = [
  "init_task",
  "current_task",
  "nr_threads",
  "total_forks",
  "init_pid_ns",
  "init_user_ns",
  "net_namespace_list",
  "cgrp_dfl_root",
  "css_set_count",
  "root_task_group",
  "kernel_cpustat",
  "proc_inum_ida",
  "event",
  "tk_core",
  // for the hang watch of lib/machine
  "jiffies_64",
  "stats_flush_threshold",
  "_totalram_pages",
  "psi_system",
  "psi_disabled",
  "runqueues",
  "blkcg_policy_throtl",
  "nsfs_mnt",
  "sock_mnt",
  "mnt_id_ida",
  "pidns_operations",
  "mntns_operations",
  "netns_operations",
  "utsns_operations",
  "ipcns_operations",
  "userns_operations",
  "cgroupns_operations",
  "timens_operations",
  "pidns_for_children_operations",
  "timens_for_children_operations",
  "ovl_super_operations",
  "shmem_ops",
  "ext4_sops",
  "brd_fops",
  "mem_map",
  "inode_hashtable",
  "i_hash_mask",
  "i_hash_shift",
  "veth_netdev_ops",
  "loopback_ops",
  "dummy_netdev_ops",
  "virtnet_netdev",
  "nf_tables_net_id",
  "nft_set_rhash_type",
  "nft_set_hash_type",
  "nft_set_hash_fast_type",
  "nft_set_rbtree_type",
  "nft_set_bitmap_type",
  "nft_cmp_fast_ops",
  "nft_cmp_ops",
] as const;

export async function buildLayout(kernel: Part): Promise<Part> {
  const inputs = [HEADER, ...SOURCES, fileURLToPath(import.meta.url)].map((file) => ({ file }));
  return part("layout", [kernel.hash, ...inputs], async (dir) => {
    const progress = step("kernel layout");
    const offsets: Record<string, number> = {};
    for (const source of SOURCES) {
      const assembly = path.join(dir, `${path.basename(source, ".c")}.s`);
      await compile(path.join(kernel.dir, "tree"), source, assembly);
      Object.assign(offsets, parseOffsets(readFileSync(assembly, "utf8")));
    }
    const layout: KernelLayout = {
      version: 1,
      kernelSha256: createHash("sha256")
        .update(readFileSync(path.join(kernel.dir, "bzImage")))
        .digest("hex"),
      release: releaseOf(path.join(kernel.dir, "tree")),
      offsets,
      symbols: parseSymbols(readFileSync(path.join(kernel.dir, "System.map"), "utf8")),
    };
    writeFileSync(path.join(dir, "layout.json"), `${JSON.stringify(layout, null, 1)}\n`);
    progress.done(`${Object.keys(layout.offsets).length} offsets, ${Object.keys(layout.symbols).length} symbols`);
  });
}

/** The saved call names its source, output and dependency file; only these are put in place of the probe's. */
async function compile(tree: string, source: string, assembly: string): Promise<void> {
  const call = readFileSync(path.join(tree, "layout-call.txt"), "utf8")
    .trim()
    .replace(/ -o \S+ \S+$/, "")
    .replace(/ -Wp,-MMD,\S+/, "");
  await run("sh", ["-c", `${call} -iquote . -o "$0" "$1"`, assembly, source], { cwd: tree });
}

/** Lines such as `.ascii "->task_struct.pid $936"`. */
export function parseOffsets(assembly: string): Record<string, number> {
  const offsets: Record<string, number> = {};
  for (const [, name, value] of assembly.matchAll(/->(\S+) \$(-?\d+)/g)) offsets[name ?? ""] = Number(value);
  if (Object.keys(offsets).length === 0) throw new Error("layout*.c: the compiler emitted no offset");
  return offsets;
}

/** Addresses of SYMBOLS; a name that several local symbols share would be a guess and is refused. */
export function parseSymbols(systemMap: string, names: readonly string[] = SYMBOLS): Record<string, number> {
  const wanted = new Set<string>(names);
  const symbols: Record<string, number> = {};
  for (const [, address, name] of systemMap.matchAll(/^([0-9a-f]+) \S (\S+)$/gm)) {
    if (!name || !wanted.has(name)) continue;
    if (name in symbols) throw new Error(`System.map: ${name} is there more than once; choose another symbol`);
    symbols[name] = Number.parseInt(address ?? "", 16);
  }
  const missing = names.filter((name) => !(name in symbols));
  if (missing.length > 0) throw new Error(`System.map: no ${missing.join(", ")}; is the feature configured?`);
  return symbols;
}

function releaseOf(tree: string): string {
  const header = readFileSync(path.join(tree, "include/generated/utsrelease.h"), "utf8");
  const release = /UTS_RELEASE "([^"]+)"/.exec(header)?.[1];
  if (!release) throw new Error("utsrelease.h: no UTS_RELEASE in it");
  return release;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await buildLayout(await buildKernel())).dir);
