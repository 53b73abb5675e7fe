/**
 * Further nodes beside the first, each a process of its own with a data folder of its own: a network on one machine. The
 * first half are anchors, which listen; the rest are plain nodes, which only dial. A process of Node has no WebRTC.
 * They end with their parent however it ends: their channel to it falls (peer.ts). Layer: relay.
 */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "./config.ts";
import { OperatorError } from "./faults.ts";
import { DRAIN_MS } from "./limits.ts";
import type { Role } from "./relay.ts";

/** ms after which a peer that was asked to end is ended: more than its own limit. */
const STUCK_MS = DRAIN_MS + 2_000;
const SCRIPT = fileURLToPath(new URL("peer.ts", import.meta.url));

/** Parent → child, once; child → parent, once. */
export interface PeerOrder {
  config: Config;
  role: Role;
  /** 1 …; 0 is the parent. */
  peer: number;
}
export type PeerNews = { url: string | undefined } | { sentence: string; code: number };

export interface Peers {
  /** One line about each. */
  lines: string[];
  /** Asks all to end, and waits for them. */
  close(): Promise<void>;
}

/** Starts `config.peers` nodes that begin at `url`: anchors first, for plain nodes are found by whom they dial. Throws the
 * OperatorError of the first that does not start. */
export async function startPeers(config: Config, url: string): Promise<Peers> {
  const anchors = Math.ceil(config.peers / 2);
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(ended));
  };
  const begin = async (index: number): Promise<string> => {
    const role: Role = index < anchors ? "anchor" : "plain";
    const child = fork(SCRIPT, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    children.push(child);
    const news = await started(child, { config: configOf(config, url, index), role, peer: index + 1 });
    const what = role === "anchor" ? `anchor at ${news.url}` : "plain node, dials only";
    return `peer ${index + 1} of ${config.peers}: ${what}`;
  };
  const numbers = Array.from({ length: config.peers }, (_, index) => index);
  try {
    const first = await Promise.all(numbers.slice(0, anchors).map(begin));
    return { lines: [...first, ...(await Promise.all(numbers.slice(anchors).map(begin)))], close };
  } catch (error) {
    await close();
    throw error;
  }
}

function configOf(config: Config, url: string, index: number): Config {
  return {
    ...config,
    port: config.port === 0 ? 0 : Number(new URL(url).port) + 1 + index,
    stunPort: undefined,
    peers: 0,
    data: join(config.data, `peer-${index + 1}`),
    bootstrap: [url.replace(/^http/, "ws"), ...config.bootstrap],
  };
}

function started(child: ChildProcess, order: PeerOrder): Promise<{ url: string | undefined }> {
  return new Promise((resolve, reject) => {
    child.once("message", (news: PeerNews) => {
      if ("sentence" in news) reject(new OperatorError(news.sentence, news.code));
      else resolve(news);
    });
    child.once("exit", () => reject(new OperatorError("One of the peers ended before it had started: see above.")));
    child.send(order, (error) => {
      if (error) child.kill(); // it ended before it was told anything: `exit` says so
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const stuck = setTimeout(() => child.kill("SIGKILL"), STUCK_MS);
    child.once("exit", () => {
      clearTimeout(stuck);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}
