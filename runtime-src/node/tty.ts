/** node:tty */
import calls from "native:tty";

export { StandardInput as ReadStream, TerminalOutput as WriteStream } from "./standard-streams.ts";

export function isatty(fd: number): boolean {
  return Number.isInteger(fd) && fd >= 0 && calls.isatty(fd);
}

export default { isatty };
