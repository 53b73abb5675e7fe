/**
 * Frames in pieces of at most 16 KiB: the size that every browser's data channel takes, and small enough that one large
 * frame does not hold up the others of the same peer. Pure. Layer: adapters.
 *
 * A piece is `left u8 ∥ bytes`, left = pieces of this frame that follow. All but the last are full, so a frame has one
 * form only; the channel keeps order, so a piece needs no number. Invariants of `Reassembly`:
 * 1. At most one frame is under way, and no more than MAX_FRAME bytes of it are held.
 * 2. After an error nothing is held and every further piece is the same error: the channel has to end.
 */
import { MAX_FRAME } from "./inbox.ts";

/** Bytes of a piece with its header. Tier 2: both ends must agree. */
export const PIECE_BYTES = 16 * 1024;
const ROOM = PIECE_BYTES - 1;
const MOST_LEFT = Math.ceil(MAX_FRAME / ROOM) - 1;

/** empty: a piece without bytes; oversize: more than a piece or a frame holds; gap: not the piece that was due;
 * short: a piece before the last that is not full. */
export type FragmentError = "empty" | "oversize" | "gap" | "short";

/** Copies the frame into its pieces; none where it is empty or larger than MAX_FRAME. */
export function fragment(frame: Uint8Array): Uint8Array<ArrayBuffer>[] {
  if (frame.length > MAX_FRAME) return [];
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const count = Math.ceil(frame.length / ROOM);
  for (let index = 0; index < count; index++) {
    const bytes = frame.subarray(index * ROOM, (index + 1) * ROOM);
    const piece = new Uint8Array(1 + bytes.length);
    piece[0] = count - 1 - index;
    piece.set(bytes, 1);
    pieces.push(piece);
  }
  return pieces;
}

export class Reassembly {
  #frame: Uint8Array | undefined;
  #length = 0;
  /** Pieces still due of the frame under way. */
  #left = 0;
  #error: FragmentError | undefined;

  /** A whole frame, undefined while pieces are due, or what is wrong. */
  push(piece: Uint8Array): Uint8Array | undefined | FragmentError {
    if (this.#error) return this.#error;
    const result = this.#step(piece);
    if (typeof result === "string") {
      this.#error = result;
      this.#frame = undefined;
    }
    return result;
  }

  #step(piece: Uint8Array): Uint8Array | undefined | FragmentError {
    const left = piece[0];
    if (left === undefined || piece.length === 1) return "empty";
    if (piece.length > PIECE_BYTES || left > MOST_LEFT) return "oversize";
    if (left > 0 && piece.length !== PIECE_BYTES) return "short";
    if (this.#frame && left !== this.#left - 1) return "gap";
    if (!this.#frame && left === 0) return piece.slice(1);
    this.#frame ??= new Uint8Array(Math.min(MAX_FRAME, (left + 1) * ROOM));
    const end = this.#length + piece.length - 1;
    if (end > this.#frame.length) return "oversize";
    this.#frame.set(piece.subarray(1), this.#length);
    this.#length = end;
    this.#left = left;
    if (left > 0) return undefined;
    const whole = this.#frame.slice(0, this.#length);
    this.#frame = undefined;
    this.#length = 0;
    return whole;
  }
}
