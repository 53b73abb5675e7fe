/**
 * The proxies that an operator trusts, and who asks through them. Each proxy appends to X-Forwarded-For the address it was
 * asked from: read from the end, the first one that is no trusted proxy is the client. What stands before it was written by
 * whoever came, and is never read; the header of an address that is not trusted says nothing at all. Layer: relay.
 */
import { BlockList, isIP } from "node:net";
import { addressIn } from "./address.ts";

const WIDTH: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** "ADDRESS/BITS" of an address or a network, or undefined where it is neither. */
export function networkIn(text: string): string | undefined {
  const [, name = "", width] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const most = WIDTH[isIP(name)];
  const bits = width === undefined ? most : Number(width);
  if (most === undefined || bits === undefined || bits > most) return undefined;
  return `${name}/${bits}`;
}

export class TrustedProxies {
  readonly #list = new BlockList();

  /** As `networkIn` writes them. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = "", bits] = network.split("/");
      this.#list.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  has(address: string): boolean {
    const plain = addressIn(address.replace(/%.*$/, ""));
    return plain !== undefined && this.#list.check(plain, familyOf(plain));
  }

  /**
   * The address that a request counts for. Where a trusted proxy names nobody, or something that is no address, that is
   * the proxy itself: such requests share one host's limits, so a flood of them ends where any other does, and those whom
   * a proxy names are not shut out with it.
   */
  clientOf(peer: string, forwarded: string | undefined): string {
    let client = peer;
    if (!this.has(peer)) return client;
    const hops = forwarded?.split(",") ?? [];
    for (let at = hops.length - 1; at >= 0; at--) {
      const hop = addressIn(hops[at] ?? "");
      if (hop === undefined) return client;
      client = hop;
      if (!this.has(hop)) return client;
    }
    return client;
  }
}
