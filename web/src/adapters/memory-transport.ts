/** The `Transport` of one host of a memory hub. */
import { Fault } from "#node/errors.ts";
import { AddressKind } from "#node/messages.ts";
import type { Channel, Signal, Transport } from "#node/ports.ts";
import type { Wire } from "./memory-wire.ts";

/** A dial or an exchange that finds nobody ends after this long, as a browser's does. */
const UNREACHABLE_MS = 10_000;

export class MemoryTransport implements Transport {
  readonly kind = AddressKind.websocket;
  readonly #hub: Wire;
  readonly #host: string;
  readonly #listens: boolean;
  #closed = false;

  constructor(hub: Wire, host: string, listens: boolean) {
    this.#hub = hub;
    this.#host = host;
    this.#listens = listens;
  }

  dial(address: Uint8Array, signal: Signal): Promise<Channel> {
    const url = new TextDecoder().decode(address);
    const target = /^wss?:\/\/([^/:]+)/.exec(url)?.[1];
    return attempt(this.#hub, signal, (settle) => {
      if (this.#closed) {
        settle(new Fault("closed", "This transport is closed."));
        return;
      }
      if (target === undefined) {
        settle(new Fault("malformed", "This is not a WebSocket address."));
        return;
      }
      const roundTrip = this.#hub.delay(this.#host, target) + this.#hub.delay(target, this.#host);
      this.#hub.clock.after(roundTrip, () => {
        if (!this.#hub.open(this.#host, target) || !this.#hub.alive(this.#host)) return; // nobody answers
        const listener = this.#hub.listener(target);
        if (!listener) {
          settle(new Fault("no-route", "Nobody listens at this address."));
          return;
        }
        settle(undefined, () => {
          const [near, far] = this.#hub.join(this.#host, target, [{ kind: "url", url }, { kind: "listener" }]);
          listener(far);
          return near;
        });
      });
    });
  }

  onChannel(take: (channel: Channel) => void): void {
    if (this.#listens && !this.#closed) this.#hub.listen(this.#host, take);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#listens) this.#hub.listen(this.#host, undefined);
  }
}

/** Ends a try; false where it had ended before. */
export type Settle<T> = (fault: Fault | undefined, make?: () => T) => boolean;

/** One try that ends once: by its own result, by the signal, or because nobody answered. */
export function attempt<T>(hub: Wire, signal: Signal, begin: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let done = false;
    const settle: Settle<T> = (fault, make) => {
      if (done) return false;
      done = true;
      cancel();
      if (make) resolve(make());
      else reject(fault);
      return true;
    };
    const cancel = hub.clock.after(UNREACHABLE_MS, () => settle(new Fault("unanswered", "Nobody answered.")));
    const aborted = (): void => {
      settle(new Fault("cancelled", "The caller gave up."));
    };
    if (signal.aborted) return aborted();
    signal.addEventListener("abort", aborted);
    begin(settle);
  });
}
