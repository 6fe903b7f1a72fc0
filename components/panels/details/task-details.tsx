"use client";

import { useMemo } from "react";
import { CAPABILITIES, capabilityNames } from "../../../lib/model/capabilities.ts";
import { insideUid } from "../../../lib/model/id-map.ts";
import { type KernelSnapshot, NAMESPACE_TYPES, type Task } from "../../../lib/protocol/kernel-snapshot.ts";
import { request } from "../../../lib/stores/guest-actions.ts";
import { containerOf } from "../../../lib/stores/names-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatSeconds } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { useNames, useSession } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { idsSource, pidSource, rssSource, stateSource, statusSource, threadSource } from "../value-sources.ts";
import { type Action, ActionBar } from "./action-bar.tsx";
import styles from "./details.module.css";
import { Facts, Section } from "./facts.tsx";
import { openShell } from "./open-shell.ts";
import { Pick } from "./pick.tsx";

interface TaskProps {
  readonly snapshot: KernelSnapshot;
  readonly task: Task;
}

/** What the kernel knows of one process. Labels are the words of /proc/PID/status. */
export function TaskDetails({ snapshot, task }: TaskProps) {
  const text = useText();
  const names = useNames();
  const cgroup = snapshot.cgroups.find(({ id }) => id === task.cgroup);
  const container = cgroup ? containerOf(cgroup.path, names) : null;
  const inner = insideUid(snapshot, task);
  const uids = inner === task.uid ? String(task.uid) : text.details.idsInOut(inner ?? 65_534, task.uid);
  const parent = snapshot.tasks.find(({ pid }) => pid === task.ppid);
  const seconds = formatSeconds((task.utimeNs + task.stimeNs) / 1e6);
  const status = (name: Parameters<typeof statusSource>[1], value: string) => (
    <Sourced source={statusSource(task, name, value)}>{value}</Sourced>
  );
  return (
    <>
      <h3 className={styles.title}>
        <GuestText text={task.comm} max={15} />
        <small>{container ? <GuestText text={container.name} max={24} /> : text.glass.hostWorld}</small>
      </h3>
      <TaskActions task={task} container={container} frozen={cgroup?.frozen ?? false} />
      <Facts
        rows={[
          [
            "NSpid",
            <Sourced key="" source={pidSource(task)}>
              {task.pids.join(" → ")}
            </Sourced>,
          ],
          [
            "State",
            <Sourced
              key=""
              source={stateSource(task, task.state)}
            >{`${task.state} ${text.tree.states[task.state]}`}</Sourced>,
          ],
          [
            "PPid",
            parent ? (
              <Pick key="" selection={{ kind: "task", pid: parent.pid, startTimeNs: parent.startTimeNs }}>
                {parent.pid} <GuestText text={parent.comm} max={15} />
              </Pick>
            ) : (
              String(task.ppid)
            ),
          ],
          [
            "Uid",
            <Sourced key="" source={idsSource(task, uids)}>
              {uids}
            </Sourced>,
          ],
          ["Gid", status("Gid", `${task.gid} ${task.egid} ${task.sgid} ${task.fsgid}`)],
          [
            "VmRSS",
            task.rssBytes !== null && (
              <Sourced source={rssSource(task, formatBytes(task.rssBytes))}>{formatBytes(task.rssBytes)}</Sourced>
            ),
          ],
          ["CPU", `${seconds} s`],
          ["exe", task.exe && <GuestText text={task.exe} />],
          ["cwd", task.cwd && <GuestText text={task.cwd} />],
          ["root", task.root && <GuestText text={task.root} />],
          ["tty", task.tty && <GuestText text={task.tty} max={16} />],
          ["session", task.session],
          ["pgrp", task.pgrp],
          ["fd", task.openFiles !== null && text.details.openFiles(task.openFiles)],
          ["oom_score_adj", task.oomScoreAdj !== 0 && task.oomScoreAdj],
          ["Seccomp", status("Seccomp", text.details.seccomp[task.seccomp] ?? "")],
          ["NoNewPrivs", status("NoNewPrivs", task.noNewPrivs ? "1" : "0")],
          ["exit", task.exitCode !== null && exitText(task.exitCode)],
        ]}
      />
      <Section title={text.details.namespaces}>
        <ul className={styles.list}>
          {NAMESPACE_TYPES.map((type) => {
            const inode = task.namespaces[type];
            const others = snapshot.tasks.filter((other) => other.namespaces[type] === inode).length - 1;
            return (
              inode !== null && (
                <li key={type}>
                  <Pick selection={{ kind: "namespace", type, inode }} tint={type}>
                    {type}:[{inode}]
                  </Pick>
                  <small>{text.details.sharedWith(others)}</small>
                </li>
              )
            );
          })}
        </ul>
      </Section>
      <Capabilities task={task} />
      {task.threadList && (
        <Section title={text.details.threads} count={task.threads}>
          <ul className={styles.list}>
            {task.threadList.map(({ tid, comm, state }) => (
              <li key={tid}>
                <Sourced source={threadSource(task, tid)}>
                  {tid} <GuestText text={comm} max={15} /> {state}
                </Sourced>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function exitText(status: number): string {
  const signal = status & 0x7f;
  return signal === 0 ? String((status >> 8) & 0xff) : `SIG ${signal}`;
}

const SETS = ["capEff", "capPrm", "capBnd", "capInh", "capAmb"] as const;
const SET_NAMES = { capEff: "CapEff", capPrm: "CapPrm", capBnd: "CapBnd", capInh: "CapInh", capAmb: "CapAmb" } as const;

/** The effective set by name, and how much of each set is there. */
function Capabilities({ task }: { readonly task: Task }) {
  const text = useText();
  const has = useMemo(() => new Set(capabilityNames(task.capEff)), [task.capEff]);
  return (
    <Section title={text.details.capabilities} count={has.size}>
      <Facts
        rows={SETS.map((set) => [
          SET_NAMES[set],
          task[set] !== "" && (
            <Sourced source={statusSource(task, SET_NAMES[set], task[set])}>
              {task[set]} <small>{text.details.ofAll(capabilityNames(task[set]).length, CAPABILITIES.length)}</small>
            </Sourced>
          ),
        ])}
      />
      <ul className={styles.caps} aria-label="CapEff">
        {CAPABILITIES.filter((name) => has.has(name)).map((name) => (
          <li key={name}>{name}</li>
        ))}
        {has.size === 0 && <li data-none>{text.details.noCapability}</li>}
      </ul>
    </Section>
  );
}

interface ActionProps {
  readonly task: Task;
  readonly container: { readonly id: string; readonly name: string } | null;
  readonly frozen: boolean;
}

function TaskActions({ task, container, frozen }: ActionProps) {
  const text = useText();
  const { client, dock } = useSession();
  if (task.kthread || task.state === "Z") return null;
  const signal = (name: string): Action => ({
    label: name,
    danger: name === "SIGKILL",
    run: () => request(client, "kill", { pid: task.pid, signal: name }),
  });
  const inContainer: readonly Action[] = container
    ? [
        {
          label: frozen ? text.details.unpause : text.details.pause,
          run: () => request(client, frozen ? "unpause" : "pause", { container: container.id }),
        },
        {
          label: text.details.shellHere,
          run: () => openShell(client, dock, container.id),
        },
      ]
    : [];
  const signals = [signal("SIGTERM"), signal(task.state === "T" ? "SIGCONT" : "SIGSTOP"), signal("SIGKILL")];
  return <ActionBar groups={container ? [inContainer, signals] : [signals]} />;
}
