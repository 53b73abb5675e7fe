/**
 * Hosts and ports that a stranger names in a record, before anything is sent there: written as the records of honest nodes
 * have them, of the public Internet, and at a port that browsers open. Pure. Not here: WebSocket URLs (url.ts).
 */

export type Scope = "public" | "private" | "loopback";
export interface StunServer {
  /** IPv6 in its brackets, in lower case. */
  host: string;
  port: number;
}

/** A name of DNS has no more (RFC 1035 §2.3.4); with brackets and port. */
const LONGEST_HOST = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A last label of digits makes the whole an IPv4 address in disguise: 2130706433 is 127.0.0.1. */
const LAST_LABEL = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const STUN = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253}):([1-9]\d{0,4})$/i;
/** The "bad ports" of the Fetch standard: a browser sends nothing there, and Firefox throws for a STUN server at one. */
const BAD_PORTS: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
/** Networks that no public record may send us into, as first address and bits (RFC 6890 and multicast). */
const PRIVATE_4: readonly (readonly [number, number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xe0000000, 3],
];
/** Names that routers and systems give to what is near. */
const NEAR_NAMES = /(?:^|\.)(?:local|localdomain|lan|home|internal|intranet|corp|home\.arpa)$/;

/** May anything be sent to this port of a host that a stranger names? */
export const isOpenPort = (port: number): boolean => port > 0 && port <= 65_535 && !BAD_PORTS.has(port);

/** host:port of a STUN server; undefined for whatever is not exactly that. */
export const stunServer = (text: string): StunServer | undefined => {
  const [, host, digits] = STUN.exec(text) ?? [];
  const port = Number(digits);
  if (!host || !isOpenPort(port)) return undefined;
  const lower = host.toLowerCase();
  return scopeOf(lower) === undefined ? undefined : { host: lower, port };
};

/** An address in numbers, as descriptions of sessions have it: IPv6 without brackets. */
export const isAddress = (text: string): boolean => ipv4(text) !== undefined || ipv6(text.toLowerCase()) !== undefined;

/** undefined where it is neither a name of DNS nor an address. IPv6 in its brackets. */
export const scopeOf = (host: string): Scope | undefined => {
  const lower = host.toLowerCase();
  if (lower.startsWith("[")) return lower.endsWith("]") ? scope6(lower.slice(1, -1)) : undefined;
  const four = ipv4(lower);
  if (four !== undefined) return scope4(four);
  if (lower === "localhost" || lower.endsWith(".localhost")) return "loopback";
  const labels = lower.split(".");
  const last = labels.pop() ?? "";
  if (lower.length > LONGEST_HOST || !LAST_LABEL.test(last) || !labels.every((label) => LABEL.test(label))) {
    return undefined;
  }
  return labels.length === 0 || NEAR_NAMES.test(lower) ? "private" : "public";
};

const ipv4 = (text: string): number | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1) ?? [];
  if (parts.length !== 4 || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
};
const scope4 = (address: number): Scope => {
  if (address >= 0x7f000000 && address <= 0x7fffffff) return "loopback";
  return PRIVATE_4.some(([from, bits]) => address >= from && address < from + 2 ** (32 - bits)) ? "private" : "public";
};

const scope6 = (text: string): Scope | undefined => {
  const groups = ipv6(text);
  if (groups === undefined) return undefined;
  const [first = 0] = groups;
  const low = (groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0);
  if (groups.slice(0, 7).every((group) => group === 0) && low <= 1) return low === 1 ? "loopback" : "private";
  const start = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(":");
  // IPv4 inside IPv6: mapped, and through a translator.
  if (start === "0:0:0:0:0:ffff" || start === "64:ff9b:0:0:0:0") return scope4(low);
  return first >= 0x2000 && first <= 0x3fff ? "public" : "private";
};
const ipv6 = (text: string): number[] | undefined => {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const read = (part: string): (number | undefined)[] =>
    part === ""
      ? []
      : part.split(":").flatMap((group, at, all): (number | undefined)[] => {
          const four = at === all.length - 1 && group.includes(".") ? ipv4(group) : undefined;
          if (four !== undefined) return [four >>> 16, four & 0xffff];
          return [/^[0-9a-f]{1,4}$/.test(group) ? Number.parseInt(group, 16) : undefined];
        });
  const [front, back] = [read(head), tail === undefined ? [] : read(tail)];
  const gap = 8 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const groups = [...front, ...Array<number>(gap).fill(0), ...back];
  return groups.every((group) => group !== undefined) ? groups : undefined;
};
