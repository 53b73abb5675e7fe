/** The chat against the vectors of the independent implementation (test/independent, written from docs/protocol). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toHex, Writer } from "#chat/bytes.ts";
import { decodeSession, encodeSession, type Session } from "#chat/session.ts";
import { isOpened, NO_STEPS, type Steps, UNKNOWN_STEPS, withStep, writeSteps } from "#chat/steps.ts";
import { good } from "./support.ts";

interface Cell {
  step: number;
  expiry: number;
  tag: string;
}
interface Vectors {
  sessions: { cells: Cell[]; skipped: [number, number, number][]; bytes: string }[];
  version1: string;
  dense: { count: number; steps: string; asked: (Cell & { copy: boolean })[] };
}
const file = new URL("../vectors/independent/session_state.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const chain = (byte: number, n: number) => ({ headerKey: filled(byte), key: filled(byte + 1), n });
const next = (cells: readonly Cell[]): number => Math.max(0, ...cells.map(({ step }) => step + 1));
function opened(cells: readonly Cell[]): Steps {
  let steps = NO_STEPS;
  for (const [at, { step, expiry, tag }] of cells.entries()) {
    steps = withStep(steps, next(cells.slice(0, at + 1)), step, { tag: bytes(tag), expiry }, 0);
  }
  return steps;
}

describe("a session at rest", () => {
  test.each(vectors.sessions)("has the bytes of the page", ({ cells, skipped, bytes: expected }) => {
    const session: Session = {
      sending: chain(0x10, 7),
      receiving: chain(0x20, next(cells)),
      skipped: new Map(skipped.map(([n, byte, since]) => [n, { key: filled(byte), since }])),
      opened: opened(cells),
      established: cells.length > 0,
    };
    expect(toHex(encodeSession(session))).toBe(expected);
    expect(good(decodeSession(bytes(expected)))).toEqual(session);
  });

  test("of version 1 is read, with all used steps as copies", () => {
    expect(good(decodeSession(bytes(vectors.version1))).opened).toEqual(UNKNOWN_STEPS);
  });

  test("knows copies as the page does, beyond what it remembers, too", () => {
    const { count, steps, asked } = vectors.dense;
    let made = NO_STEPS;
    for (let n = 0; n < count; n++) {
      const tag = new Writer()
        .u32((n * 2_654_435_761 + 12_345) % 2 ** 32)
        .bytes(new Uint8Array(12))
        .finish();
      made = withStep(made, n + 1, n, { tag, expiry: 800 + Math.floor(n / 900) }, 0);
    }
    expect(toHex(writeSteps(new Writer(), made).finish())).toBe(steps);
    for (const { step, expiry, tag, copy } of asked) {
      expect(isOpened(made, step, { tag: bytes(tag), expiry })).toBe(copy);
    }
  });
});
