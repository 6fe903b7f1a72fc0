/**
 * .dockerignore (docker's build context reference): patterns of Go's filepath.Match with "**", later lines win, "!" takes
 * back. A path is left out when it or a folder above it matches.
 */
interface Rule {
  readonly expression: RegExp;
  readonly takesBack: boolean;
}

/** Go's filepath.Match, and "**" for any number of folders. */
export function globExpression(pattern: string): RegExp {
  let out = "^";
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at] ?? "";
    if (pattern.startsWith("**", at)) {
      at++;
      if (pattern[at + 1] === "/") at++;
      out += at + 1 >= pattern.length ? ".*" : "(?:.*/)?";
    } else if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "[") {
      const close = pattern.indexOf("]", at + 1);
      if (close < 0) throw new Error(`syntax error in pattern: ${pattern}`);
      out += pattern.slice(at, close + 1);
      at = close;
    } else if (c === "\\") out += `\\${pattern[++at] ?? "\\"}`;
    else out += c.replace(/[.+^${}()|\]]/, "\\$&");
  }
  return new RegExp(`${out}$`);
}

export function parseIgnore(text: string): (path: string) => boolean {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed === "" || line.startsWith("#")) continue;
    const takesBack = trimmed.startsWith("!");
    const pattern = trimmed
      .slice(takesBack ? 1 : 0)
      .replace(/^\.?\/+/, "")
      .replace(/\/+$/, "");
    if (pattern !== "" && pattern !== ".") rules.push({ expression: globExpression(pattern), takesBack });
  }
  return (path) => {
    const parts = path.split("/");
    const prefixes = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    let ignored = false;
    for (const { expression, takesBack } of rules) {
      if (prefixes.some((prefix) => expression.test(prefix))) ignored = !takesBack;
    }
    return ignored;
  };
}
