/** IP addresses as the system writes them: their bytes, and what counts as one host for limits. Pure. Layer: relay. */
import { isIP } from "node:net";

/** 4 or 16 bytes, network order; an IPv4 address in IPv6 clothes is an IPv4 address. */
export function addressBytes(address: string): Uint8Array {
  const four = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address);
  if (four) return Uint8Array.from(four.slice(1), Number);
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const front = head.split(":").filter(Boolean);
  const back = (tail ?? "").split(":").filter(Boolean);
  const zeros = new Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  const groups = [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** One IPv4 address, or the /64 that a provider gives to one customer. */
export function hostKey(address: string): string {
  const bytes = addressBytes(address);
  return bytes.length === 4 ? bytes.join(".") : Buffer.from(bytes.subarray(0, 8)).toString("hex");
}

/** Of a host's key: the IPv4 /24 or IPv6 /48 around it, which one party often has to itself. */
export const neighbourhoodOf = (host: string): string =>
  host.includes(".") ? host.slice(0, host.lastIndexOf(".")) : host.slice(0, 12);

export function isThisMachine(address: string): boolean {
  const bytes = addressBytes(address);
  return bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

/** The address in what a proxy wrote, some with brackets or a port: "192.0.2.1:4711", "[2001:db8::1]:443". Undefined where
 * there is none. */
export function addressIn(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  const address = /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(address) === 0 ? undefined : address;
}
