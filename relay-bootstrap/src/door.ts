/**
 * The door of the TCP port: who comes in, and how everyone gets out again. It stands before the HTTP server, so a host that
 * is too fast or holds too much costs no parser and keeps no descriptor; it knows a client behind a trusted proxy by its
 * own address; and whom it refuses it lets go of. Layer: relay.
 *
 * Every refusal is counted by its reason. Here: sockets, sockets_per_host, arrivals_per_host, requests_per_host, pipelined,
 * method, http. In adapters/listen-ws.ts: those of WebSockets.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { hostKey, isThisMachine } from "./address.ts";
import { HostBuckets } from "./buckets.ts";
import type { Counters } from "./counters.ts";
import type { ListenLimits } from "./limits.ts";
import { TrustedProxies } from "./proxies.ts";
import { type Held, Sockets } from "./sockets.ts";

/** Who asks for a WebSocket, past the limits of every request. */
export interface Visit {
  request: IncomingMessage;
  held: Held;
  head: Buffer;
  host: string;
  /** From the limits per host. */
  exempt: boolean;
}
export interface Refusal {
  reason: string;
  /** "429 Too Many Requests" */
  status: string;
  headers?: readonly string[];
}
const TOO_MANY = 429;
const EXPECTATION_FAILED = 417;
/** s after which it is worth trying again, by the slowest of the buckets. */
const RETRY_S = "5";

export class Door {
  readonly sockets: Sockets;
  readonly #limits: ListenLimits;
  readonly #counters: Counters;
  readonly #proxies: TrustedProxies;
  readonly #arrivals: HostBuckets;
  readonly #requests: HostBuckets;
  readonly #sweeping: NodeJS.Timeout;
  #take: ((visit: Visit) => void) | undefined;

  constructor(http: Server, limits: ListenLimits, counters: Counters, proxies = new TrustedProxies([])) {
    this.sockets = new Sockets(limits, counters);
    this.#limits = limits;
    this.#counters = counters;
    this.#proxies = proxies;
    const now = performance.now();
    this.#arrivals = new HostBuckets({ atOnce: limits.arrivalsAtOnce, perSecond: limits.arrivalsPerSecond }, now);
    this.#requests = new HostBuckets({ atOnce: limits.requestsAtOnce, perSecond: limits.requestsPerSecond }, now);
    this.#sweeping = setInterval(() => this.sockets.sweep(performance.now()), limits.lateCheckMs);
    this.#sweeping.unref();
    this.#stand(http);
  }

  /** Who asks for a WebSocket is handed over; until then, and without a taker, it is refused. */
  onUpgrade(take: (visit: Visit) => void): void {
    this.#take = take;
  }

