import { describe, expect, it } from "vitest";
import { hex } from "#node/bytes.ts";
import { AnswerCode } from "#node/messages.ts";
import { isAnchor, MailboxKit, type Place, put, World } from "./mailbox-kit.ts";
import { type BoxKit, cellOf, headerIn, pairBox, putRequest, random } from "./storage-kit.ts";

describe("watch", () => {
  const watching = (world: World): { kit: MailboxKit; writer: MailboxKit; box: BoxKit; call: number } => {
    const kit = new MailboxKit(world);
    const writer = new MailboxKit(world, { seed: "writer" });
    const box = pairBox();
    const call = kit.start({ type: "watch", box: box.box });
    return { kit, writer, box, call };
  };
  const told = (kit: MailboxKit, call: number): string[] => kit.progress(call).map((value) => hex(value as Uint8Array));

  it("leases at an anchor and another, lists first, then tells each new cell once", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    expect(kit.value(call)).toMatchObject({ entries: [], asked: 2, answered: 2, of: 8 });
    expect(
      kit
        .requests("watch")
        .map(({ to }) => isAnchor(world.at(to.nodeId) as Place))
        .sort(),
    ).toEqual([false, true]);
    const cells = [cellOf(), cellOf()];
    for (const cell of cells) put(writer, box, cell);
    expect(told(kit, call)).toEqual(cells.map((cell) => hex(headerIn(cell))));
  });

  it("made-up notices without end cost its lease, and keep no real one out", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    const [lying] = kit.requests("watch");
    if (lying === undefined) throw new Error("nobody was asked");
    const notify = (): void => {
      const body = { kind: "notify" as const, header: headerIn(cellOf()) };
      kit.input({
        type: "asked",
        ask: lying.ask,
        answer: { innerId: lying.request.innerId, code: AnswerCode.ok, body },
      });
    };
    for (let n = 0; n < 600; n++) notify();
    expect(told(kit, call)).toHaveLength(512);
    expect(kit.ended).toContain(lying.ask);
    expect(kit.count("mailbox.lied")).toBe(1);
    // Its next leases bring nothing new in, those of the others do.
    const cell = cellOf();
    put(writer, box, cell);
    expect(told(kit, call)).toContain(hex(headerIn(cell)));
  });

  it("renews after 7 to 9 minutes, before the old lease ends, and makes good what was lost", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    const [due] = [...kit.timers.values()];
    expect(due).toBeGreaterThanOrEqual(world.clocks.now + 7 * 60_000);
    expect(due).toBeLessThanOrEqual(world.clocks.now + 9 * 60_000);
    // A notice that never arrives: both holders lose their leases.
    for (const { holder } of world.places) holder.onAnswer = () => {};
    const cell = cellOf();
    for (const place of world.nearest(box.address))
      place.holder.input({ type: "localRequest", ask: 0, request: putRequest(box, cell) });
    expect(told(kit, call)).toEqual([]);
    kit.advance(9 * 60_000);
    expect(told(kit, call)).toEqual([hex(headerIn(cell))]);
    expect(kit.requests("watch")).toHaveLength(4);
    expect(kit.listening).toBe(2);
    expect(kit.ended).toHaveLength(2);
    expect(kit.finds).toHaveLength(4);
    expect(put(writer, box, cellOf())).toMatchObject({ held: 8 });
  });

  it("asks anew at once when the neighbour goes, and moves on when a holder goes", () => {
    const world = World.of(4, 8);
    const { kit, writer, box, call } = watching(world);
    kit.loseNeighbour();
    const asked = kit.requests("watch").map(({ to }) => hex(to.nodeId));
    expect(asked).toHaveLength(4);
    expect(new Set(asked.slice(2))).toEqual(new Set(asked.slice(0, 2)));
    expect(kit.listening).toBe(2);
    for (const { to } of kit.requests("watch")) world.dead(world.at(to.nodeId) as Place);
    kit.loseNeighbour();
    expect(kit.listening).toBe(2);
    const cell = cellOf();
    put(writer, box, cell);
    expect(told(kit, call)).toEqual([hex(headerIn(cell))]);
  });

  it("without a link tells so, tries again in a while, and soon after a link came", () => {
    const world = World.of(2, 6);
    for (const place of world.places) world.dead(place, "no-link");
    const { kit, call } = watching(world);
    expect(kit.value(call)).toMatchObject({ answered: 0 });
    kit.advance(20_000);
    expect(kit.requests("watch").length).toBeGreaterThan(2);
    for (const place of world.places) place.script = undefined;
    const before = world.clocks.now;
    kit.input({ type: "linkUp", link: 1, contact: (world.places[0] as Place).contact, dialed: true });
    kit.advance(1_000);
    expect(kit.listening).toBe(2);
    expect(world.clocks.now - before).toBe(1_000);
  });

  it("ends all with unwatch, and takes no more than 64", () => {
    const world = World.of(2, 4);
    const { kit, call } = watching(world);
    const calls = Array.from({ length: 64 }, () => kit.start({ type: "watch", box: pairBox().box }));
    expect(kit.code(calls[63] ?? 0)).toBe("limit");
    expect(kit.code(calls[62] ?? 0)).toBeUndefined();
    for (const one of [call, ...calls]) kit.input({ type: "unwatch", call: one });
    expect(kit.listening).toBe(0);
    expect([...kit.timers.keys()].filter((timer) => timer.startsWith("mailbox:"))).toEqual([]);
    kit.advance(20 * 60_000);
    expect(kit.requests("watch")).toHaveLength(128);
  });

  it("is not moved by a holder that tells of nonsense", () => {
    const world = World.of(0, 2);
    const { kit, call } = watching(world);
    const [first] = kit.requests("watch");
    if (first === undefined) throw new Error("nobody asked");
    const notify = (bytes: Uint8Array): void =>
      kit.input({
        type: "asked",
        ask: first.ask,
        answer: { innerId: first.request.innerId, code: AnswerCode.ok, body: { kind: "notify", header: bytes } },
      });
    notify(random(20));
    notify(random(4));
    expect(told(kit, call)).toEqual([]);
    for (let times = 0; times < 2_000; times += 1) notify(headerIn(cellOf()));
    expect(told(kit, call).length).toBeLessThanOrEqual(512);
  });
});
