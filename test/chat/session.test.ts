import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat } from "#chat/bytes.ts";
import { DAY_MS, unitOf } from "#chat/clock.ts";
import { encodeEnvelope, LARGE, SMALL } from "#chat/envelope.ts";
import {
  CONTENT,
  decodeSession,
  encodeSession,
  forgetSkipped,
  newSession,
  openCell,
  readHeader,
  type Session,
  SKIPPED_LIMIT,
  STEPS_AHEAD,
  sealCell,
  skipUnclean,
  UNCLEAN_SKIP,
} from "#chat/session.ts";
import { contextOf, core, fuzzing, good, NOW, refused, tampered, unchanged } from "./support.ts";

const { random } = contextOf(1);
const SK = random.bytes(32);
const EXPIRY = unitOf(NOW) + 28;

class End {
  session: Session;
  constructor(role: 0 | 1, sk = SK) {
    this.session = newSession(core, sk, role);
  }
  async seal(byte: number, size: 2048 | 16384 = SMALL): Promise<Uint8Array> {
    const content = new Uint8Array(CONTENT[size]).fill(byte);
    const sealed = await unchanged(this.session, (state) =>
      sealCell(core, state, { expiry: EXPIRY, tag: random.bytes(16), content }),
    );
    this.session = sealed.session;
    return sealed.cell;
  }
  /** The byte it says, or the error; an error leaves the session as it was. */
  async open(cell: Uint8Array, now = NOW): Promise<number | string> {
    const opened = await unchanged(this.session, (state) => openCell(core, state, cell, now));
    if (!opened.ok) return opened.error;
    this.session = opened.value.session;
    return opened.value.content[0] as number;
  }
  skip(): void {
    this.session = skipUnclean(core, this.session);
  }
}
const two = (): [End, End] => [new End(0), new End(1)];

