/**
 * BPF programs that decide about device access in a group (struct cgroup_bpf in include/linux/bpf-cgroup-defs.h): cgroup v2 has
 * no devices file, the runtime attaches a program of type BPF_PROG_TYPE_CGROUP_DEVICE.
 */
import type { Cgroup } from "../protocol/kernel-cgroup.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, walkHlist } from "./guest-memory.ts";

/** BPF_CGROUP_MAX_PROGS */
const MAX_PROGRAMS = 64;

export class CgroupDeviceProgramsReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      progs: "cgroup.bpf.progs",
      effective: "cgroup.bpf.effective",
      device: "CGROUP_DEVICE",
      items: "bpf_prog_array.items",
      prog: "bpf_prog_array_item.prog",
      itemSize: "sizeof(bpf_prog_array_item)",
    });
  }

  read(memory: GuestMemory, cgroup: number, former: Cgroup["devicePrograms"] | null): Cgroup["devicePrograms"] {
    const { fields } = this;
    let attached = 0;
    walkHlist(memory, cgroup + fields.progs + 4 * fields.device, MAX_PROGRAMS, () => ++attached > 0);
    const array = memory.pointer(cgroup + fields.effective + 4 * fields.device);
    let effective = 0;
    while (
      array !== 0 &&
      effective < MAX_PROGRAMS &&
      memory.i32(array + fields.items + effective * fields.itemSize + fields.prog) !== 0
    )
      effective++;
    return former?.attached === attached && former.effective === effective ? former : { attached, effective };
  }
}
