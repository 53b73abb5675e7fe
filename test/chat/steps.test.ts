import { describe, expect, it } from "vitest";
import { Reader, Writer } from "#chat/bytes.ts";
import { unitOf } from "#chat/clock.ts";
import { CONTENT, decodeSession, encodeSession, newSession, openCell, type Session, sealCell } from "#chat/session.ts";
import { isOpened, lastExpiry, NO_STEPS, readSteps, type Steps, withStep, writeSteps } from "#chat/steps.ts";
import { contextOf, core, good, NOW, refused } from "./support.ts";

const { random } = contextOf(2);
const SK = random.bytes(32);
const EXPIRY = unitOf(NOW) + 28;

function sealedBy(session: Session, expiry = EXPIRY) {
  return sealCell(core, session, { expiry, tag: random.bytes(16), content: new Uint8Array(CONTENT[2048]) });
}
/** Opened at the steps 0 … count − 1. */
function opened(count: number, expiry = EXPIRY) {
  const tags = Array.from({ length: count }, () => random.bytes(16));
  let steps: Steps = NO_STEPS;
  for (const [n, tag] of tags.entries()) steps = withStep(steps, n + 1, n, { tag, expiry }, EXPIRY);
  return { steps, tags };
}

describe("steps that were used", () => {
  it("tell a copy from a cell of an end that has gone back", () => {
    let [ada, bob] = [newSession(core, SK, 0), newSession(core, SK, 1)];
    const before = ada;
    const cells: Uint8Array[] = [];
    for (let n = 0; n < 10; n++) {
      const sealed = sealedBy(ada);
      ada = sealed.session;
      cells.push(sealed.cell);
      bob = good(openCell(core, bob, sealed.cell, NOW)).session;
    }
    for (const cell of cells) expect(refused(openCell(core, bob, cell, NOW))).toBe("copy");
    ada = before;
    for (let n = 0; n < 10; n++) {
      const sealed = sealedBy(ada);
      ada = sealed.session;
      expect(refused(openCell(core, bob, sealed.cell, NOW))).toBe("step-used");
    }
    expect(openCell(core, bob, sealedBy(ada).cell, NOW).ok).toBe(true);
  });

  it("are known for 1,792 steps at least, and beyond them by the time of the cell", () => {
    const { steps, tags } = opened(5_000);
    for (let n = 5_000 - 1_792; n < 5_000; n++) {
      const tag = tags[n] as Uint8Array;
      expect(isOpened(steps, n, { tag, expiry: EXPIRY })).toBe(true);
      expect(isOpened(steps, n, { tag: random.bytes(16), expiry: EXPIRY })).toBe(false);
    }
    const tag = tags[100] as Uint8Array;
    expect(isOpened(steps, 100, { tag, expiry: EXPIRY })).toBe(true);
    expect(isOpened(steps, 100, { tag: random.bytes(16), expiry: EXPIRY + 1 })).toBe(false);
    expect(steps.blocks.size).toBeLessThanOrEqual(8);
  });

  it("take no room for those that were passed over", () => {
    const steps = withStep(NO_STEPS, 2_000, 1_999, { tag: random.bytes(16), expiry: EXPIRY }, EXPIRY);
    expect(steps.blocks.size).toBe(1);
    const late = withStep(steps, 2_000, 3, { tag: random.bytes(16), expiry: EXPIRY }, EXPIRY);
    expect(late.blocks.size).toBe(2);
    expect(lastExpiry(late)).toBe(EXPIRY);
  });

  it("survive the disk, also where there are as many as are kept", () => {
    for (const count of [0, 1, 255, 256, 257, 3_000]) {
      const { steps } = opened(count);
      const bytes = writeSteps(new Writer(), steps).finish();
      expect(bytes.length).toBeLessThanOrEqual(3 + 8 * 8 + 2_048 * 4);
      const reader = new Reader(bytes);
      expect(readSteps(reader)).toEqual(steps);
      expect(reader.done()).toBe(true);
    }
  });

  it("of a session that version 0.2.0 stored are copies, until later cells come", () => {
    let [ada, bob] = [newSession(core, SK, 0), newSession(core, SK, 1)];
    const before = ada;
    for (let n = 0; n < 3; n++) {
      const sealed = sealedBy(ada);
      ada = sealed.session;
      bob = good(openCell(core, bob, sealed.cell, NOW)).session;
    }
    const stored = encodeSession({ ...bob, opened: NO_STEPS }).slice(0, -3);
    stored[0] = 1;
    bob = good(decodeSession(stored));
    expect(refused(openCell(core, bob, sealedBy(before).cell, NOW))).toBe("copy");
    bob = good(openCell(core, bob, sealedBy(ada).cell, NOW)).session;
    expect(refused(openCell(core, bob, sealedBy(before, EXPIRY).cell, NOW))).toBe("copy");
    expect(refused(openCell(core, bob, sealedBy(before, EXPIRY + 2).cell, NOW))).toBe("step-used");
    expect(good(decodeSession(encodeSession(bob)))).toEqual(bob);
  });
});
