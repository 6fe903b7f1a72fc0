/** The mounts of a container that are not docker's own, as mount(8) commands. */
import type { InitContext } from "../container/init-context.ts";
import type { MountSpec } from "../container/spec.ts";
import { quoted } from "./step-words.ts";

const ETC_FILES = ["resolv.conf", "hostname", "hosts"] as const;
const PROPAGATION = /^r?(private|slave|shared|unbindable)$/;

const isBind = ({ type, options }: MountSpec): boolean =>
  type === "bind" || options.includes("bind") || options.includes("rbind");

/** Before the root is changed, so at their place below it. */
export function bindCommands({ spec, etcDir, rootPath }: InitContext): string[] {
  const given = new Set(spec.mounts.map(({ destination }) => destination));
  const etc = ETC_FILES.filter((file) => !given.has(`/etc/${file}`)).map(
    (file) => `mount --bind ${etcDir}/${file} ${rootPath}/etc/${file}`,
  );
  return [...etc, ...spec.mounts.filter(isBind).flatMap((mount) => bindCommand(mount, rootPath))];
}

function bindCommand({ source, destination, options }: MountSpec, rootPath: string): string[] {
  const [from, to] = [quoted(source), quoted(rootPath + destination)];
  const isReadOnly = options.includes("ro") || options.includes("rro");
  const make = `if [ -d ${from} ]; then mkdir -p ${to}; else mkdir -p "$(dirname ${to})"; touch ${to}; fi`;
  const bind = `mount --${options.includes("rbind") ? "rbind" : "bind"} ${from} ${to}`;
  return [make, bind, ...(isReadOnly ? [`mount -o remount,bind,ro ${to}`] : [])];
}

/** After it. */
export const fileSystemCommands = ({ spec }: InitContext): string[] =>
  spec.mounts
    .filter((mount) => !isBind(mount))
    .flatMap(({ type, source, destination, options }) => {
      const words = options.filter((option) => !PROPAGATION.test(option)).join(",");
      const place = quoted(destination);
      return [`mkdir -p ${place}`, `mount -t ${type} ${words ? `-o ${quoted(words)} ` : ""}${quoted(source)} ${place}`];
    });
