/**
 * Which hosts count as one (protocol.md §7): an IPv4 address by its /24, an IPv6 address by its /48, a name by its last
 * two labels, or three where the last has two letters and the one before at most three (example.co.uk).
 */
import { AddressKind, type ContactRecord } from "../messages.ts";
import type { Core } from "../ports.ts";

/** Stands for every host that cannot be read, so that unreadable addresses cannot evade the caps. */
const UNREADABLE = "?";

/** The groups of an anchor's addresses. `loopbackExempt`: loopback hosts are in no group (never on main). */
export const hostGroups = (core: Core, record: ContactRecord, loopbackExempt: boolean): readonly string[] => {
  const hosts = record.addresses
    .filter(({ kind }) => kind !== AddressKind.webtransport)
    .map(({ bytes }) => hostOf(core.text(bytes) ?? ""));
  if (hosts.length === 0) return [UNREADABLE];
  return hosts.filter((host) => !(loopbackExempt && isLoopback(host))).map(groupOf);
};

/** The host of `scheme://host:port/…` or `host:port`, in lower case, without brackets. */
const hostOf = (text: string): string => {
  const authority = text
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, "")
    .replace(/[/?#].*$/, "");
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d*)?$/.exec(authority);
  return bracketed?.[1] ?? authority.replace(/:\d*$/, "").replace(/\.$/, "");
};

const isLoopback = (host: string): boolean => {
  const mapped = ipv4Of(host);
  return mapped?.[0] === 127 || host === "localhost" || host.endsWith(".localhost") || host === "::1";
};

const groupOf = (host: string): string => {
  const four = ipv4Of(host);
  if (four !== undefined) return four.slice(0, 3).join(".");
  if (host.includes(":")) return ipv6Of(host)?.slice(0, 3).join(":") ?? UNREADABLE;
  const labels = host.split(".");
  if (labels.some((label) => !/^[a-z0-9_-]+$/.test(label))) return UNREADABLE;
  const [before = "", last = ""] = labels.slice(-2);
  return labels.slice(last.length === 2 && before.length <= 3 ? -3 : -2).join(".");
};

/** Four numbers, also of an IPv4 address mapped into IPv6. */
const ipv4Of = (host: string): number[] | undefined => {
  const match = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  const parts = match?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts : undefined;
};

/** Eight groups in hex without leading zeros. */
const ipv6Of = (host: string): string[] | undefined => {
  const [head = "", tail, ...more] = host.split("::");
  if (more.length > 0) return undefined;
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(0, gap)).fill("0"), ...back];
  if (groups.length !== 8 || groups.some((group) => !/^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
};
