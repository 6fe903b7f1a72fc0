/** What few runs ask for, added to what run-options.ts has made: mounts, devices, restarts, health, rates, profiles. */
import { shortId } from "../container/paths.ts";
import { parseRestartPolicy } from "../container/restart-policy.ts";
import type { ContainerSpec } from "../container/spec.ts";
import type { Image } from "../image/store.ts";
import { loadSeccompCompiler } from "../oci/seccomp-program.ts";
import { devicesOf } from "./device-options.ts";
import type { ParsedFlags } from "./flags.ts";
import { healthOf } from "./health-options.ts";
import { imageConfig } from "./image-config.ts";
import { ioLimitsOf } from "./io-options.ts";
import { labelsOf } from "./labels.ts";
import { resourcesOf } from "./resource-options.ts";
import type { Built } from "./run-options.ts";
import type { Runtime } from "./runtime.ts";
import { securityOf } from "./security-options.ts";
import { mountsOf } from "./volume-options.ts";

const only = (flags: ParsedFlags, flag: string, value: string, reason: string): void => {
  const given = flags.text(flag) ?? value;
  if (given !== value) throw new Error(`--${flag}: "${given}" is not there: ${reason}`);
};

/** From the cgroup2 root; docker's cgroupfs driver takes "a" for "/a". */
function cgroupParent(text: string): string {
  const parts = text.split("/").filter(Boolean);
  if (parts.length === 0 || parts.some((part) => part === "." || part === "..")) {
    throw new Error(`--cgroup-parent: "${text}" is no path of a cgroup`);
  }
  return `/${parts.join("/")}`;
}

export async function withRareOptions(
  runtime: Runtime,
  flags: ParsedFlags,
  image: Image,
  { spec, asked }: Built,
  capabilities: number,
  id: string,
): Promise<Built> {
  only(flags, "log-driver", "json-file", "the log is a json-file");
  only(flags, "runtime", "box", "there is one runtime, this one");
  only(flags, "volume-driver", "local", "volumes are folders of this machine");
  const config = imageConfig(image);
  const { seccomp, noNewPrivileges, paths } = await securityOf(flags, capabilities);
  const mounted = mountsOf(runtime, flags, Object.keys(config.Volumes ?? {}));
  const devices = devicesOf(flags);
  const restart = parseRestartPolicy(flags.text("restart") ?? "");
  if (restart.name !== "no" && flags.bool("rm")) {
    throw new Error("conflicting options: cannot specify both --restart and --rm");
  }
  const health = healthOf(flags, config);
  const parent = flags.text("cgroup-parent");
  const full: ContainerSpec = {
    ...spec,
    process: { ...spec.process, noNewPrivileges },
    resources: resourcesOf(flags, ioLimitsOf(flags)),
    mounts: mounted.map(({ mount }) => mount),
    ...(devices === null ? {} : { devices: devices.devices }),
    ...(devices === null || spec.privileged ? {} : { deviceRules: devices.deviceRules }),
    seccomp,
    ...paths,
    cgroupsPath: parent ? `${cgroupParent(parent)}/${shortId(id)}` : spec.cgroupsPath,
    annotations: labelsOf(flags.list("annotation")),
  };
  await loadSeccompCompiler(full);
  return {
    spec: full,
    asked: {
      ...asked,
      ...(flags.given("volume") ? { binds: flags.list("volume") } : {}),
      ...(flags.given("volumes-from") ? { volumesFrom: flags.list("volumes-from") } : {}),
    },
    ...(mounted.length > 0 ? { mountPoints: mounted.map(({ point }) => point) } : {}),
    ...(restart.name === "no" ? {} : { restart }),
    ...(health === null ? {} : { health }),
  };
}
