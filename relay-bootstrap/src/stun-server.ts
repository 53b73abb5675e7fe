/** The UDP socket that answers STUN binding requests: each within limits, each refusal counted. Layer: relay. */
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { addressBytes, hostKey } from "./address.ts";
import type { Counters } from "./counters.ts";
import { STUN_IN_ALL, STUN_PER_HOST } from "./limits.ts";
import { readRequest, writeAnswer } from "./stun.ts";

const WINDOW_MS = 1_000;

export interface StunServer {
  port: number;
  close(): Promise<void>;
}

/** Rejects with the system's error where the port cannot be had. */
export async function listenStun(host: string, port: number, counters: Counters): Promise<StunServer> {
  const six = isIPv6(host);
  const socket = createSocket(six ? "udp6" : "udp4");
  const fits = perSecond();
  socket.on("message", (bytes, from) => {
    const request = readRequest(bytes);
    if (!request) counters.count("stun_ignored");
    else if (!fits(hostKey(from.address))) counters.count("stun_limited");
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

/** Counts anew each second; the table holds no more hosts than answers in a second. */
function perSecond(): (host: string) => boolean {
  let since = 0;
  let answers = 0;
  const hosts = new Map<string, number>();
  return (host) => {
    const now = performance.now();
    if (now - since >= WINDOW_MS) {
      since = now;
      answers = 0;
      hosts.clear();
    }
    const before = hosts.get(host) ?? 0;
    if (answers >= STUN_IN_ALL || before >= STUN_PER_HOST) return false;
    answers++;
    hosts.set(host, before + 1);
    return true;
  };
}
