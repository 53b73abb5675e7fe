/** Who asks through a proxy: the last hop that is not trusted, and nobody whom a client only wrote itself. */
import { describe, expect, it } from "vitest";
import { addressIn } from "../../relay-bootstrap/src/address.ts";
import { socketsAllowed } from "../../relay-bootstrap/src/descriptors.ts";
import { networkIn, TrustedProxies } from "../../relay-bootstrap/src/proxies.ts";

describe("trusted proxies", () => {
  const proxies = new TrustedProxies(["127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"]);

  it.each([
    // Asked by nobody who is trusted: what the header says is what a stranger says.
    ["198.51.100.7", undefined, "198.51.100.7"],
    ["198.51.100.7", "203.0.113.9", "198.51.100.7"],
    ["127.0.0.2", "203.0.113.9, 127.0.0.1", "127.0.0.2"],
    // One proxy, and two in a row.
    ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "203.0.113.9, 10.2.3.4", "203.0.113.9"],
    ["::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["2001:db8:1::5", "2001:db8:2::9", "2001:db8:2::9"],
    // What the client wrote before its own address is not read.
    ["127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "unknown, <script>, 203.0.113.9, 10.0.0.1", "203.0.113.9"],
    ["127.0.0.1", `${"x,".repeat(5_000)}203.0.113.9`, "203.0.113.9"],
    // Ports and brackets, as some proxies write them; IPv4 in IPv6 clothes.
    ["127.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
    ["127.0.0.1", "[2001:db8:2::9]:443", "2001:db8:2::9"],
    ["127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
    // Nobody named, or no address: whoever vouched last.
    ["127.0.0.1", undefined, "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"],
    ["127.0.0.1", "unknown, 10.0.0.1", "10.0.0.1"],
    ["127.0.0.1", "203.0.113.9,", "127.0.0.1"],
    ["127.0.0.1", "10.0.0.3", "10.0.0.3"],
  ])("from %s with %s: %s", (peer, forwarded, client) => {
    expect(proxies.clientOf(peer, forwarded)).toBe(client);
  });

  it("are none unless they are named", () => {
    expect(new TrustedProxies([]).clientOf("127.0.0.1", "203.0.113.9")).toBe("127.0.0.1");
  });
});

describe("addresses of proxies", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1/32"],
    [" 10.0.0.0/8 ", "10.0.0.0/8"],
    ["::1", "::1/128"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
  ])("%s is %s", (text, network) => {
    expect(networkIn(text)).toBe(network);
  });

  it.each(["", "localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.0/"])(
    "%j is none",
    (text) => {
      expect(networkIn(text)).toBeUndefined();
    },
  );

  it.each(["", " ", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "[::1", "1.2.3.4:", "localhost:80"])(
    "%j names no address",
    (text) => {
      expect(addressIn(text)).toBeUndefined();
    },
  );
});

describe("connections that fit the descriptors of the process", () => {
  it("leave some for the store and the log", () => {
    const told = (soft: number | string): string =>
      `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}                524288               files\n`;
    expect(socketsAllowed(4_096, told(524_288))).toBe(4_096);
    expect(socketsAllowed(4_096, told(1_024))).toBe(768);
    expect(socketsAllowed(4_096, told(300))).toBe(150);
    expect(socketsAllowed(4_096, told("unlimited"))).toBe(4_096);
    expect(socketsAllowed(4_096, "")).toBe(4_096);
  });
});
