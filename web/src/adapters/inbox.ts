/**
 * What the real carriers share: the largest frame, and the frames that arrive before their taker does. Layer: adapters.
 */

/** version u8 ∥ type u8 ∥ length u32, then a payload of at most 66,560 B (protocol.md §3). Tier 2. */
export const MAX_FRAME = 6 + 66_560;
/** Bytes that one direction holds before `send` answers false: a few of the largest frames at the speed of a home
 * uplink, far below the 16 MiB at which a data channel throws. Tier 3. */
export const SEND_QUEUE_BYTES = 1024 * 1024;
/** What may wait for the first `onFrame`: a handshake and what follows at once. Tier 3. */
const WAITING_FRAMES = 64;
const WAITING_BYTES = 256 * 1024;

export class Inbox {
  #take: ((frame: Uint8Array) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #over = false;

  /** False where more waits than may: the channel has to end. */
  push(frame: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#take) {
      this.#take(frame);
      return true;
    }
    this.#bytes += frame.length;
    if (this.#waiting.length >= WAITING_FRAMES || this.#bytes > WAITING_BYTES) return false;
    this.#waiting.push(frame);
    return true;
  }

  open(take: (frame: Uint8Array) => void): void {
    this.#take = take;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    for (const frame of waiting) if (!this.#over) take(frame);
  }

  /** Nothing is handed over any more. */
  end(): void {
    this.#over = true;
    this.#waiting = [];
  }
}
