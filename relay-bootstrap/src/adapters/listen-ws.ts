/**
 * WebSocket links, accepted, over `ws` and on the HTTP server of the app: one port for everything. Dialing is left to
 * #adapters/websocket.ts; this is one `Transport` that does both. Origin is not looked at: a node is public, and whoever
 * connects has to prove a NodeID. Layer: adapters.
 *
 * Every refusal is counted by its reason: path, starting, connections, per_host, per_host_minute, per_minute, malformed.
 * Those of the connection itself are the door's (door.ts).
 */
import type { Server } from "node:http";
import { type ServerOptions, WebSocketServer } from "ws";
import { MAX_FRAME } from "#adapters/inbox.ts";
import { WEBSOCKET_PATH } from "#adapters/websocket.ts";
import type { Channel, Signal, Transport } from "#node/ports.ts";
import { HostBuckets } from "../buckets.ts";
import type { Counters } from "../counters.ts";
import { Door, type Refusal, type Visit } from "../door.ts";
import type { ListenLimits } from "../limits.ts";
import { AcceptedChannel } from "./accepted-channel.ts";

const MINUTE_S = 60;
/** A frame is one message; honest ones come in a handful of fragments. */
const MOST_FRAGMENTS = 32;
/** ms that the other end has to answer a close. */
const CLOSE_MS = 2_000;

/** The types of the package are older than `closeTimeout` and `maxFragments`. */
const OPTIONS: ServerOptions & { closeTimeout: number; maxFragments: number } = {
  noServer: true,
  clientTracking: false,
  allowSynchronousEvents: false, // a frame of each link in turn: a flood on some does not keep the others waiting
  autoPong: false, // within a budget (accepted-channel.ts)
  perMessageDeflate: false, // sealed bytes do not shrink
  maxPayload: MAX_FRAME,
  maxFragments: MOST_FRAGMENTS,
  closeTimeout: CLOSE_MS,
};
const MALFORMED: Refusal = {
  reason: "malformed",
  status: "400 Bad Request",
  headers: ["Sec-WebSocket-Version: 13"], // RFC 6455 §4.4: what would be understood
};
const TOO_MANY = "429 Too Many Requests";
const NO_ROOM = "503 Service Unavailable";

export class ListenWs implements Transport {
  readonly kind: number;
  readonly #dialer: Transport;
  readonly #limits: ListenLimits;
  readonly #counters: Counters;
  readonly #door: Door;
  readonly #server = new WebSocketServer(OPTIONS);
  readonly #open = new Set<AcceptedChannel>();
  readonly #visits: HostBuckets;
  #take: ((channel: Channel) => void) | undefined;

  constructor(
    http: Server,
    dialer: Transport,
    limits: ListenLimits,
    counters: Counters,
    door = new Door(http, limits, counters),
  ) {
    this.kind = dialer.kind;
    this.#dialer = dialer;
    this.#limits = limits;
    this.#counters = counters;
    this.#door = door;
    const perMinute = (count: number) => ({ atOnce: count, perSecond: count / MINUTE_S });
    const { perHostMinute, perMinute: inAll } = limits;
    this.#visits = new HostBuckets(perMinute(perHostMinute), performance.now(), perMinute(inAll));
    // With a listener, ws neither answers nor ends what is no WebSocket.
    this.#server.on("wsClientError", (_error, _socket, request) => {
      const held = door.sockets.held(request.socket);
      if (held) door.refuse(held, MALFORMED);
      else request.socket.destroy();
    });
    door.onUpgrade((visit) => this.#upgrade(visit));
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

  #upgrade(visit: Visit): void {
    const { request, held, head } = visit;
    const refusal = this.#refusal(visit);
    if (refusal) {
      this.#door.refuse(held, refusal);
      return;
    }
    this.#server.handleUpgrade(request, held.socket, head, (accepted) => {
      const take = this.#take;
      if (!take) {
        accepted.terminate();
        return;
      }
      const channel = new AcceptedChannel(accepted, this.#limits, this.#counters);
      this.#door.sockets.becomesLink(held, () => channel.cut("backpressure"));
      this.#open.add(channel);
      void channel.gone.then(() => this.#open.delete(channel));
      this.#counters.count("accepted");
      take(channel);
    });
  }

  #refusal({ request, host, exempt }: Visit): Refusal | undefined {
    const { sockets } = this.#door;
    if ((request.url ?? "").split("?", 1)[0] !== WEBSOCKET_PATH) return { reason: "path", status: "404 Not Found" };
    if (!this.#take) return { reason: "starting", status: NO_ROOM };
    if (!exempt && sockets.linksOf(host) >= this.#limits.perHost) return { reason: "per_host", status: TOO_MANY };
    const spent = this.#visits.take(host, performance.now(), exempt);
    if (spent === "host") return { reason: "per_host_minute", status: TOO_MANY };
    if (spent === "all") return { reason: "per_minute", status: TOO_MANY };
    if (!sockets.hasRoomForLink(host)) return { reason: "connections", status: NO_ROOM };
    return undefined;
  }
}
