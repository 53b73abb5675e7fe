import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Input } from "#node/event.ts";
import type { NodeId, Place, Request } from "#node/messages.ts";
import {
  cellOf,
  core,
  deleteRequest,
  HolderKit,
  hashOf,
  pairBox,
  putRequest,
  replyTo,
  START,
  tagIn,
} from "./storage-kit.ts";

const RUNS = 10_000;
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const box = pairBox();
const cell = cellOf();
/** Places that a request may name, ours among them, so that some get past the first checks. */
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constant(box.place),
  fc.record({
    kind: fc.constantFrom(1, 2, 3, 4),
    day: fc.nat(65_535),
    writePk: bytes(32),
    ownerPk: bytes(32),
  }) as fc.Arbitrary<Place>,
  fc.record({ kind: fc.constant(5 as const), address: bytes(32) }),
);
const signer = fc.nat(255);
const sent = fc.oneof(fc.constant(START), fc.nat(Number.MAX_SAFE_INTEGER));
const cellBytes = fc.oneof(fc.constant(cell), fc.uint8Array({ maxLength: 3_000 }), fc.constant(new Uint8Array(16_384)));
const base = { innerId: bytes(16), place };
const read = { ...base, sent, signer, sig: bytes(64) };
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    op: fc.constant("put" as const),
    ...base,
    signer,
    sig: bytes(64),
    stamp: fc.bigInt(0n, 2n ** 64n - 1n),
    cell: cellBytes,
  }),
  fc.record({ op: fc.constant("list" as const), ...read }),
  fc.record({ op: fc.constant("watch" as const), ...read }),
  fc.record({ op: fc.constant("get" as const), ...read, tags: fc.array(bytes(16), { maxLength: 30 }) }),
  fc.record({
    op: fc.constant("have" as const),
    ...base,
    tag: bytes(16),
    hash: fc.oneof(bytes(32), fc.constant(hashOf(cell))),
  }),
  fc.record({ op: fc.constant("delete" as const), ...base, header: bytes(20), reason: fc.nat(255), sig: bytes(64) }),
  // Honest ones between them, so that there is something to harm.
  fc.constantFrom(putRequest(box, cell), deleteRequest(box, cell.slice(0, 20))),
);

describe("a holder under noise", () => {
  it("never throws, never gives away a byte that was not put, and answers at most once but for GET", () => {
    let holder = new HolderKit();
    let count = 0;
    fc.assert(
      fc.property(request, bytes(32), fc.boolean(), (noise, via, anchor) => {
        count += 1;
        if (count % 500 === 0) holder = new HolderKit({ disk: holder.disk });
        const answers = holder.ask(noise, via as NodeId, anchor);
        if (noise.op !== "get") expect(answers.length).toBeLessThanOrEqual(1);
        for (const { body } of answers) if (body.kind === "cell") expect(body.cell).toEqual(cell);
      }),
      { numRuns: RUNS },
    );
    expect(holder.machine.cells).toBeLessThanOrEqual(1);
  });

  it("takes whatever the codec makes of random bytes", () => {
    const holder = new HolderKit();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_096 }), fc.nat(8), (noise, op) => {
        if (noise.length > 16) noise[16] = op;
        const padded = new Uint8Array(Math.ceil(noise.length / 256) * 256);
        padded.set(noise);
        const decoded = core.decode("request", padded);
        if (decoded.ok) holder.ask(decoded.value);
      }),
      { numRuns: RUNS },
    );
  });

  it("ignores what it never asked for", () => {
    const holder = new HolderKit();
    const strangers: Input[] = [
      { type: "saved", save: 9_999 },
      { type: "saved", save: 9_999, failed: "storage-full" },
      { type: "loaded", load: 9_999, values: [] },
      { type: "ranged", range: 9_999, entries: [], more: false },
      { type: "timer", timer: "holder:nothing" },
      { type: "solved", solve: 1, nonce: 1n },
    ];
    for (const input of strangers) expect(holder.machine.step(input, 0)).toEqual([]);
    const knock = {
      op: "knock" as const,
      innerId: tagIn(cell),
      session: tagIn(cell),
      reason: 0,
      token: hashOf(cell),
      record: cell,
    };
    const via = holder.id;
    const reply = replyTo(via, knock.innerId);
    expect(holder.machine.step({ type: "request", via, viaAnchor: false, request: knock, reply }, 0)).toEqual([]);
  });
});