  /** `answer`, for requests that are within limits. */
  guarding(answer: RequestListener): RequestListener {
    return (request, response) => {
      const held = this.sockets.held(request.socket);
      if (!held) {
        request.socket.destroy(); // it was pushed out a moment ago
        stopParsing(request.socket);
        return;
      }
      if (held.asked >= this.#limits.pipelined) {
        this.#end(held.socket, "pipelined");
        stopParsing(held.socket);
        return;
      }
      const { host, exempt } = this.#client(request);
      this.sockets.asks(held);
      response.once("close", () => this.#answered(held));
      const reason = this.#tooMuch(held, host, exempt);
      this.sockets.own(held, host);
      if (reason) this.#turnAway(response, reason);
      else answer(request, response);
    };
  }

  /** Answers an upgrade with a refusal, and lets go of its connection. */
  refuse({ socket }: Held, { reason, status, headers = [] }: Refusal): void {
    this.#counters.count(`refused_${reason}`);
    const lines = [`HTTP/1.1 ${status}`, "Connection: close", "Content-Length: 0", ...headers];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.destroySoon(); // and where the other end takes not even this, the sweep ends it
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.sockets.close();
  }

  #stand(http: Server): void {
    const serving = http.listeners("connection") as ((this: Server, socket: Socket) => void)[];
    http.removeAllListeners("connection");
    http.on("connection", (socket: Socket) => {
      if (this.#enters(socket)) for (const serve of serving) serve.call(http, socket);
    });
    http.on("upgrade", (request, _socket, head) => this.#upgrade(request, head));
    // Without a listener Node answers these by itself, past every limit.
    http.on("checkExpectation", this.guarding(unmet));
    http.on("connect", (request) => this.#end(request.socket, "method"));
    http.on("clientError", (_error, socket) => {
      if (!socket.destroyed) this.#end(socket as Socket, "http");
    });
  }

  /** A refusal here is a reset: it leaves nothing behind, not even in the system's tables. */
  #enters(socket: Socket): boolean {
    const peer = socket.remoteAddress;
    if (peer === undefined) {
      socket.destroy(); // gone before we looked
      return false;
    }
    const host = this.#proxies.has(peer) ? undefined : hostKey(peer);
    const limited = host !== undefined && !this.#isExempt(peer);
    const reason = (limited && this.#tooMany(host)) || (this.sockets.makeRoom(host) ? undefined : "sockets");
    if (reason) {
      this.#counters.count(`refused_${reason}`);
      socket.resetAndDestroy();
      return false;
    }
    this.sockets.add(socket, host, performance.now());
    return true;
  }

  #tooMany(host: string): string | undefined {
    if (this.sockets.openOf(host) >= this.#limits.socketsPerHost) return "sockets_per_host";
    return this.#arrivals.take(host, performance.now()) && "arrivals_per_host";
  }

  #upgrade(request: IncomingMessage, head: Buffer): void {
    const { socket } = request;
    socket.on("error", () => socket.destroy()); // the HTTP server has let go of it
    const held = this.sockets.held(socket);
    if (!held) {
      socket.destroy();
      return;
    }
    // The answers before it would be written into the WebSocket.
    if (held.asked > 0) {
      this.#end(socket, "pipelined");
      return;
    }
    const { host, exempt } = this.#client(request);
    const reason = this.#tooMuch(held, host, exempt);
    this.sockets.own(held, host);
    if (reason) this.refuse(held, { reason, status: "429 Too Many Requests" });
    else if (!this.#take) this.refuse(held, { reason: "starting", status: "503 Service Unavailable" });
    else this.#take({ request, held, head, host, exempt });
  }

  /** Why this request is one too many. A connection from the host itself was counted when it came. */
  #tooMuch(held: Held, host: string, exempt: boolean): string | undefined {
    if (exempt) return undefined;
    if (held.host !== host && this.sockets.openOf(host) >= this.#limits.socketsPerHost) return "sockets_per_host";
    return this.#requests.take(host, performance.now()) && "requests_per_host";
  }

  #client({ socket, headers }: IncomingMessage): { host: string; exempt: boolean } {
    const peer = socket.remoteAddress ?? "";
    const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",");
    if (forwarded && !this.#proxies.has(peer)) this.#counters.count("forwarded_untrusted");
    const client = this.#proxies.clientOf(peer, forwarded || undefined);
    return { host: hostKey(client), exempt: this.#isExempt(client) };
  }

  #isExempt(address: string): boolean {
    return this.#limits.exemptLoopback && isThisMachine(address);
  }

  /** An idle connection of a proxy is nobody's. */
  #answered(held: Held): void {
    this.sockets.answered(held, performance.now());
    const peer = held.socket.remoteAddress;
    if (held.asked === 0 && !held.link && peer !== undefined && this.#proxies.has(peer)) {
      this.sockets.own(held, undefined);
    }
  }

  #turnAway(response: ServerResponse, reason: string): void {
    this.#counters.count(`refused_${reason}`);
    response.writeHead(TOO_MANY, { connection: "close", "content-length": 0, "retry-after": RETRY_S }).end();
  }

  #end(socket: Socket, reason: string): void {
    this.#counters.count(`refused_${reason}`);
    socket.destroy();
  }
}

/** RFC 9110 §10.1.1 */
const unmet: RequestListener = (_request, response) => {
  response.writeHead(EXPECTATION_FAILED, { connection: "close", "content-length": 0 }).end();
};

/** What the parser of Node takes for "the rest is no HTTP": it stops in the middle of what it has read. */
const STOP = 2;

/** A chunk holds up to a thousand requests, each of them made whole, and nothing public stops the parser within it once
 * the connection is over. Where Node should lose this, such a flood costs more and everything else holds. */
function stopParsing(socket: Socket): void {
  if ("parser" in socket && isParser(socket.parser)) socket.parser.onIncoming = () => STOP;
}

const isParser = (parser: unknown): parser is { onIncoming: () => number } =>
  typeof parser === "object" && parser !== null && "onIncoming" in parser;
