/** The smallest Signal: what an AbortController is where there is none. */
import type { Signal } from "./ports.ts";

export class Stop implements Signal {
  aborted = false;
  readonly #heard: (() => void)[] = [];

  addEventListener(_type: "abort", heard: () => void): void {
    this.#heard.push(heard);
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const heard of this.#heard) heard();
  }
}
