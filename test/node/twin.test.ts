/** A folder that was copied: two nodes under one key. Who is shown that it runs twice, and who is not. */
import { describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { FrameType } from "#node/messages.ts";
import { core, Net, type Person } from "./peer-kit.ts";

const HOUR = 3_600_000;
const bootstrap = ["ws://anchor"];

function told(node: Node): () => number {
  let count = 0;
  node.on("twin", () => {
    count++;
  });
  return () => count;
}
/** A network with one anchor, and the folder of a tab that ran in it and ended in order. */
async function used(seed: string) {
  const net = new Net(seed);
  await net.node("anchor", { listens: true });
  const disk = new Map<string, Uint8Array>();
  const first = await net.node("first", { bootstrap, disk: disk });
  await net.clock.advance(HOUR);
  await net.clock.wait(first.close());
  await net.clock.advance(HOUR);
  return { net, disk };
}

describe("two nodes under one key", () => {
  it("the one that is refused for its lower incarnation is shown that it runs twice", async () => {
    const { net, disk } = await used("twins");
    const copy = new Map(disk);
    const first = await net.node("first", { bootstrap, disk: disk });
    await net.clock.advance(60_000);
    const atFirst = told(first);
    const second = await net.node("second", { bootstrap, disk: copy });
    const atSecond = told(second);
    await net.clock.advance(120_000);
    expect(second.id).toEqual(first.id);
    expect(second.incarnation).toBeGreaterThan(first.incarnation);
    expect([atFirst() > 0, atSecond()]).toEqual([true, 0]);
    expect([first.online(), second.online()]).toEqual([false, true]);
  });

  it("are told apart at once, also where the folder was copied as soon as its tab was closed", async () => {
    const net = new Net("at once");
    await net.node("anchor", { listens: true });
    const disk = new Map<string, Uint8Array>();
    let kept = new Map<string, Uint8Array>();
    for (let run = 0; run < 2; run++) {
      const node = await net.node("first", { bootstrap, disk });
      await net.clock.advance(60_000);
      kept = new Map(disk); // and what an end in order writes is not there
      await net.clock.wait(node.close());
    }
    const copy = new Map(kept);
    const first = await net.node("first", { bootstrap, disk: kept });
    await net.clock.advance(5_000);
    const atFirst = told(first);
    const second = await net.node("second", { bootstrap, disk: copy });
    const atSecond = told(second);
    await net.clock.advance(60_000);
    expect([atFirst() > 0, atSecond()]).toEqual([true, 0]);
  });

  it("one after the other: nobody is told", async () => {
    const { net, disk } = await used("turns");
    const copy = new Map(disk);
    for (const [host, folder] of [
      ["first", disk],
      ["second", copy],
      ["first", disk],
    ] as const) {
      const node = await net.node(host, { bootstrap, disk: folder });
      const count = told(node);
      await net.clock.advance(10 * 60_000);
      expect(count()).toBe(0);
      await net.clock.wait(node.close());
      await net.clock.advance(HOUR);
    }
  });
});

describe("a node that runs once", () => {
  it.each([0, -HOUR, HOUR])(
    "is never told so by records of its earlier runs, its clock off by %i ms",
    async (offset) => {
      const { net, person, anchor, disk } = await hostile(`replay ${offset}`);
      const seen: Uint8Array[] = [];
      for (let run = 0; run < 4; run++) {
        const node = await net.node("tab", { keys: person.keys, bootstrap: ["ws://evil"], disk, offset });
        const count = told(node);
        const peer = await anchor.came();
        await peer.link();
        seen.push(node.record());
        for (const record of seen) peer.send(FrameType.record, record);
        await net.clock.advance(1_000);
        peer.channel.close("local");
        // Refused in the middle of the handshake, with what was kept.
        const again = await anchor.came();
        await again.hearHello();
        again.sayHello();
        await again.next(FrameType.proof);
        again.send(FrameType.record, seen[run % seen.length] as Uint8Array);
        await net.clock.advance(30_000);
        seen.push(node.record());
        expect(count()).toBe(0);
        await net.clock.wait(node.close());
        await net.clock.advance(5_000);
      }
    },
  );

  it("is not told so by a record of its NodeID that others signed or changed", async () => {
    const { net, person, anchor, disk } = await hostile("forged");
    const node = await net.node("tab", { keys: person.keys, bootstrap: ["ws://evil"], disk });
    const count = told(node);
    const peer = await anchor.came();
    await peer.link();
    const record = node.record();
    for (let at = 0; at < record.length; at++) {
      const changed = record.slice();
      changed[at] = (changed[at] as number) ^ 1;
      peer.send(FrameType.record, changed);
    }
    await net.clock.advance(1_000);
    expect(count()).toBe(0);
    expect(core.decode("record", record).ok).toBe(true);
  });
});

async function hostile(seed: string) {
  const net = new Net(seed);
  const person: Person = net.person();
  const anchor = net.listen("evil");
  return { net, person, anchor, disk: new Map<string, Uint8Array>() };
}

describe("a clock that is hours ahead", () => {
  it("before the network tells its time leaves no record behind that nobody takes", async () => {
    const net = new Net("ahead");
    await net.node("anchor", { listens: true });
    const node = await net.node("ahead", { bootstrap, offset: 5 * HOUR });
    await net.clock.advance(60_000);
    expect(node.online()).toBe(true);
    const record = core.decode("record", node.record());
    const time = net.clock.wall();
    expect(record.ok && Math.abs(record.value.seq - time) < 60_000).toBe(true);
  });
});
