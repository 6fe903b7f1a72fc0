/** `box oci pause` and `resume`: the cgroup's freezer (cgroup.freeze); done when cgroup.events says so. */
import { flatKey, freezeCgroup } from "../../cgroups/container-cgroup.ts";
import { freezeSteps } from "../../container/freeze-steps.ts";
import { runSteps } from "../../container/steps.ts";
import { type BundleStatus, bundleReporter, statusOf } from "../../oci/bundle-state.ts";
import { idOf, type OciRuntime, type OciVerb, withBundle } from "./oci-verb.ts";

const ATTEMPTS = 400;
const LOOK_AGAIN_MS = 5;

function setFrozen(runtime: OciRuntime, id: string, frozen: boolean, from: readonly BundleStatus[]): void {
  withBundle(runtime, id, (record) => {
    const status = statusOf(runtime, runtime.root, record);
    if (!from.includes(status)) {
      throw new Error(
        `container ${id} is ${status}: only ${from.join(" or ")} ones can be ${frozen ? "paused" : "resumed"}`,
      );
    }
    const reporter = bundleReporter(runtime, record, frozen ? "pause" : "unpause");
    runSteps(freezeSteps, { host: runtime, cgroup: record.cgroup, frozen }, reporter);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (flatKey(record.cgroup, "cgroup.events", "frozen") === (frozen ? 1 : 0)) return;
      runtime.linux.sleep(LOOK_AGAIN_MS);
    }
    if (frozen) freezeCgroup(runtime, record.cgroup, false);
    throw new Error(
      `container ${id} could not be ${frozen ? "frozen" : "thawed"} in ${(ATTEMPTS * LOOK_AGAIN_MS) / 1000} s`,
    );
  });
}

export const pause: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Freeze a container",
  flags: [],
  words: [1, 1],
  run(runtime, flags) {
    setFrozen(runtime, idOf(flags), true, ["created", "running"]);
    return 0;
  },
};

export const resume: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Thaw a frozen container",
  flags: [],
  words: [1, 1],
  run(runtime, flags) {
    setFrozen(runtime, idOf(flags), false, ["paused"]);
    return 0;
  },
};
