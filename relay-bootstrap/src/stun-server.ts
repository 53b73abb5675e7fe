/** The UDP socket that answers STUN binding requests: each within limits, each refusal counted. Layer: relay. */
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { addressBytes, hostKey } from "./address.ts";
import { HostBuckets } from "./buckets.ts";
import type { Counters } from "./counters.ts";
import { STUN_IN_ALL, STUN_PER_HOST } from "./limits.ts";
import { readRequest, writeAnswer } from "./stun.ts";

/** What a second lets in may also come at once. */
const perSecond = (count: number): { atOnce: number; perSecond: number } => ({ atOnce: count, perSecond: count });

export interface StunServer {
  port: number;
  close(): Promise<void>;
}

/** Rejects with the system's error where the port cannot be had. */
export async function listenStun(host: string, port: number, counters: Counters): Promise<StunServer> {
  const six = isIPv6(host);
  const socket = createSocket(six ? "udp6" : "udp4");
  const hosts = new HostBuckets(perSecond(STUN_PER_HOST), performance.now(), perSecond(STUN_IN_ALL));
  socket.on("message", (bytes, from) => {
    const request = readRequest(bytes);
    if (!request) counters.count("stun_ignored");
    else if (hosts.take(hostKey(from.address), performance.now())) counters.count("stun_limited");
    else {
      counters.count("stun_answered");
      socket.send(writeAnswer(request, addressBytes(from.address), from.port), from.port, from.address);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.off("error", reject);
      // An unreachable asker is no fault of ours.
      socket.on("error", () => counters.count("stun_errors"));
      resolve();
    });
  });
  return { port: socket.address().port, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}
