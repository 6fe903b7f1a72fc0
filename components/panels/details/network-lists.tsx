"use client";

import type { KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { Sourced } from "../sourced.tsx";
import { routeSource, socketSource } from "../value-sources.ts";
import styles from "./details.module.css";
import { Section } from "./facts.tsx";
import { Pick } from "./pick.tsx";

/** Devices, routes and listening sockets of one network namespace. */
export function DeviceList({ snapshot, inode }: { readonly snapshot: KernelSnapshot; readonly inode: number }) {
  const text = useText();
  const within = <T extends { readonly namespace: number }>(items: readonly T[]) =>
    items.filter(({ namespace }) => namespace === inode);
  const devices = within(snapshot.netDevices);
  const routes = within(snapshot.routes);
  const sockets = within(snapshot.sockets);
  const pid = snapshot.tasks.find((task) => task.namespaces.net === inode)?.pid ?? 1;
  const nameOf = (ifindex: number | null) => devices.find((device) => device.ifindex === ifindex)?.name ?? "";
  return (
    <>
      <Section title={text.details.devices} count={devices.length}>
        <ul className={styles.list}>
          {devices.map((device) => (
            <li key={device.ifindex}>
              <Pick selection={{ kind: "device", namespace: inode, ifindex: device.ifindex }}>
                <GuestText text={device.name} max={15} />
              </Pick>
              <small>
                {device.addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(" ") || device.kind}
              </small>
            </li>
          ))}
        </ul>
      </Section>
      {routes.length > 0 && (
        <Section title={text.details.routes} count={routes.length}>
          <ul className={styles.list}>
            {routes.map((route) => {
              const via = route.gateway === null ? "" : ` via ${route.gateway}`;
              const line = `${route.destination}${via} dev ${nameOf(route.device)}`;
              return (
                <li key={line}>
                  <Sourced source={routeSource(pid, line)}>
                    <GuestText text={line} />
                  </Sourced>
                </li>
              );
            })}
          </ul>
        </Section>
      )}
      {sockets.length > 0 && (
        <Section title={text.details.listening} count={sockets.length}>
          <ul className={styles.list}>
            {sockets.slice(0, 40).map(({ inode: socket, protocol, address, port, path }) => {
              const line = `${protocol} ${path ?? `${address}:${port}`}`;
              return (
                <li key={socket}>
                  <Sourced source={socketSource(pid, line)}>
                    <GuestText text={line} max={64} />
                  </Sourced>
                </li>
              );
            })}
          </ul>
        </Section>
      )}
    </>
  );
}
