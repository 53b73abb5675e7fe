/** Hosts and ports out of strangers' records. */
import { describe, expect, it } from "vitest";
import { scopeOf, stunServer } from "#node/host.ts";

describe("a STUN server", () => {
  it.each([
    ["stun.example.org:3478", "stun.example.org", 3478],
    ["STUN.Example.org:8787", "stun.example.org", 8787],
    ["192.0.2.7:443", "192.0.2.7", 443],
    ["[2001:db8::1]:3478", "[2001:db8::1]", 3478],
    ["127.0.0.1:1024", "127.0.0.1", 1024],
    ["a_b.xn--p1ai:65535", "a_b.xn--p1ai", 65_535],
  ])("%s is read", (text, host, port) => {
    expect(stunServer(text)).toEqual({ host, port });
  });

  it.each([
    "",
    "example.org",
    "example.org:",
    "example.org:0",
    "example.org:03478",
    "example.org:65536",
    "example.org:99999999",
    "example.org:-1",
    "example.org: 3478",
    " example.org:3478",
    "example.org:3478 ",
    "example.org:3478\n",
    "example.org:3478?transport=udp",
    "example.org:3478,other.org:3478",
    "stun:example.org:3478",
    "turn:example.org:3478",
    "//example.org:3478",
    "user@example.org:3478",
    "example.org/:3478",
    "exa mple.org:3478",
    "example.org\0:3478",
    "ex\u00e4mple.org:3478",
    "example\u3002org:3478",
    "-example.org:3478",
    "example-.org:3478",
    "example..org:3478",
    ".example.org:3478",
    "example.org.:3478",
    "127.1:3478",
    "2130706433:3478",
    "0x7f000001:3478",
    "0x7f.0.0.1:3478",
    "127.0.0.01:3478",
    "256.0.0.1:3478",
    "1.2.3.4.5:3478",
    "2001:db8::1:3478",
    "[2001:db8::1:3478",
    "[2001:db8::1::2]:3478",
    "[12345::1]:3478",
    "[fe80::1%eth0]:3478",
    "[]:3478",
    "[::1].example.org:3478",
    `${"a".repeat(64)}.org:3478`,
    `${"abcdefgh.".repeat(30)}org:3478`,
    // Ports that browsers refuse.
    ...[1, 7, 22, 25, 53, 110, 143, 465, 587, 993, 1719, 2049, 5060, 5061, 6000, 6566, 6667, 6697, 10_080].map(
      (port) => `example.org:${port}`,
    ),
  ])("%j is none", (text) => {
    expect(stunServer(text)).toBeUndefined();
  });
});

describe("a host", () => {
  const cases: [string, string[]][] = [
    ["public", ["example.org", "8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[64:ff9b::808:808]"]],
    [
      "loopback",
      ["localhost", "a.localhost", "127.0.0.1", "127.255.255.254", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ],
    [
      "private",
      [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "router",
        "printer.local",
        "nas.lan",
        "db.internal",
        "box.home.arpa",
      ],
    ],
  ];
  it.each(cases)("is %s", (scope, hosts) => {
    for (const host of hosts) expect(scopeOf(host), host).toBe(scope);
  });
});
