/** docker's --env-file: NAME=value a line, "#" begins a comment, NAME alone takes the caller's own value. */
import { readFileSync } from "node:fs";

export function readEnvFile(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file or directory" : String(error);
    throw new Error(`open ${file}: ${reason}`, { cause: error });
  }
  const lines = text.split("\n").map((line) => line.trimStart().replace(/\r$/, ""));
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const name = line.split("=")[0] ?? "";
      if (/\s/.test(name)) throw new Error(`poorly formatted environment: variable '${name}' contains whitespaces`);
      if (name === "") throw new Error(`poorly formatted environment: no variable name on line '${line}'`);
      return line;
    });
}
