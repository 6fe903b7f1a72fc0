"use client";

import type { KernelSnapshot, Namespace } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { Sourced } from "../sourced.tsx";
import { hostnameSource, ipcSource, lsnsSource, uidMapSource } from "../value-sources.ts";
import styles from "./details.module.css";
import { Facts, Section } from "./facts.tsx";
import { MemberList } from "./member-list.tsx";
import { MountList } from "./mount-list.tsx";
import { DeviceList } from "./network-lists.tsx";
import { Pick } from "./pick.tsx";

interface NamespaceProps {
  readonly snapshot: KernelSnapshot;
  readonly namespace: Namespace;
}

/** One namespace: where it stands, who keeps it alive, and what is in it. */
export function NamespaceDetails({ snapshot, namespace }: NamespaceProps) {
  const text = useText();
  const { type, inode } = namespace;
  const processes = snapshot.tasks.filter((task) => task.namespaces[type] === inode);
  const members = processes.filter(({ kthread }) => !kthread);
  const pid = members[0]?.pid ?? 1;
  const other = (of: "pid" | "user", target: number | null) =>
    target !== null && (
      <Pick selection={{ kind: "namespace", type: of, inode: target }} tint={of}>
        {of}:[{target}]
      </Pick>
    );
  return (
    <>
      <h3 className={styles.title}>
        {text.isolation.types[type]}
        <small>
          <Sourced source={lsnsSource(type, inode)}>
            {type}:[{inode}]
          </Sourced>
        </small>
      </h3>
      <p className={styles.meaning}>{text.details.about[type]}</p>
      <Facts
        rows={[
          [
            "hostname",
            namespace.hostname !== null && (
              <Sourced source={hostnameSource(pid, namespace.hostname)}>
                <GuestText text={namespace.hostname} max={64} />
              </Sourced>
            ),
          ],
          [
            "domainname",
            namespace.domainname && namespace.domainname !== "(none)" && (
              <GuestText text={namespace.domainname} max={64} />
            ),
          ],
          [text.details.parent, other(type === "user" ? "user" : "pid", namespace.parent)],
          [text.details.owner, other("user", namespace.owner)],
          [text.details.level, namespace.level],
          ...maps("uid_map", namespace.uidMap, pid),
          ...maps("gid_map", namespace.gidMap, pid),
          ["monotonic", namespace.timeOffsets && `${namespace.timeOffsets.monotonicNs / 1e9} s`],
          ["boottime", namespace.timeOffsets && `${namespace.timeOffsets.boottimeNs / 1e9} s`],
        ]}
      />
      <MemberList tasks={members} />
      <Keepers namespace={namespace} processes={processes.length} />
      {type === "mnt" && <MountList mounts={snapshot.mounts.filter((mount) => mount.namespace === inode)} />}
      {type === "net" && <DeviceList snapshot={snapshot} inode={inode} />}
      {namespace.ipc && <Ipc ipc={namespace.ipc} pid={pid} />}
    </>
  );
}

function maps(file: "uid_map" | "gid_map", map: Namespace["uidMap"], pid: number) {
  return (map ?? []).map(({ inside, outside, count }, index) => {
    const value = `${inside} ${outside} ${count}`;
    const source = {
      ...uidMapSource(pid, value),
      name: file,
      file: `/proc/${pid}/${file}`,
      command: `cat /proc/${pid}/${file}`,
    };
    return [
      index === 0 ? file : `${file} ${index + 1}`,
      <Sourced key={file} source={source}>
        {value}
      </Sourced>,
    ] as const;
  });
}

/** What would be gone with it, or rather: without what it would be gone. */
function Keepers({ namespace: { keepers }, processes }: { readonly namespace: Namespace; readonly processes: number }) {
  const text = useText();
  const lines = [
    ...keepers.mounts.map(({ namespace, mountPoint }) => ({
      key: `m ${namespace} ${mountPoint}`,
      how: text.details.keptByMount,
      what: mountPoint,
    })),
    ...keepers.fds.map(({ pid, fd }) => ({
      key: `f ${pid} ${fd}`,
      how: text.details.keptByFd,
      what: `/proc/${pid}/fd/${fd}`,
    })),
    ...keepers.threads.map(({ pid, tid }) => ({
      key: `t ${tid}`,
      how: text.details.keptByThread,
      what: `${pid}/${tid}`,
    })),
    ...keepers.forChildren.map((pid) => ({ key: `c ${pid}`, how: text.details.keptForChildren, what: String(pid) })),
    ...keepers.children.map((inode) => ({ key: `n ${inode}`, how: text.details.keptByChild, what: String(inode) })),
    ...keepers.owned.map((inode) => ({ key: `o ${inode}`, how: text.details.keptByOwned, what: String(inode) })),
  ];
  if (lines.length === 0 && processes === 0) return null;
  return (
    <Section title={text.details.keptBy}>
      <ul className={styles.list}>
        {processes > 0 && <li>{text.details.keptByProcesses(processes)}</li>}
        {lines.slice(0, 24).map(({ key, how, what }) => (
          <li key={key}>
            <small>{how}</small> <GuestText text={what} max={64} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Ipc({ ipc, pid }: { readonly ipc: NonNullable<Namespace["ipc"]>; readonly pid: number }) {
  const text = useText();
  const lines = [
    ...ipc.messageQueues.map((queue) => `msg ${queue.id} · ${queue.qnum} (${queue.cbytes} B)`),
    ...ipc.semaphores.map((set) => `sem ${set.id} · ${set.nsems}`),
    ...ipc.sharedMemory.map((segment) => `shm ${segment.id} · ${formatBytes(segment.size)} · nattch ${segment.nattch}`),
    ...ipc.posixQueues.map((queue) => `mqueue ${queue.name} · ${queue.curmsgs}/${queue.maxmsg}`),
  ];
  return (
    <Section title={text.details.ipcObjects} count={lines.length}>
      <ul className={styles.list}>
        {lines.length === 0 && <li data-none>{text.details.nothing}</li>}
        {lines.map((line) => (
          <li key={line}>
            <Sourced source={ipcSource(pid, line)}>
              <GuestText text={line} />
            </Sourced>
          </li>
        ))}
      </ul>
    </Section>
  );
}
