/** One story, told twice: core-wasm/tests/routing/story.rs plays it natively, and both must come to the same sum. */
import { expect, test } from "vitest";
import type { NodeId } from "#node/messages.ts";
import type { Table } from "#node/ports.ts";
import { Verdict } from "#node/ports.ts";
import { concat, core, Dice } from "./support.ts";

const BITS = 4;
const LINKS = 40;
const STEPS = 5_000;
const NOW = 1_000_000;
/** The sum both come to. */
const SUM = 4_253_999_656;

const big = (value: bigint | number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => Number((BigInt(value) >> BigInt(8 * (bytes - 1 - at))) & 255n));

/** FNV-1a over 32 bits. */
class Sum {
  value = 0x811c9dc5;
  add(bytes: Uint8Array): void {
    for (const byte of bytes) this.value = Math.imul(this.value ^ byte, 0x01000193) >>> 0;
  }
  number(value: number): void {
    this.add(big(value, 4).reverse());
  }
}

interface Origin {
  edPk: Uint8Array;
  nonce: bigint;
}

/** A routed frame, one in ten with a byte changed. */
function frameOf(dice: Dice, origins: readonly Origin[], me: NodeId, now: number): Uint8Array {
  const type = 0x20 + dice.below(4);
  const length = dice.below(20);
  const target = dice.below(8) === 0 ? me : dice.bytes(32);
  const flags = Uint8Array.of(dice.below(2), dice.below(18), 0);
  const { edPk, nonce } = origins[dice.below(8)]!;
  const sent = now + dice.below(1_300_000) - 650_000;
  const times = concat(big(nonce, 8), new Uint8Array(2), big(sent, 8), big(dice.below(3_000), 8));
  const header = concat(Uint8Array.of(1, type), big(157 + length, 4));
  const frame = concat(header, target, flags, edPk, times, new Uint8Array(length + 64).fill(7));
  if (dice.below(10) === 0) {
    const at = dice.below(frame.length);
    frame[at] = dice.below(256);
  }
  return frame;
}

function step(dice: Dice, sum: Sum, table: Table, frame: Uint8Array, now: number): void {
  const answer = table.onFrame(frame, 1 + dice.below(LINKS), now);
  sum.number(answer);
  if (answer >>> 24 === Verdict.forward || answer >>> 24 === Verdict.noRoute) sum.add(table.outgoing());
  if (answer >>> 24 === Verdict.forward && dice.below(3) === 0) sum.number(table.nextHop(answer & 0xffffff));
}

test("a story comes to the same sum as natively", () => {
  const network = core.network("nodus/1/story");
  const dice = new Dice(0);
  const self = dice.bytes(32) as NodeId;
  const origins = Array.from({ length: 8 }, () => {
    const edPk = dice.bytes(32);
    return { edPk, nonce: core.search(core.idWork(network, edPk, 0, BITS), 0n, 10_000)! };
  });
  const table = core.table({ network, bits: BITS, self, framesPerSecond: 5, frameBurst: 20, bytesPerSecond: 10_000 });
  const sum = new Sum();
  let now = NOW;
  for (let link = 1; link <= LINKS; link++) {
    const peer = dice.bytes(32) as NodeId;
    table.addLink(link, peer, dice.below(4) > 0, now);
  }
  for (let count = 0; count < STEPS; count++) {
    now += dice.below(20);
    const what = dice.below(10);
    if (what === 0) table.removeLink(1 + dice.below(LINKS));
    else if (what === 1) {
      const link = 1 + dice.below(LINKS);
      table.addLink(link, dice.bytes(32) as NodeId, true, now);
    } else step(dice, sum, table, frameOf(dice, origins, self, now), now);
  }
  expect(sum.value).toBe(SUM);
});
