/** The ports of an anchor: HTTP and WebSocket on one TCP port, STUN on UDP. Layer: relay. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "./config.ts";
import type { Counters } from "./counters.ts";
import { socketsAllowed } from "./descriptors.ts";
import { Door } from "./door.ts";
import { OperatorError } from "./faults.ts";
import { BACKLOG, LINK_PART, LISTEN, type ListenLimits } from "./limits.ts";
import { TrustedProxies } from "./proxies.ts";
import { listenStun, type StunServer } from "./stun-server.ts";

export interface Listeners {
  http: Server;
  door: Door;
  limits: ListenLimits;
  port: number;
  stun: StunServer;
  close(): Promise<void>;
}

/** Those of this node: of its network, of the descriptors that the system gives it, and what a test changes. */
function limitsOf({ network, testing }: Config): ListenLimits {
  const limits = { ...LISTEN, exemptLoopback: network.loopbackExempt, ...testing.listen };
  const sockets = socketsAllowed(limits.sockets);
  return { ...limits, sockets, connections: Math.min(limits.connections, Math.floor(sockets * LINK_PART)) };
}

/** Throws an OperatorError that says what to do about a port that cannot be had. */
export async function listen(config: Config, answer: RequestListener, counters: Counters): Promise<Listeners> {
  const limits = limitsOf(config);
  const http = createServer({
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.lateCheckMs,
  });
  const door = new Door(http, limits, counters, new TrustedProxies(config.trustedProxies));
  http.on("request", door.guarding(answer));
  const port = await bound(http, config, counters);
  const stunPort = config.stunPort ?? port;
  try {
    const stun = await listenStun(config.host, stunPort, counters);
    const close = async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      door.close();
      await Promise.all([closed, stun.close()]);
    };
    return { http, door, limits, port, stun, close };
  } catch (error) {
    http.close();
    door.close();
    throw sentenceFor(error, "UDP", stunPort, "--stun-port", config.host);
  }
}

function bound(http: Server, config: Config, counters: Counters): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(sentenceFor(error, "TCP", config.port, "--port", config.host));
    http.once("error", failed);
    http.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => {
      http.off("error", failed);
      http.on("error", () => counters.count("accept_errors")); // one that could not be taken must not end the others
      resolve((http.address() as AddressInfo).port);
    });
  });
}

function sentenceFor(error: unknown, kind: string, port: number, flag: string, host: string): OperatorError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const sentences: Record<string, string> = {
    EADDRINUSE: `${kind} port ${port} is taken: end the program that uses it, or choose another with ${flag}.`,
    EACCES: `${kind} port ${port} may not be used by this user: choose one above 1023 with ${flag}.`,
    EADDRNOTAVAIL: `This machine has no address ${host}: choose another with --host.`,
    ENOTFOUND: `This machine has no address ${host}: choose another with --host.`,
  };
  return new OperatorError(sentences[code] ?? `${kind} port ${port} cannot be used (${code}).`);
}
