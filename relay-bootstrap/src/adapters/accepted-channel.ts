/** One accepted WebSocket as a channel of the overlay. Not here: who is accepted (listen-ws.ts). Layer: adapters. */
import { WebSocket } from "ws";
import { Inbox } from "#adapters/inbox.ts";
import type { Channel, CloseCode } from "#node/ports.ts";
import { Bucket } from "../buckets.ts";
import type { Counters } from "../counters.ts";
import type { ListenLimits } from "../limits.ts";

/** Bytes that wait for one client before `send` says no: a few of the largest frames, times all the links of an anchor. */
const SEND_QUEUE_BYTES = 256 * 1024;
/** Frames after our close: what was under way. One who sends more does not wait for it. */
const MOST_LATE = 64;
/** Ends that the other one brought about. */
const UNRULY: ReadonlySet<CloseCode> = new Set(["protocol", "limit", "refused", "backpressure"]);
const NORMAL_CLOSURE = 1000; // RFC 6455 §7.4.1

export class AcceptedChannel implements Channel {
  readonly carrier = "websocket";
  readonly binding = { kind: "listener" } as const;
  readonly closed: Promise<CloseCode>;
  /** The connection itself is over: the last frames have left. */
  readonly gone: Promise<void>;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();
  readonly #pings: Bucket;
  readonly #counters: Counters;
  #resolve: (code: CloseCode) => void = () => undefined;
  #over = false;
  #unruly = false;
  #late = 0;

  constructor(socket: WebSocket, limits: ListenLimits, counters: Counters) {
    this.#socket = socket;
    this.#pings = new Bucket({ atOnce: limits.pingsAtOnce, perSecond: limits.pingsPerSecond }, performance.now());
    this.#counters = counters;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    let broken = false;
    socket.on("error", () => {
      broken = true; // too large, no WebSocket frame, or the connection fell
    });
    this.gone = new Promise((resolve) => {
      socket.on("close", () => {
        this.#end(broken ? "failed" : "remote");
        resolve();
      });
    });
    socket.on("message", (data: Buffer, binary: boolean) => this.#arrived(data, binary));
    socket.on("ping", (data: Buffer) => this.#control(() => socket.pong(data)));
    socket.on("pong", () => this.#control(() => undefined));
  }

  send(frame: Uint8Array): boolean {
    if (this.#over || !this.#takes(frame.length)) return false;
    this.#socket.send(frame.slice()); // ws keeps the buffer until it has left
    return true;
  }

  onFrame(take: (frame: Uint8Array) => void): void {
    this.#inbox.open(take);
  }

  /** The other end has some seconds to answer the close (listen-ws.ts), whether it reads or not. */
  close(code: CloseCode): void {
    if (this.#over) return;
    this.#end(code);
    this.#socket.close(NORMAL_CLOSURE);
  }

  /** At once, and without a word to one who would not read it. */
  cut(code: CloseCode): void {
    this.#end(code);
    this.#socket.terminate();
  }

  #takes(bytes: number): boolean {
    return this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount + bytes <= SEND_QUEUE_BYTES;
  }

  #arrived(data: Buffer, binary: boolean): void {
    if (this.#over) {
      if (this.#unruly && ++this.#late > MOST_LATE) this.#socket.terminate();
      return;
    }
    // Not the Buffer itself: its slice() does not copy, which those who take a Uint8Array rely on.
    const frame = new Uint8Array(data.buffer, data.byteOffset, data.length);
    if (!binary) this.close("protocol");
    else if (!this.#inbox.push(frame)) this.close("limit");
  }

  /** Pings and pongs pass by the budget of frames, so they have one of their own; a pong waits as any frame does. */
  #control(answer: () => void): void {
    const now = performance.now();
    if (!this.#pings.has(now)) {
      this.#counters.count("closed_pings");
      this.cut("limit");
      return;
    }
    this.#pings.spend(now);
    if (!this.#over && this.#takes(0)) answer();
  }

  #end(code: CloseCode): void {
    if (this.#over) return;
    this.#over = true;
    this.#unruly = UNRULY.has(code);
    this.#inbox.end();
    this.#resolve(code);
  }
}
