import { argv, cwd, env, exit, nextTick, platform, stdout } from "node:process";

stdout.write(`${argv.length} ${cwd() === process.cwd()} ${env.COMPAT} ${platform}\n`);
nextTick(() => exit(4));
