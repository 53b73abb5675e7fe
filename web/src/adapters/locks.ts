/**
 * One node a profile: two tabs with one node id would wreck each other, so the tab that holds the Web Lock is the leader
 * and the others are views. A browser gives the lock of a closed or crashed tab to the next; a frozen one keeps it, and
 * is stolen from. The epoch, one higher with every leader, lets storage refuse the writes of one that was left behind.
 * Layer: adapters.
 */
import type { Leader } from "#chat/ports.ts";

const STEP_DOWN = "step down";

export class Leadership {
  readonly #name: string;
  readonly #nextEpoch: () => Promise<number>;
  readonly #yields: boolean;

  /** `nextEpoch` raises the durable epoch by one and returns it; it is called while the lock is held. `yields`: loses
   * leadership as soon as somebody waits for it, as a service worker does for a page. */
  constructor(name: string, nextEpoch: () => Promise<number>, yields = false) {
    this.#name = name;
    this.#nextEpoch = nextEpoch;
    this.#yields = yields;
  }

  /** Leads at once, or says that another tab does. */
  async acquire(): Promise<Leader | "held"> {
    return (await this.#request({ ifAvailable: true })) ?? "held";
  }

  /** Leads as soon as nobody else does; whoever yields is asked to. Rejects when `signal` aborts. */
  async whenFree(signal: AbortSignal): Promise<Leader> {
    const channel = new BroadcastChannel(this.#name);
    channel.postMessage(STEP_DOWN);
    channel.close();
    return (await this.#request({ signal })) as Leader;
  }

  /** Takes the lock from a leader that does not answer any more: a frozen tab keeps its lock. */
  async steal(): Promise<Leader> {
    return (await this.#request({ steal: true })) as Leader;
  }

  #request(options: LockOptions): Promise<Leader | undefined> {
    return new Promise((resolve, reject) => {
      let lost: () => void = () => undefined;
      const held = async (lock: Lock | null): Promise<void> => {
        if (!lock) return resolve(undefined);
        const term = await this.#lead();
        lost = term.end;
        resolve(term.leader);
        await term.released;
      };
      // Rejects when the lock was stolen, and where it was never had.
      navigator.locks.request(this.#name, options, held).catch((error: unknown) => {
        lost();
        reject(error);
      });
    });
  }

  async #lead(): Promise<{ leader: Leader; end: () => void; released: Promise<void> }> {
    const epoch = await this.#nextEpoch();
    const channel = new BroadcastChannel(this.#name);
    let end: () => void = () => undefined;
    const lost = new Promise<void>((resolve) => {
      end = resolve;
    });
    let free: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      free = resolve;
    });
    if (this.#yields) {
      channel.onmessage = (event) => {
        if (event.data === STEP_DOWN) end();
      };
    }
    const release = async (): Promise<void> => {
      channel.close();
      end();
      free();
    };
    return { leader: { epoch, lost, release }, end, released };
  }
}
