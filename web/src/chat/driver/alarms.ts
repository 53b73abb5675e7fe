/** Named alarms over the clock: setting one again replaces it, and all end together. */
import type { Clock } from "#node/ports.ts";

export class Alarms {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, ms: number, fire: () => void): void {
    this.#cancels.get(name)?.();
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(name);
      fire();
    });
    this.#cancels.set(name, cancel);
  }

  /** Keeps the earlier one where it is armed already. */
  setOnce(name: string, ms: number, fire: () => void): void {
    if (!this.#cancels.has(name)) this.set(name, ms, fire);
  }

  clear(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  clearAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
