/** `ps --filter publish=` and `expose=`: PORT[/PROTOCOL] or FIRST-LAST[/PROTOCOL], of the container's own ports. */
import { CommandError } from "./runtime.ts";

/** Says of a "80/tcp" whether it is meant. */
export function portMatcher(key: string, value: string): (port: string) => boolean {
  const [, first = "", last = first, protocol = "tcp"] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(value) ?? [];
  if (first === "" || Number(last) < Number(first) || Number(last) > 65_535) {
    throw new CommandError(`invalid filter '${key}=${value}': invalid port`);
  }
  return (port) => {
    const [number, own = "tcp"] = port.split("/");
    return own === protocol && Number(number) >= Number(first) && Number(number) <= Number(last);
  };
}
