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
  readonly #nextEpoch: (held: () => boolean) => Promise<number>;
  readonly #yields: boolean;

  /** `nextEpoch` raises the durable epoch by one and returns it; it is called while the lock is held, and raises nothing
   * once `held` says that it was stolen: that would shut out whoever has it. `yields`: loses leadership as soon as
   * somebody waits for it, as a service worker does for a page. */
  constructor(name: string, nextEpoch: (held: () => boolean) => Promise<number>, yields = false) {
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
      let term: Term | undefined;
      const held = async (lock: Lock | null): Promise<void> => {
        if (!lock) return resolve(undefined);
        term = this.#begin();
        const { lost, release } = term;
        resolve({ epoch: await this.#nextEpoch(term.held), lost, release });
        await term.released;
      };
      // Rejects when the lock was stolen, and where it was never had.
      navigator.locks.request(this.#name, options, held).catch((error: unknown) => {
        void term?.release();
        reject(error);
      });
    });
  }

  /** Whoever waits is heard from now on. */
  #begin(): Term {
    const channel = new BroadcastChannel(this.#name);
    let lose: () => void = () => undefined;
    let free: () => void = () => undefined;
    const lost = new Promise<void>((done) => {
      lose = done;
    });
    const released = new Promise<void>((done) => {
      free = done;
    });
    let holds = true;
    if (this.#yields) {
      channel.onmessage = (event) => {
        if (event.data === STEP_DOWN) lose();
      };
    }
    const release = async (): Promise<void> => {
      holds = false;
      channel.close();
      lose();
      free();
    };
    return { held: () => holds, lost, released, release };
  }
}

/** From when the lock is held until it is released or stolen. */
interface Term extends Omit<Leader, "epoch"> {
  held(): boolean;
  released: Promise<void>;
}
