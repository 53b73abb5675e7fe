/**
 * WebSocket links, accepted, over `ws` and on the HTTP server of the app: one port for everything. Dialing is left to
 * #adapters/websocket.ts; this is one `Transport` that does both. Origin is not looked at: a node is public, and whoever
 * connects has to prove a NodeID. Layer: adapters.
 *
 * Every refusal is counted by its reason: path, starting, connections, per_host, per_host_minute, per_minute.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { Inbox, MAX_FRAME } from "#adapters/inbox.ts";
import { WEBSOCKET_PATH } from "#adapters/websocket.ts";
import type { Channel, CloseCode, Signal, Transport } from "#node/ports.ts";
import { hostKey, isThisMachine } from "../address.ts";
import type { Counters } from "../counters.ts";
import type { ListenLimits } from "../limits.ts";

const MINUTE_MS = 60_000;
/** A frame is one message; honest ones come in a handful of fragments. */
const MOST_FRAGMENTS = 32;
/** ms that the other end has to answer a close. */
const CLOSE_MS = 2_000;
/** Bytes that wait for one client before `send` says no: a few of the largest frames, times all the links of an anchor. */
const SEND_QUEUE_BYTES = 256 * 1024;
const NORMAL_CLOSURE = 1000; // RFC 6455 §7.4.1

/** The types of the package are older than `closeTimeout` and `maxFragments`. */
const OPTIONS: ServerOptions & { closeTimeout: number; maxFragments: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false, // sealed bytes do not shrink
  maxPayload: MAX_FRAME,
  maxFragments: MOST_FRAGMENTS,
  closeTimeout: CLOSE_MS,
};

export class ListenWs implements Transport {
  readonly kind: number;
  readonly #dialer: Transport;
  readonly #limits: ListenLimits;
  readonly #counters: Counters;
  readonly #server: WebSocketServer;
  readonly #open = new Set<AcceptedChannel>();
  readonly #hosts = new Map<string, { open: number; recent: number }>();
  #minute = 0;
  #recent = 0;
  #take: ((channel: Channel) => void) | undefined;

  constructor(http: Server, dialer: Transport, limits: ListenLimits, counters: Counters) {
    this.kind = dialer.kind;
    this.#dialer = dialer;
    this.#limits = limits;
    this.#counters = counters;
    this.#server = new WebSocketServer(OPTIONS);
    this.#server.on("wsClientError", () => counters.count("refused_malformed"));
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  dial(address: Uint8Array, signal: Signal): Promise<Channel> {
    return this.#dialer.dial(address, signal);
  }

  /** Until this is called, and after `close`, everyone is refused. */
  onChannel(take: (channel: Channel) => void): void {
    this.#take = take;
  }

  get connections(): number {
    return this.#open.size;
  }

  async close(): Promise<void> {
    this.#take = undefined;
    const ends = [...this.#open].map((channel) => channel.gone);
    for (const channel of this.#open) channel.close("local");
    await Promise.all([...ends, this.#dialer.close()]);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const address = request.socket.remoteAddress ?? "";
    const host = hostKey(address);
    const refusal = this.#refusal(request, host, this.#limits.exemptLoopback && isThisMachine(address));
    if (refusal) {
      this.#counters.count(`refused_${refusal.reason}`);
      socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const state = this.#hosts.get(host) ?? { open: 0, recent: 0 };
    this.#hosts.set(host, state);
    this.#recent++;
    state.recent++;
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      if (!this.#take) {
        accepted.terminate();
        return;
      }
      state.open++;
      const channel = new AcceptedChannel(accepted, this.#limits.stuckAfter, this.#counters);
      this.#open.add(channel);
      void channel.gone.then(() => {
        this.#open.delete(channel);
        state.open--;
      });
      this.#counters.count("accepted");
      this.#take(channel);
    });
  }

  #refusal(request: IncomingMessage, host: string, exempt: boolean): { reason: string; status: string } | undefined {
    const limits = this.#limits;
    this.#turnMinute();
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== WEBSOCKET_PATH) return { reason: "path", status: "404 Not Found" };
    if (!this.#take) return { reason: "starting", status: "503 Service Unavailable" };
    if (this.#open.size >= limits.connections) return { reason: "connections", status: "503 Service Unavailable" };
    const tooMany = "429 Too Many Requests";
    if (this.#recent >= limits.perMinute) return { reason: "per_minute", status: tooMany };
    const state = this.#hosts.get(host);
    if (exempt || !state) return undefined;
    if (state.open >= limits.perHost) return { reason: "per_host", status: tooMany };
    if (state.recent >= limits.perHostMinute) return { reason: "per_host_minute", status: tooMany };
    return undefined;
  }

  /** The table of hosts holds no more than the open connections and those of this minute. */
  #turnMinute(): void {
    const minute = Math.floor(performance.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#recent = 0;
    for (const [host, state] of this.#hosts) {
      state.recent = 0;
      if (state.open === 0) this.#hosts.delete(host);
    }
  }
}

class AcceptedChannel implements Channel {
  readonly carrier = "websocket";
  readonly binding = { kind: "listener" } as const;
  readonly closed: Promise<CloseCode>;
  /** The connection itself is over: the last frames have left. */
  readonly gone: Promise<void>;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();
  readonly #stuckAfter: number;
  readonly #counters: Counters;
  /** When it first refused a frame since it last took one. */
  #stuckSince: number | undefined;
  #resolve: (code: CloseCode) => void = () => undefined;
  #over = false;

  constructor(socket: WebSocket, stuckAfter: number, counters: Counters) {
    this.#socket = socket;
    this.#stuckAfter = stuckAfter;
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
  }

  send(frame: Uint8Array): boolean {
    if (this.#over || this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.#socket.bufferedAmount + frame.length > SEND_QUEUE_BYTES) return this.#stuck();
    this.#stuckSince = undefined;
    this.#socket.send(frame.slice()); // ws keeps the buffer until it has left
    return true;
  }

  onFrame(take: (frame: Uint8Array) => void): void {
    this.#inbox.open(take);
  }

  close(code: CloseCode): void {
    if (this.#over) return;
    this.#end(code);
    if (code === "backpressure") this.#socket.terminate();
    else this.#socket.close(NORMAL_CLOSURE);
  }

  /** A client that takes nothing for long holds memory that others need. */
  #stuck(): false {
    const now = performance.now();
    this.#stuckSince ??= now;
    if (now - this.#stuckSince >= this.#stuckAfter) {
      this.#counters.count("closed_backpressure");
      this.close("backpressure");
    }
    return false;
  }

  #arrived(data: Buffer, binary: boolean): void {
    if (this.#over) return;
    // Not the Buffer itself: its slice() does not copy, which those who take a Uint8Array rely on.
    const frame = new Uint8Array(data.buffer, data.byteOffset, data.length);
    if (!binary) this.close("protocol");
    else if (!this.#inbox.push(frame)) this.close("limit");
  }

  #end(code: CloseCode): void {
    if (this.#over) return;
    this.#over = true;
    this.#inbox.end();
    this.#resolve(code);
  }
}
