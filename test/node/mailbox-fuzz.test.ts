import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Placement } from "#node/api.ts";
import { equal } from "#node/bytes.ts";
import type { Effect } from "#node/event.ts";
import type { AnswerBody, NodeId } from "#node/messages.ts";
import { MailboxKit, type Place, World } from "./mailbox-kit.ts";
import { cellOf, headerIn, pairBox, random, START, tagIn } from "./storage-kit.ts";

describe("bounds", () => {
  it("never more than eight requests in flight, and all calls end", () => {
    const world = World.of(4, 8);
    const kit = new MailboxKit(world);
    kit.isHeld = true;
    const boxes = Array.from({ length: 20 }, () => pairBox());
    const calls = boxes.map((box) => kit.start({ type: "put", box: box.box, cell: cellOf(), signer: 1, stampBits: 0 }));
    for (let turns = 0; turns < 400; turns += 1) kit.answer(3);
    expect(kit.mostInFlight).toBe(8);
    for (const call of calls) expect(kit.value(call)).toMatchObject({ held: 8, of: 8 });
  });

  it("says busy beyond 128 calls", () => {
    const kit = new MailboxKit(World.of(2, 2));
    kit.isSolvingHeld = true;
    const [box, cell] = [pairBox(), cellOf()];
    const calls = Array.from({ length: 129 }, () =>
      kit.start({ type: "put", box: box.box, cell, signer: 1, stampBits: 0 }),
    );
    expect(kit.code(calls[128] ?? 0)).toBe("busy");
    expect(kit.code(calls[127] ?? 0)).toBeUndefined();
  });

  it("gives up on requests that nobody ends", () => {
    const world = World.of(0, 3);
    const kit = new MailboxKit(world);
    for (const place of world.places) place.script = () => [];
    const call = kit.start({ type: "list", box: pairBox().box, breadth: "all" });
    kit.advance(61_000);
    expect(kit.code(call)).toBe("unanswered");
  });
});

describe("a mailbox under noise", () => {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
  const left = fc.nat(255);
  const body: fc.Arbitrary<AnswerBody> = fc.oneof(
    fc.constant({ kind: "none" as const }),
    fc.record({ kind: fc.constant("price" as const), bits: fc.nat(14) }),
    fc.record({
      kind: fc.constant("stored" as const),
      address: bytes(32),
      tag: bytes(16),
      hash: bytes(32),
      expiry: fc.nat(65_535),
      holder: bytes(32),
      sig: bytes(64),
    }),
    fc.record({
      kind: fc.constant("listed" as const),
      entries: fc.array(fc.record({ header: fc.uint8Array({ maxLength: 24 }), state: fc.nat(4) }), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant("state" as const), state: fc.nat(5) }),
    fc.record({
      kind: fc.constant("cell" as const),
      left,
      signer: fc.nat(4),
      sig: bytes(64),
      stamp: fc.constant(0n),
      cell: fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constant(cellOf()), fc.constant(new Uint8Array(16_384))),
    }),
    fc.record({
      kind: fc.constant("tombstone" as const),
      left,
      header: bytes(20),
      reason: fc.nat(255),
      sig: bytes(64),
    }),
    fc.record({ kind: fc.constant("missing" as const), left, tag: bytes(16) }),
    fc.record({ kind: fc.constant("notify" as const), header: fc.uint8Array({ maxLength: 24 }) }),
    fc.constant({ kind: "linked" as const }),
  );
  const answers = fc.array(fc.tuple(fc.nat(11), body), { minLength: 1, maxLength: 4 });

  it("never throws, always ends, counts nothing and hands out nothing that is not proven", () => {
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1, maxLength: 12 }), fc.nat(4), (script, which) => {
        const world = World.of(1, 4);
        const kit = new MailboxKit(world);
        let turn = 0;
        for (const place of world.places) {
          place.script = ({ innerId }) => {
            turn += 1;
            return (script[turn % script.length] ?? []).map(([code, one]) => ({ innerId, code, body: one }));
          };
        }
        const { box } = pairBox();
        const cell = cellOf();
        const commands = [
          { type: "put", box, cell, signer: 1, stampBits: 0 },
          { type: "list", box, breadth: "all" },
          { type: "get", box, tags: [tagIn(cell), random(16)] },
          { type: "delete", box, header: headerIn(cell), reason: 0 },
          { type: "get", box: { kind: 5, address: random(32) }, tags: [] },
        ] as const;
        const command = commands[which] ?? commands[0];
        const call = kit.start(command as never);
        kit.advance(200_000);
        const value = kit.value(call);
        expect(value !== undefined || kit.code(call) !== undefined).toBe(true);
        if (command.type === "put" && value !== undefined) expect((value as Placement).held).toBe(0);
        if (command.type === "get" && value !== undefined) expect(value).toMatchObject({ cells: [], tombstones: [] });
        expect(kit.listening).toBe(0);
      }),
      { numRuns: 600 },
    );
  });

  it("ignores what it never asked for", () => {
    const kit = new MailboxKit(World.of(1, 1));
    const contact = (kit.world.places[0] as Place).contact;
    const answer = { innerId: random(16), code: 0, body: { kind: "none" as const } };
    const strangers = [
      { type: "asked", ask: 4_711, answer },
      { type: "found", ask: 4_711, contacts: [contact] },
      { type: "askFailed", ask: 4_711, reason: "unanswered" },
      { type: "askLost", ask: 4_711 },
      { type: "solved", solve: 4_711, nonce: 0n },
      { type: "unwatch", call: 4_711 },
      { type: "timer", timer: "mailbox:watch:4711" },
      { type: "timer", timer: "mailbox:ask:4711" },
      { type: "timer", timer: "mailbox:find:00" },
    ] as const;
    const effects: Effect[] = strangers.flatMap((input) => [...kit.machine.step(input, START)]);
    expect(effects).toEqual([]);
    expect(equal(kit.id, contact.nodeId as NodeId)).toBe(false);
  });
});
