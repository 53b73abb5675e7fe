/**
 * Looks at a write-ahead log of SQLite before SQLite does (https://sqlite.org/fileformat2.html#walformat): of a damaged one
 * it silently uses what comes before the damage. Layer: relay.
 */

const HEAD = 32;
const FRAME_HEAD = 24;
/** Its last bit: words of the checksum are big-endian. */
const MAGIC = 0x377f0682;

/** `cut`: the last commit is not whole, as a power cut leaves one that was never confirmed. `damaged`: more than that. */
export type WalState = "sound" | "cut" | "damaged";

export function lookAtWal(bytes: Uint8Array): WalState {
  if (bytes.length <= HEAD) return "sound"; // no commit
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const page = view.getUint32(8);
  const isSize = page >= 512 && page <= 65_536 && (page & (page - 1)) === 0;
  if ((magic & ~1) >>> 0 !== MAGIC || !isSize) return "damaged";
  const sum = new Checksum(view, (magic & 1) === 0);
  sum.add(0, 24);
  if (!sum.isAt(24)) return "damaged";
  const step = FRAME_HEAD + page;
  const isOfThis = (at: number): boolean =>
    view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
  let at = HEAD;
  for (; at + step <= bytes.length && isOfThis(at); at += step) {
    sum.add(at, 8);
    sum.add(at + FRAME_HEAD, page);
    if (!sum.isAt(at + 16)) break;
  }
  // Behind the last whole frame lie frames of an older round, or those of one commit that was cut, or damage.
  let frames = 0;
  let commits = 0;
  for (; at + step <= bytes.length; at += step) {
    if (!isOfThis(at)) continue;
    frames++;
    if (view.getUint32(at + 4) !== 0) commits++;
  }
  if (commits > 1) return "damaged";
  return frames > 0 ? "cut" : "sound";
}

/** The running sum that SQLite writes into each frame. */
class Checksum {
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #a = 0;
  #b = 0;

  constructor(view: DataView, isLittle: boolean) {
    this.#view = view;
    this.#isLittle = isLittle;
  }

  add(from: number, length: number): void {
    for (let at = from; at < from + length; at += 8) {
      this.#a = (this.#a + this.#view.getUint32(at, this.#isLittle) + this.#b) >>> 0;
      this.#b = (this.#b + this.#view.getUint32(at + 4, this.#isLittle) + this.#a) >>> 0;
    }
  }

  isAt(at: number): boolean {
    return this.#view.getUint32(at) === this.#a && this.#view.getUint32(at + 4) === this.#b;
  }
}
