/**
 * The `Rtc` of one host of a memory hub. An offer is "memory offer <n>", an answer "memory answer <n>": they mean
 * something only to the hub, and a channel comes of them only while both ends live and their NATs let them meet.
 */
import { Fault } from "#node/errors.ts";
import type { Binding, Channel, Rtc, Signal } from "#node/ports.ts";
import { attempt, type Settle } from "./memory-transport.ts";
import type { Exchange, Wire } from "./memory-wire.ts";

/** Gathering candidates takes a moment even on a good network. */
const GATHER_MS = 50;
/** An offer that nobody answered is forgotten after this long. */
const OFFER_MS = 60_000;
const FINGERPRINT_BYTES = 32;

export class MemoryRtc implements Rtc {
  readonly #hub: Wire;
  readonly #host: string;

  constructor(hub: Wire, host: string) {
    this.#hub = hub;
    this.#host = host;
  }

  async offer(stun: readonly string[], signal: Signal): ReturnType<Rtc["offer"]> {
    const hub = this.#hub;
    await this.#gather(signal);
    const number = 1 + (hub.random.next() & 0x3fff_ffff);
    const exchange: Exchange = {
      offererStun: hub.reflexive(this.#host, stun),
      fingerprint: hub.random.bytes(FINGERPRINT_BYTES),
    };
    hub.exchanges.set(number, exchange);
    const forget = (): void => {
      hub.exchanges.delete(number);
    };
    signal.addEventListener("abort", forget);
    hub.clock.after(OFFER_MS, forget);
    return {
      sdp: `memory offer ${number}`,
      accept: (answer) =>
        attempt<Channel>(hub, signal, (settle) => {
          if (answer === `memory answer ${number}`) this.#connect(exchange, number, settle);
          else settle(new Fault("malformed", "This answers another offer."));
        }),
    };
  }

  async answer(offer: string, stun: readonly string[], signal: Signal): ReturnType<Rtc["answer"]> {
    const hub = this.#hub;
    const number = Number(/^memory offer (\d+)$/.exec(offer)?.[1]);
    const exchange = hub.exchanges.get(number);
    if (!exchange || exchange.answered) throw new Fault("malformed", "This is no offer that can be answered.");
    await this.#gather(signal);
    const fingerprint = hub.random.bytes(FINGERPRINT_BYTES);
    const channel = attempt<Channel>(hub, signal, (settle) => {
      exchange.answered = {
        host: this.#host,
        stun: hub.reflexive(this.#host, stun),
        fingerprint,
        connect: (end) => settle(undefined, () => end),
      };
    });
    // Whoever gave up on the exchange need not look at the channel.
    channel.catch(() => undefined);
    return { sdp: `memory answer ${number}`, channel };
  }

  #gather(signal: Signal): Promise<void> {
    return attempt<void>(this.#hub, signal, (settle) => {
      this.#hub.clock.after(GATHER_MS, () => settle(undefined, () => undefined));
    });
  }

  /** Path checks and the DTLS handshake take two round trips; where the NATs part the two, nothing ever answers. */
  #connect(exchange: Exchange, number: number, settle: Settle<Channel>): void {
    const hub = this.#hub;
    const other = exchange.answered;
    if (!other) {
      settle(new Fault("malformed", "Nobody answered this offer."));
      return;
    }
    const roundTrip = hub.delay(this.#host, other.host) + hub.delay(other.host, this.#host);
    hub.clock.after(2 * roundTrip, () => {
      if (!hub.exchanges.delete(number)) return;
      if (!hub.meet(this.#host, other.host, exchange.offererStun && other.stun)) return;
      settle(undefined, () => {
        const binding: Binding = { kind: "dtls", offerer: exchange.fingerprint, answerer: other.fingerprint };
        const [near, far] = hub.join(this.#host, other.host, [binding, binding]);
        if (!other.connect(far)) far.close("failed");
        return near;
      });
    });
  }
}
