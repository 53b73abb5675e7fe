/**
 * One node of this process from its data folder to its end: an anchor, which listens, or a plain one, which only dials.
 * It is the ordinary `Node`; what is here is what surrounds it. Layer: relay.
 */
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { fileURLToPath } from "node:url";
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import type { Node, NodeOptions } from "#node/api.ts";
import { ANCHOR, TAB } from "#node/limits.ts";
import { AddressKind } from "#node/messages.ts";
import { createNode } from "#node/node.ts";
import type { Transport } from "#node/ports.ts";
import { ListenWs } from "./adapters/listen-ws.ts";
import type { Config } from "./config.ts";
import { Counters } from "./counters.ts";
import { openData } from "./data.ts";
import { readApp } from "./files.ts";
import { Health } from "./health.ts";
import { answering } from "./http.ts";
import { countUp } from "./incarnation.ts";
import { DRAIN_MS } from "./limits.ts";
import { type Listeners, listen } from "./listeners.ts";
import { jsonLog } from "./log.ts";
import type { Lines } from "./output.ts";
import { beginStore, wasRead, watch } from "./watch.ts";

const ROOT = new URL("../../", import.meta.url);
const CORE_FILE = fileURLToPath(new URL("core-wasm/pkg/nodus_core_bg.wasm", ROOT));
const APP_FOLDER = fileURLToPath(new URL("dist/web", ROOT));
/** How often the log says what was refused and answered. */
const REPORT_MS = 600_000;

export type Role = "anchor" | "plain";
export interface Relay {
  /** Where the app is served; undefined for a plain node. */
  url: string | undefined;
  appBuilt: boolean;
  /** It has a link to another node; the first of a network waits for that. */
  linked: Promise<void>;
  /** Leaves the network, saves, closes; at most DRAIN_MS. */
  close(): Promise<void>;
}

/** `peer`: its number among several of this machine, 0 for the first. Throws an OperatorError where the operator can mend
 * it. */
export async function startRelay(config: Config, role: Role, peer: number, output: Lines): Promise<Relay> {
  const clock = systemClock(config.testing.wallOffset);
  const log = jsonLog(output, clock.wall, { peer });
  const health = new Health(log, clock.wall());
  const core = coreOf(readFileSync(CORE_FILE));
  const solver = new SliceSolver(core, setImmediate);
  const note = (event: string, what: string): void => log.event(event, { what });
  const data = openData(config.data, note);
  const counters = new Counters();
  let node: Node | undefined;
  let ports: Listeners | undefined;
  let transport: Transport = new WebSocketDialer();
  let appBuilt = false;
  if (role === "anchor") {
    const app = readApp(APP_FOLDER);
    appBuilt = app !== undefined;
    const document = (): unknown => ports && documentOf(config, ports, node);
    ports = await listen(config, answering({ app, document, ready: () => health.ready }), counters);
    transport = new ListenWs(ports.http, transport, ports.limits, counters, ports.door);
  }
  const { refusePeers } = config.testing;
  const keys = await data.keys(config.network, { core, random: systemRandom, solver });
  const { store, began } = beginStore(data, { wall: clock.wall, note }, health);
  const { incarnation, isFull } = await countUp(store, data.incarnation, clock.wall());
  const options: NodeOptions = {
    network: config.network,
    ports: { clock, random: systemRandom, core, storage: store, solver, log },
    transports: [transport],
    addresses: ports ? addressesOf(config, ports) : [],
    store: began !== undefined,
    bootstrap: config.bootstrap,
    keys,
    incarnation,
    limits: role === "anchor" ? ANCHOR : TAB,
    unsafeTesting: refusePeers ? { refusePeers } : {},
  };
  const running = await createNode(options);
  node = running;
  const linked = new Promise<void>((resolve) => {
    running.on("links", () => running.online() && resolve());
    if (running.online()) resolve();
  });
  log.event("serving", { role, version: version(), app: appBuilt });
  const unwatch = watch({ node: running, store: began, incarnation, health, clock, log, isFull });
  // The listener's refusals and the node's, by reason: numbers alone.
  const counted = (): Record<string, number> => ({ ...counters.all(), ...running.stats().counters });
  const report = setInterval(() => log.event("counted", counted()), REPORT_MS);

  const close = async (): Promise<void> => {
    clearInterval(report);
    unwatch();
    node = undefined;
    const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), DRAIN_MS).unref());
    const result = await Promise.race([drain(running, transport, ports), late]);
    await store.close();
    data.close();
    log.event("ended", { drained: result !== "late", ...counted() });
  };
  await wasRead(running);
  return { url: ports && linkOf(config, ports.port), appBuilt, linked, close };
}

async function drain(node: Node, transport: Transport, ports: Listeners | undefined): Promise<void> {
  await node.close();
  await transport.close();
  await ports?.close();
}

/** The address bar of a person on this machine, or of everyone. */
const linkOf = (config: Config, port: number): string => config.publicUrl ?? `http://localhost:${port}`;

function addressesOf(config: Config, ports: Listeners): { kind: number; text: string }[] {
  const link = linkOf(config, ports.port);
  return [
    { kind: AddressKind.websocket, text: link.replace(/^http/, "ws") },
    { kind: AddressKind.stun, text: stunOf(config, ports) },
  ];
}

/** On this machine by number: the name stands for ::1 as well, and a browser waits 2 s for the one that is silent. */
function stunOf(config: Config, ports: Listeners): string {
  const local = isIPv6(config.host) ? "[::1]" : "127.0.0.1";
  const host = config.publicUrl ? new URL(config.publicUrl).hostname : local;
  return `${host}:${ports.stun.port}`;
}

/** /.well-known/nodus.json: all that a page or another node needs in order to begin here. The network is told from the
 * first moment, for a page that is opened while the node still makes its key; the record once there is a node. */
function documentOf(config: Config, ports: Listeners, node: Node | undefined): unknown {
  return {
    network: { name: config.network.name, bits: config.network.bits },
    version: version(),
    record: node && Buffer.from(node.record()).toString("base64url"),
    stun: [`stun:${stunOf(config, ports)}`],
    limits: {
      links: ANCHOR.linksMax,
      connectionsPerHost: ports.limits.perHost,
      connectionsPerHostAndMinute: ports.limits.perHostMinute,
      framesPerSecond: ANCHOR.framesPerSecond,
      frameBurst: ANCHOR.frameBurst,
      bytesPerSecond: ANCHOR.bytesPerSecond,
    },
  };
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as { version: string }).version;
}
