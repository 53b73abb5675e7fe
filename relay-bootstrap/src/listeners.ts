/** The ports of an anchor: HTTP and WebSocket on one TCP port, STUN on UDP. Layer: relay. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "./config.ts";
import type { Counters } from "./counters.ts";
import { OperatorError } from "./faults.ts";
import { HEAD_MS, IDLE_MS, LATE_CHECK_MS, REQUEST_MS, TCP_CONNECTIONS } from "./limits.ts";
import { listenStun, type StunServer } from "./stun-server.ts";

export interface Listeners {
  http: Server;
  port: number;
  stun: StunServer;
  close(): Promise<void>;
}

/** Throws an OperatorError that says what to do about a port that cannot be had. */
export async function listen(config: Config, answer: RequestListener, counters: Counters): Promise<Listeners> {
  const limits = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS };
  const http = createServer({ ...limits, connectionsCheckingInterval: LATE_CHECK_MS }, answer);
  http.maxConnections = TCP_CONNECTIONS;
  http.on("drop", () => counters.count("refused_tcp"));
  http.on("clientError", (_error, socket) => {
    counters.count("refused_http");
    socket.destroy();
  });
  const port = await bound(http, config);
  const stunPort = config.stunPort ?? port;
  try {
    const stun = await listenStun(config.host, stunPort, counters);
    const close = async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await Promise.all([closed, stun.close()]);
    };
    return { http, port, stun, close };
  } catch (error) {
    http.close();
    throw sentenceFor(error, "UDP", stunPort, "--stun-port", config.host);
  }
}

function bound(http: Server, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error) => reject(sentenceFor(error, "TCP", config.port, "--port", config.host)));
    http.listen(config.port, config.host, () => {
      http.removeAllListeners("error");
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
