/** In -e and the prompt each built-in module is a global, made when first used; so are require, module and exports. */
import { Module, requireBuiltin, requireFrom } from "./module.ts";
import { publicModules } from "./modules.ts";
import { resolve } from "./path.ts";

export function defineBuiltinGlobals(): void {
  for (const name of publicModules) {
    if (name.includes("/") || name in globalThis) continue;
    Object.defineProperty(globalThis, name, { configurable: true, get: () => requireBuiltin(name) });
  }
  const module = new Module(resolve("[eval]"));
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  };
  define("module", module);
  define("exports", module.exports);
  define("require", requireFrom(module.filename));
  define("__filename", "[eval]");
  define("__dirname", ".");
}
