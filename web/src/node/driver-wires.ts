/**
 * The driver's hands for the network: channels under their handles, dials, exchanges, and the fast path: a frame of a
 * link goes through the core's table and out again without a machine in between. Machines see only what ends here.
 */
import type { Driver, Hands } from "./driver.ts";
import type { FrameType, NodeId } from "./messages.ts";
import {
  type Channel,
  type Clock,
  type CloseCode,
  DropReason,
  type LinkHandle,
  type Rtc,
  type Table,
  type Transport,
  Verdict,
} from "./ports.ts";
import { Stop } from "./stop.ts";

const DROPPED = DropReason.map((reason) => `dropped.${reason}`);
/** version u8 ∥ type u8 ∥ length u32. */
const FRAME_HEAD = 6;
const LAST_HANDLE = 2 ** 24 - 1;

interface Wire {
  readonly link: LinkHandle;
  readonly channel: Channel;
  /** The handshake is done: frames go through the table. */
  open: boolean;
  closed: boolean;
  bytesIn: number;
  bytesOut: number;
}
interface Attempt {
  readonly stop: Stop;
  readonly expect: NodeId | undefined;
  accept?: (answer: string) => Promise<Channel>;
}

export class Wires {
  /** Passed on for others. */
  readonly carried = { frames: 0, bytes: 0 };
  /** Over all channels that there were. */
  readonly total = { bytesIn: 0, bytesOut: 0 };
  readonly #driver: Driver;
  readonly #clock: Clock;
  readonly #table: Table;
  readonly #transports: readonly Transport[];
  readonly #rtc: Rtc | undefined;
  readonly #wires = new Map<LinkHandle, Wire>();
  readonly #attempts = new Map<number, Attempt>();
  #lastHandle = 0;
  #closed = false;

  constructor(driver: Driver, clock: Clock, table: Table, transports: readonly Transport[], rtc: Rtc | undefined) {
    this.#driver = driver;
    this.#clock = clock;
    this.#table = table;
    this.#transports = transports;
    this.#rtc = rtc;
  }

  listen(): void {
    for (const transport of this.#transports) {
      transport.onChannel((channel) => this.#adopt(channel, 0, 1, undefined));
    }
  }

  traffic(link: LinkHandle): { bytesIn: number; bytesOut: number } {
    const { bytesIn = 0, bytesOut = 0 } = this.#wires.get(link) ?? {};
    return { bytesIn, bytesOut };
  }

  send(link: LinkHandle, frame: Uint8Array): boolean {
    const wire = this.#wires.get(link);
    if (!wire || !this.#sendOn(wire, frame)) {
      this.#driver.count(wire ? "unsent.backpressure" : "unsent.closed");
      return false;
    }
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const attempt of this.#attempts.values()) attempt.stop.abort();
    for (const wire of [...this.#wires.values()]) this.#end(wire, "local", true);
    await Promise.allSettled(this.#transports.map((transport) => transport.close()));
  }

  hands(): Hands {
    return {
      transmit: ({ link, frame }) => void this.send(link, frame),
      launch: ({ send, frame, hops }) => {
        const link = hops.find((hop) => {
          const wire = this.#wires.get(hop);
          return wire !== undefined && this.#sendOn(wire, frame);
        });
        this.#driver.input(link === undefined ? { type: "launchFailed", send } : { type: "launched", send, link });
      },
      open: ({ link }) => {
        const wire = this.#wires.get(link);
        if (wire) wire.open = true;
      },
      shut: ({ link, code }) => {
        const wire = this.#wires.get(link);
        if (wire) this.#end(wire, code, true);
      },
      dial: ({ attempt, kind, address, expect }) => this.#dial(attempt, kind, address, expect),
      rtcOffer: ({ attempt, stun, expect }) => this.#offer(attempt, stun, expect),
      rtcAccept: ({ attempt, sdp }) => {
        const accept = this.#attempts.get(attempt)?.accept;
        if (accept) this.#arrive(attempt, 0, accept(sdp), "rtcFailed");
      },
      rtcAnswer: ({ attempt, sdp, stun, expect }) => this.#answer(attempt, sdp, stun, expect),
      cancelAttempt: ({ attempt }) => {
        this.#attempts.get(attempt)?.stop.abort();
        this.#attempts.delete(attempt);
      },
    };
  }

  #sendOn(wire: Wire, frame: Uint8Array): boolean {
    if (wire.closed || !wire.channel.send(frame)) return false;
    wire.bytesOut += frame.length;
    this.total.bytesOut += frame.length;
    return true;
  }

  #adopt(channel: Channel, attempt: number, role: 0 | 1, expect: NodeId | undefined): void {
    if (this.#closed) {
      channel.close("local");
      return;
    }
    do this.#lastHandle = this.#lastHandle === LAST_HANDLE ? 1 : this.#lastHandle + 1;
    while (this.#wires.has(this.#lastHandle));
    const link = this.#lastHandle;
    const wire: Wire = { link, channel, open: false, closed: false, bytesIn: 0, bytesOut: 0 };
    this.#wires.set(link, wire);
    const { carrier, binding } = channel;
    this.#driver.input({ type: "channel", link, attempt, carrier, binding, role, expect });
    channel.closed.then((code) => this.#end(wire, code, false));
    channel.onFrame((frame) => this.#receive(wire, frame));
  }

  #end(wire: Wire, code: CloseCode, local: boolean): void {
    if (wire.closed) return;
    wire.closed = true;
    this.#wires.delete(wire.link);
    if (local) wire.channel.close(code);
    this.#driver.input({ type: "channelClosed", link: wire.link, code });
  }

  #receive(wire: Wire, frame: Uint8Array): void {
    if (wire.closed) return;
    wire.bytesIn += frame.length;
    this.total.bytesIn += frame.length;
    const { link } = wire;
    if (!wire.open) {
      this.#driver.input({ type: "channelFrame", link, frame });
      return;
    }
    const answer = this.#table.onFrame(frame, link, this.#clock.now());
    const low = answer & 0xff_ff_ff;
    switch (answer >>> 24) {
      case Verdict.take:
        this.#driver.input({
          type: "frame",
          link,
          kind: frame[1] as FrameType,
          frame,
          payload: frame.subarray(FRAME_HEAD),
        });
        return;
      case Verdict.forward:
        this.#forward(low);
        return;
      case Verdict.noRoute:
        this.#driver.count("dropped.noRoute");
        this.#pass(low);
        return;
      default:
        this.#driver.count(DROPPED[low] ?? "dropped.other");
    }
  }

  /** Best edge first; the next best where one does not take it (local repair). */
  #forward(first: LinkHandle): void {
    for (let hop = first; hop !== 0; hop = this.#table.nextHop(hop)) {
      if (this.#pass(hop)) {
        this.carried.frames += 1;
        this.carried.bytes += this.#table.outgoing().length;
        return;
      }
    }
    this.#driver.count("dropped.unsent");
  }

