/** A name for a volume that was given none: 64 hexadecimal digits, as docker's. */
import { readFileSync } from "node:fs";

const uuid = (): string => readFileSync("/proc/sys/kernel/random/uuid", "utf8").replace(/[^0-9a-f]/g, "");

export const randomVolumeName = (): string => uuid() + uuid();
