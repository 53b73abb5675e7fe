import { describe, expect, it } from "vitest";
import type { Contact } from "#node/event.ts";
import { hostGroups } from "#node/machine/host-group.ts";
import { byDistance, chooseHolders, inTurn, type Member, memberOf } from "#node/machine/mailbox-members.ts";
import { Capability, type ContactRecord, type NodeId } from "#node/messages.ts";
import { core } from "./storage-kit.ts";

const record = (capabilities: number, ...texts: string[]): ContactRecord => ({
  version: 1,
  capabilities,
  edPk: new Uint8Array(32),
  nonce: 0n,
  period: 0,
  x25519Pk: new Uint8Array(32),
  seq: 0,
  expiry: 0,
  addresses: texts.map((text) => ({ kind: 1, bytes: core.utf8(text) })),
  sig: new Uint8Array(64),
});
const groups = (exempt: boolean, ...texts: string[]): readonly string[] =>
  hostGroups(core, record(3, ...texts), exempt);

describe("hosts that count as one", () => {
  it.each([
    ["wss://a.example.org/", "example.org"],
    ["wss://b.deep.example.org:8787/x?y#z", "example.org"],
    ["wss://Example.ORG.", "example.org"],
    ["wss://one.example.co.uk", "example.co.uk"],
    ["wss://two.example.com.au:1", "example.com.au"],
    ["wss://a.berlin.de", "berlin.de"],
    ["wss://a.b.xyz.de", "b.xyz.de"],
    ["wss://localhost:8787", "localhost"],
    ["ws://192.0.2.7:80", "192.0.2"],
    ["192.0.2.99:3478", "192.0.2"],
    ["wss://[2001:db8:1:2::3]:443/", "2001:db8:1"],
    ["wss://[2001:0DB8:0001::9]", "2001:db8:1"],
    ["wss://[::ffff:192.0.2.200]", "192.0.2"],
    ["wss://[fe80::1]", "fe80:0:0"],
    ["wss://ex ample.org", "?"],
    ["wss://[::1::2]", "?"],
    ["wss://[12345::]", "?"],
    ["", "?"],
  ])("%s is %s", (text, group) => {
    expect(groups(false, text)).toEqual([group]);
  });

  it("all of an anchor's addresses count; one without readable ones counts as unreadable", () => {
    expect(groups(false, "wss://a.example.org", "wss://192.0.2.1")).toEqual(["example.org", "192.0.2"]);
    expect(groups(false)).toEqual(["?"]);
    const unreadable = record(3);
    unreadable.addresses = [
      { kind: 1, bytes: Uint8Array.of(0xff, 0xfe) },
      { kind: 2, bytes: new Uint8Array(40) },
    ];
    expect(hostGroups(core, unreadable, false)).toEqual(["?"]);
  });

  it("loopback is in no group where it is exempt, and in one on main", () => {
    for (const url of ["ws://127.0.0.1:1", "ws://127.9.9.9", "ws://localhost", "ws://a.localhost:2", "ws://[::1]:3"]) {
      expect(groups(true, url)).toEqual([]);
      expect(groups(false, url)).toHaveLength(1);
    }
    expect(groups(true, "ws://128.0.0.1")).toEqual(["128.0.0"]);
    expect(groups(true, "ws://localhost.example.org")).toEqual(["example.org"]);
  });
});

const ADDRESS = new Uint8Array(32);
/** Node number n lies at distance n. */
const member = (distance: number, url?: string, exempt = false): Member => {
  const nodeId = new Uint8Array(32).fill(0) as NodeId;
  nodeId[0] = distance;
  const capabilities = Capability.store | (url === undefined ? 0 : Capability.anchor);
  const contact: Contact = { nodeId, record: record(capabilities, ...(url === undefined ? [] : [url])), bytes: nodeId };
  const made = memberOf(core, contact, exempt);
  if (made === undefined) throw new Error("no member");
  return made;
};
const distances = (members: readonly Member[]): (number | undefined)[] =>
  members.map(({ contact }) => contact.nodeId[0]);
const choose = (...members: Member[]): { anchors: (number | undefined)[]; others: (number | undefined)[] } => {
  const { anchors, others } = chooseHolders(byDistance(ADDRESS, members));
  return { anchors: distances(anchors), others: distances(others) };
};
const anchorAt = (distance: number): Member => member(distance, `wss://a.host${distance}.org`);

describe("the eight holders", () => {
  it("are the four nearest anchors and the four nearest others", () => {
    const anchors = [9, 1, 50, 30, 20, 40].map(anchorAt);
    const others = [2, 8, 3, 60, 5, 70].map((distance) => member(distance));
    expect(choose(...others, ...anchors)).toEqual({ anchors: [1, 9, 20, 30], others: [2, 3, 5, 8] });
  });

  it("fill a short class from the other, and are all where there are fewer", () => {
    const tabs = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((distance) => member(distance));
    expect(choose(...tabs, anchorAt(90))).toEqual({ anchors: [90], others: [1, 2, 3, 4, 5, 6, 7] });
    expect(choose(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(anchorAt), member(80))).toEqual({
      anchors: [1, 2, 3, 4, 5, 6, 7],
      others: [80],
    });
    expect(choose(member(4), anchorAt(3), member(2))).toEqual({ anchors: [3], others: [2, 4] });
    expect(choose()).toEqual({ anchors: [], others: [] });
  });

  it("have one anchor a host on a network like main; those over the cap stand among the others", () => {
    const same = [1, 2, 3, 4, 5, 6].map((distance) => member(distance, `ws://127.0.0.1:${distance}`));
    const tabs = [10, 11, 12, 13, 14, 15, 16].map((distance) => member(distance));
    expect(choose(...same, ...tabs)).toEqual({ anchors: [1], others: [2, 3, 4, 5, 6, 10, 11] });
    const farther = [20, 21, 22].map(anchorAt);
    expect(choose(...same, ...tabs, ...farther)).toEqual({ anchors: [1, 20, 21, 22], others: [2, 3, 4, 5] });
    const exempt = [1, 2, 3, 4, 5, 6].map((distance) => member(distance, `ws://127.0.0.1:${distance}`, true));
    expect(choose(...exempt, ...tabs)).toEqual({ anchors: [1, 2, 3, 4], others: [10, 11, 12, 13] });
  });

  it("cap by any address an anchor has in common with a nearer one", () => {
    const twice = member(1, "wss://192.0.2.1");
    const contact = { ...twice.contact, record: record(3, "wss://a.example.org", "wss://192.0.2.77") };
    contact.nodeId = new Uint8Array(32).fill(0, 1) as NodeId;
    contact.nodeId[0] = 2;
    const second = memberOf(core, contact, false);
    if (second === undefined) throw new Error("no member");
    expect(choose(twice, second, member(3, "wss://b.example.org"))).toEqual({ anchors: [1, 3], others: [2] });
  });

  it("are asked one of each class in turn", () => {
    const set = chooseHolders([anchorAt(1), anchorAt(2), member(3), member(4), member(5)]);
    expect(distances(inTurn(set))).toEqual([1, 3, 2, 4, 5]);
  });

  it("are never nodes without STORE, nor LEAF", () => {
    const nodeId = new Uint8Array(32) as NodeId;
    const of = (capabilities: number): Member | undefined =>
      memberOf(core, { nodeId, record: record(capabilities, "wss://a.example.org"), bytes: nodeId }, false);
    expect(of(Capability.anchor)).toBeUndefined();
    expect(of(Capability.store | Capability.leaf)).toBeUndefined();
    expect(of(Capability.store | Capability.anchor)?.anchor).toBe(true);
  });
});