  #pass(link: LinkHandle): boolean {
    const wire = this.#wires.get(link);
    return wire !== undefined && this.#sendOn(wire, this.#table.outgoing());
  }

  #begin(attempt: number, expect: NodeId | undefined): Attempt {
    const begun: Attempt = { stop: new Stop(), expect };
    this.#attempts.set(attempt, begun);
    return begun;
  }

  #dial(attempt: number, kind: number, address: Uint8Array, expect: NodeId | undefined): void {
    const transport = this.#transports.find((one) => one.kind === kind);
    if (!transport) {
      this.#driver.input({ type: "dialFailed", attempt });
      return;
    }
    const { stop } = this.#begin(attempt, expect);
    this.#arrive(attempt, 0, transport.dial(address, stop), "dialFailed");
  }

  #offer(attempt: number, stun: readonly string[], expect: NodeId): void {
    const begun = this.#begin(attempt, expect);
    if (!this.#rtc) {
      this.#failed(attempt, "rtcFailed");
      return;
    }
    this.#rtc.offer(stun, begun.stop).then(
      ({ sdp, accept }) => {
        if (this.#attempts.get(attempt) !== begun) return;
        begun.accept = accept;
        this.#driver.input({ type: "rtcOffered", attempt, sdp });
      },
      () => this.#failed(attempt, "rtcFailed"),
    );
  }

  #answer(attempt: number, offer: string, stun: readonly string[], expect: NodeId): void {
    const { stop } = this.#begin(attempt, expect);
    if (!this.#rtc) {
      this.#failed(attempt, "rtcFailed");
      return;
    }
    this.#rtc.answer(offer, stun, stop).then(
      ({ sdp, channel }) => {
        this.#arrive(attempt, 1, channel, "rtcFailed");
        this.#driver.input({ type: "rtcAnswered", attempt, sdp });
      },
      () => this.#failed(attempt, "rtcFailed"),
    );
  }

  #arrive(attempt: number, role: 0 | 1, coming: Promise<Channel>, failure: "dialFailed" | "rtcFailed"): void {
    coming.then(
      (channel) => {
        const begun = this.#attempts.get(attempt);
        this.#attempts.delete(attempt);
        if (begun) this.#adopt(channel, attempt, role, begun.expect);
        else channel.close("local");
      },
      () => this.#failed(attempt, failure),
    );
  }

  #failed(attempt: number, failure: "dialFailed" | "rtcFailed"): void {
    if (this.#attempts.delete(attempt)) this.#driver.input({ type: failure, attempt });
  }
}