describe("session", () => {
  it("carries cells of both sizes both ways", async () => {
    const [ada, bob] = two();
    expect([(await ada.seal(1)).length, (await ada.seal(2, LARGE)).length]).toEqual([SMALL, LARGE]);
    expect([CONTENT[SMALL], CONTENT[LARGE]]).toEqual([1_944, 16_280]);
    expect(await bob.open(await ada.seal(3))).toBe(3);
    expect(await ada.open(await bob.seal(4, LARGE))).toBe(4);
    expect(() => sealCell(core, ada.session, { expiry: EXPIRY, tag: SK.slice(0, 16), content: SK })).toThrow("size");
  });

  it("is established by the first cell that opens, not by one that does not", async () => {
    const [ada, bob] = two();
    expect(await ada.open(tampered(await bob.seal(1), 100))).toBe("tampered");
    expect(ada.session.established).toBe(false);
    await ada.open(await bob.seal(2));
    expect(ada.session.established).toBe(true);
  });

  it("takes cells in any order, each once", async () => {
    const [ada, bob] = two();
    const cells: Uint8Array[] = [];
    for (let byte = 0; byte < 6; byte++) cells.push(await ada.seal(byte));
    for (const at of [4, 0, 5, 2, 1, 3]) expect(await bob.open(cells[at] as Uint8Array)).toBe(at);
    for (const cell of cells) expect(await bob.open(cell)).toBe("copy");
    expect(bob.session.skipped.size).toBe(0);
  });

  it("uses a step for one cell only, and forgets its key", async () => {
    const [ada, bob] = two();
    const before = ada.session;
    const cell = await ada.seal(1);
    expect(ada.session.sending.key).not.toEqual(before.sending.key);
    const twin = sealCell(core, before, { expiry: EXPIRY, tag: random.bytes(16), content: new Uint8Array(1_944) }).cell;
    expect(await bob.open(cell)).toBe(1);
    expect(await bob.open(cell)).toBe("copy");
    expect(await bob.open(twin)).toBe("step-used");
  });

  it("goes 2,000 steps ahead and not one more", async () => {
    const [ada, bob] = two();
    const cells = new Map<number, Uint8Array>();
    for (let n = 0; n <= STEPS_AHEAD + 1; n++) {
      const cell = await ada.seal(n & 255);
      if (n === 0 || n >= STEPS_AHEAD) cells.set(n, cell);
    }
    expect(await bob.open(cells.get(STEPS_AHEAD + 1) as Uint8Array)).toBe("too-far-ahead");
    expect(bob.session.receiving.n).toBe(0);
    expect(await bob.open(cells.get(STEPS_AHEAD) as Uint8Array)).toBe(STEPS_AHEAD & 255);
    expect(bob.session.skipped.size).toBe(SKIPPED_LIMIT);
    // The one that was too far is not any more; it also shows that nothing was lost by refusing it.
    expect(await bob.open(cells.get(STEPS_AHEAD + 1) as Uint8Array)).toBe((STEPS_AHEAD + 1) & 255);
    expect(await bob.open(cells.get(0) as Uint8Array)).toBe(0);
  });

  it("keeps the newest 2,000 keys, and for 14 days", async () => {
    const [ada, bob] = two();
    const oldest = await ada.seal(1);
    const second = await ada.seal(2);
    for (let n = 2; n < 1_500; n++) ada.session = { ...ada.session, sending: advanced(ada.session) };
    expect(await bob.open(await ada.seal(3))).toBe(3);
    for (let n = 0; n < 501; n++) ada.session = { ...ada.session, sending: advanced(ada.session) };
    expect(await bob.open(await ada.seal(4), NOW + DAY_MS)).toBe(4);
    expect(bob.session.skipped.size).toBe(SKIPPED_LIMIT);
    expect(await bob.open(oldest)).toBe("step-used"); // never opened: its key was the one too many
    const kept = await unchanged(bob.session, (state) => forgetSkipped(state, NOW + 14 * DAY_MS));
    expect(kept.skipped.size).toBe(SKIPPED_LIMIT);
    bob.session = forgetSkipped(bob.session, NOW + 14 * DAY_MS + 60_000);
    expect(bob.session.skipped.size).toBe(501);
    expect(await bob.open(second)).toBe("step-used");
  });

  it("skips 32 steps after an unclean start, and the other end follows", async () => {
    const [ada, bob] = two();
    const lost = ada.session;
    await ada.seal(1); // left, but its state did not reach the disk
    ada.session = lost;
    await unchanged(ada.session, () => ada.skip());
    expect(ada.session.sending.n).toBe(UNCLEAN_SKIP);
    expect(await bob.open(await ada.seal(2))).toBe(2);
    expect(bob.session.skipped.size).toBe(UNCLEAN_SKIP);
  });

  it("opens nothing of another session, direction or kind of cell", async () => {
    const [ada, bob] = two();
    const stranger = new End(1, random.bytes(32));
    const cell = await ada.seal(1);
    expect(await stranger.open(cell)).toBe("not-ours");
    expect(await ada.open(cell)).toBe("not-ours"); // reflected
    expect(await bob.open(random.bytes(SMALL))).toBe("unsupported");
    expect(await bob.open(concat(cell.slice(0, 20), random.bytes(SMALL - 20)))).toBe("not-ours");
    expect(await bob.open(cell.slice(0, 1_000))).toBe("malformed");
  });

  it("refuses every byte turned and stays as it was", async () => {
    const [ada, bob] = two();
    const cell = await ada.seal(1);
    const seen = new Set<string>();
    for (let at = 0; at < SMALL; at += at < 110 ? 1 : 97) {
      const said = await bob.open(tampered(cell, at));
      expect(["unsupported", "not-ours", "tampered"], `byte ${at}`).toContain(said);
      seen.add(said as string);
    }
    expect([...seen].sort()).toEqual(["not-ours", "tampered", "unsupported"]);
    expect(await bob.open(cell)).toBe(1);
  });

  it("refuses a header of a version to come", () => {
    const [ada, bob] = two();
    for (const at of [0, 32, 40, 44, 48]) {
      const tag = random.bytes(16);
      const envelope = encodeEnvelope(core, EXPIRY, tag);
      const header = core.seal(
        ada.session.sending.headerKey,
        tag.slice(0, 12),
        envelope,
        tampered(new Uint8Array(52), at),
      );
      const cell = concat(envelope, header, new Uint8Array(SMALL - 88));
      expect(refused(readHeader(core, bob.session, cell)), `byte ${at}`).toBe("unsupported");
    }
  });

  it("comes back from the disk at any moment, and goes on", async () => {
    const [ada, bob] = two();
    const cells = [await ada.seal(0), await ada.seal(1), await ada.seal(2)];
    await bob.open(cells[2] as Uint8Array);
    expect(good(decodeSession(encodeSession(bob.session)))).toEqual(bob.session);
    bob.session = good(decodeSession(encodeSession(bob.session)));
    expect(await bob.open(cells[0] as Uint8Array)).toBe(0);
    const bytes = encodeSession(bob.session);
    expect(refused(decodeSession(tampered(bytes, 0)))).toBe("unsupported");
    expect(refused(decodeSession(bytes.subarray(0, -1)))).toBe("malformed");
    expect(refused(decodeSession(concat(bytes, SK)))).toBe("malformed");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        if (noise.length > 0) noise[0] = 1;
        decodeSession(noise);
      }),
      fuzzing(),
    );
  });

  it("delivers everything exactly once over a path that loses, repeats, swaps and turns bits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ order: fc.nat(1_000), copies: fc.nat(2), broken: fc.boolean() }), { maxLength: 30 }),
        async (path) => {
          const [ada, bob] = two();
          const onTheWay: { order: number; cell: Uint8Array }[] = [];
          for (const [byte, { order, copies, broken }] of path.entries()) {
            const cell = await ada.seal(byte);
            if (broken) onTheWay.push({ order, cell: tampered(cell, 500) });
            for (let copy = 0; copy < copies; copy++) onTheWay.push({ order: order + copy * 300, cell });
          }
          const got: number[] = [];
          for (const { cell } of onTheWay.sort((a, b) => a.order - b.order)) {
            const said = await bob.open(cell);
            if (typeof said === "number") got.push(said);
            else expect(["copy", "tampered"]).toContain(said);
          }
          const due = path.flatMap(({ copies }, byte) => (copies > 0 ? [byte] : []));
          expect(got.sort((a, b) => a - b)).toEqual(due);
        },
      ),
      fuzzing(100),
    );
  });

  it("takes any bytes without a throw", () => {
    const [ada, bob] = two();
    const { cell } = sealCell(core, ada.session, {
      expiry: EXPIRY,
      tag: random.bytes(16),
      content: new Uint8Array(1_944),
    });
    fc.assert(
      fc.property(fc.nat(SMALL - 1), fc.nat(255), fc.constantFrom(0, 19, 88, 2_047, SMALL), (at, byte, length) => {
        const bytes = cell.slice(0, length);
        if (at < length) bytes[at] = byte;
        const opened = openCell(core, bob.session, bytes, NOW);
        if (opened.ok) expect(bytes).toEqual(cell);
      }),
      fuzzing(),
    );
  });
});

describe("raw cells of one chat", () => {
  it("share no byte pattern beyond version, suite and expiry", async () => {
    const [ada, bob] = two();
    const cells: Uint8Array[] = [];
    for (let n = 0; n < 100; n++) cells.push(await ada.seal(0), await bob.seal(0));
    for (let at = 0; at < SMALL; at++) {
      const values = new Set(cells.map((cell) => cell[at]));
      // 200 random bytes show 139 values in the mean; fewer than 90 or one in all happens by chance once in 10^20.
      if (at < 4) expect(values.size, `byte ${at}`).toBe(1);
      else expect(values.size, `byte ${at}`).toBeGreaterThan(90);
    }
    // Nor is any run of six bytes seen twice: 400,000 runs make 8 × 10^10 pairs, one in 3,500 of 2^48.
    const runs = new Set<string>();
    for (const cell of cells) for (let at = 4; at <= SMALL - 6; at++) runs.add(cell.subarray(at, at + 6).join());
    expect(runs.size).toBe(cells.length * (SMALL - 9));
  });
});

function advanced({ sending }: Session) {
  return { ...sending, n: sending.n + 1, key: core.hmac(sending.key, "chain-step", Uint8Array.of(2)) };
}
