/** An honest newcomer: opens the page, then becomes a neighbour of the node. It tries again, as a browser does. */
import { get } from "node:http";
import { WebSocket } from "ws";
import type { Network } from "#node/api.ts";
import { FrameType } from "#node/messages.ts";
import { core } from "../relay/client.ts";
import { hello, proof, record, type Stranger, transcript } from "../relay/stranger.ts";

export interface Way {
  host: string;
  port: number;
  from: string;
  /** URL path of the page. */
  page: string;
  network: Network;
  /** The WebSocket URL under which the node knows itself. */
  binding: string;
  key: Stranger;
}
const AGAIN_MS = 100;

/** ms until page and link were there; undefined where they were not within `limit` ms. */
export async function visit(way: Way, limit: number): Promise<number | undefined> {
  const begun = performance.now();
  const left = (): number => limit - (performance.now() - begun);
  while (left() > 0) {
    const page = await within(left(), (signal) => fetched(way, signal));
    const linked = page && (await within(left(), (signal) => linkedTo(way, signal)));
    if (linked) return performance.now() - begun;
    await new Promise((next) => setTimeout(next, AGAIN_MS));
  }
  return undefined;
}

/** False where it failed or took too long. */
async function within(ms: number, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
  try {
    await work(signal);
    return true;
  } catch {
    return false; // refused, cut off or late: all the same to a newcomer
  }
}

function fetched({ host, port, from, page }: Way, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get({ host, port, path: page, localAddress: from, agent: false, signal }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error("no page"))));
      answer.on("error", reject);
    });
    asked.on("error", reject);
  });
}

function linkedTo({ host, port, from, network, binding, key }: Way, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = new WebSocket(`ws://${host}:${port}/ws`, { localAddress: from, perMessageDeflate: false });
    const fail = (): void => {
      link.terminate();
      reject(new Error("no link"));
    };
    signal.addEventListener("abort", fail);
    link.on("error", fail);
    link.on("close", fail);
    const own = hello(key, network, binding);
    link.on("open", () => link.send(own));
    link.on("message", (data: Buffer) => {
      const frame = new Uint8Array(data);
      if (frame[1] === FrameType.hello) {
        link.send(proof(key, network, transcript(own, frame)));
        link.send(core.frame(FrameType.record, record(key, network)));
      } else if (frame[1] === FrameType.record) {
        resolve();
        link.close();
      }
    });
  });
}
