/**
 * docker's --user against the container's own /etc/passwd and /etc/group (passwd(5), group(5)): names or numbers, a
 * number need not be in the file. Without a group, the user's own and every group that lists the user.
 */
import { readFileSync } from "node:fs";
import type { ProcessSpec } from "./spec.ts";

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

const isNumber = (text: string): boolean => /^[0-9]+$/.test(text);

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** The first line for which `wanted` holds, cut at its colons. */
function findEntry(lines: readonly string[], wanted: (fields: readonly string[]) => boolean): string[] | null {
  for (const line of lines) {
    const fields = line.split(":");
    if (fields.length > 2 && wanted(fields)) return fields;
  }
  return null;
}

export function resolveUser(wanted: string, etc = "/etc"): ResolvedUser {
  const [userPart = "", groupPart = ""] = wanted.split(":");
  const user = userPart || "0";
  const entry = findEntry(
    readLines(`${etc}/passwd`),
    isNumber(user) ? (fields) => fields[2] === user : (fields) => fields[0] === user,
  );
  if (!entry && !isNumber(user)) throw new Error(`unable to find user ${user}: no matching entries in passwd file`);
  const uid = Number(entry?.[2] ?? user);
  const home = entry?.[5] || (uid === 0 ? "/root" : "/");
  const groupLines = readLines(`${etc}/group`);
  if (groupPart) {
    const group = isNumber(groupPart) ? groupPart : findEntry(groupLines, (fields) => fields[0] === groupPart)?.[2];
    if (group === undefined) throw new Error(`unable to find group ${groupPart}: no matching entries in group file`);
    return { uid, gid: Number(group), groups: [], home };
  }
  const name = entry?.[0];
  const gid = Number(entry?.[3] ?? 0);
  const groups = [gid];
  for (const line of name ? groupLines : []) {
    // most lines name nobody: not worth cutting
    if (!line.includes(name ?? "")) continue;
    const fields = line.split(":");
    if (fields[3]?.split(",").includes(name ?? "")) groups.push(Number(fields[2]));
  }
  return { uid, gid, groups: [...new Set(groups)], home };
}

export const userText = ({ user }: ProcessSpec): string =>
  typeof user === "string" ? user || "0" : `${user.uid}:${user.gid}`;

/** Of a spec: numbers are taken as they are, with the groups that are named and no others. */
export function userOf({ user, additionalGids }: ProcessSpec, etc = "/etc"): ResolvedUser {
  const found: ResolvedUser =
    typeof user === "string" ? resolveUser(user, etc) : { ...user, groups: [], home: homeOf(user.uid, etc) };
  if (additionalGids.length === 0) return found;
  const groups = [...found.groups, ...additionalGids.map((group) => groupNumber(group, etc))];
  return { ...found, groups: [...new Set(groups)] };
}

function homeOf(uid: number, etc: string): string {
  const entry = findEntry(readLines(`${etc}/passwd`), (fields) => fields[2] === String(uid));
  return entry?.[5] || (uid === 0 ? "/root" : "/");
}

function groupNumber(group: number | string, etc: string): number {
  if (typeof group === "number") return group;
  if (isNumber(group)) return Number(group);
  const entry = findEntry(readLines(`${etc}/group`), (fields) => fields[0] === group);
  if (!entry) throw new Error(`Unable to find group ${group}: no matching entries in group file`);
  return Number(entry[2]);
}
