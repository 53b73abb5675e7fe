/**
 * What a bootstrap node may be told, from flags and from `NODUS_<FLAG>` in the environment; a flag wins. Checked in full
 * before anything starts. Not here: limits, which nobody has asked to change (limits.ts). Layer: relay.
 */
import { join, resolve } from "node:path";
import { canonicalUrl } from "#adapters/websocket.ts";
import type { Network } from "#node/api.ts";
import { isLoopback } from "#node/url.ts";
import { OperatorError } from "./faults.ts";
import type { ListenLimits } from "./limits.ts";
import { networkIn } from "./proxies.ts";

export interface Config {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Undefined: the number of the TCP port. */
  stunPort: number | undefined;
  /** https://host[:port] under which the rest of the world reaches this node; without it the node is for this machine. */
  publicUrl: string | undefined;
  /** Further nodes to run beside this one. */
  peers: number;
  data: string;
  /** Canonical WebSocket URLs. */
  bootstrap: string[];
  /** "ADDRESS/BITS" of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  network: Network;
  testing: Testing;
}
/** Levers for tests, from NODUS_UNSAFE_TESTING (JSON). */
interface Testing {
  /** Added to the wall clock, ms. */
  wallOffset?: number;
  /** NodeIDs in hex with which no link is made. */
  refusePeers?: string[];
  listen?: Partial<ListenLimits>;
}

const MAIN = "nodus/1/main";
const LOCAL = "nodus/1/local";
/** Tier 1 for main and local: a node with less work is refused there (protocol.md §1). */
const BITS = 22;
const MOST_BITS = 40;
const MOST_PEERS = 64;
/** The app takes no other name from its host. */
const NETWORK_NAME = /^nodus\/1\/[\w./-]{1,64}$/;

/** Name → what it takes and does; `--help` is made of it. */
const FLAGS = {
  port: ["N", "TCP port of the app and of WebSocket links (8787)"],
  host: ["ADDRESS", "address to listen on (127.0.0.1; with --public-url 0.0.0.0)"],
  "stun-port": ["N", "UDP port of STUN (the number of the TCP port)"],
  "public-url": ["URL", "https:// address under which others reach this node"],
  peers: ["N", "run N further nodes on this machine, half of them anchors (0)"],
  data: ["FOLDER", "where the node keeps its key and its cells (.nodus)"],
  bootstrap: ["URL", "a node to begin with; may be repeated"],
  "trusted-proxy": [
    "ADDRESS[/BITS]",
    "a proxy before this node, whose X-Forwarded-For tells who asks; may be repeated",
  ],
  network: ["NAME", `name of the network (${LOCAL})`],
  bits: ["N", `proof of work of a network of your own (${BITS})`],
} as const;
type Flag = keyof typeof FLAGS;

export function help(): string {
  const lines = Object.entries(FLAGS).map(([flag, [value, what]]) => `  ${`--${flag} ${value}`.padEnd(32)} ${what}`);
  return [
    "nodus-relay: a bootstrap node. It serves the app, lets newcomers in, answers STUN and keeps sealed cells.",
    "",
    ...lines,
    "",
    "Each flag can also be given as NODUS_<FLAG> in the environment, for example NODUS_PORT=8787.",
  ].join("\n");
}

/** Throws an OperatorError that names the first thing wrong. "help" where only the help was asked for. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config | "help" {
  if (args.includes("--help") || args.includes("-h")) return "help";
  const given = { ...fromEnvironment(env), ...fromArguments(args) };
  const one = (flag: Flag): string | undefined => given[flag]?.at(-1);
  const publicUrl = publicUrlOf(one("public-url"));
  const peers = wholeNumber("peers", one("peers"), 0, MOST_PEERS) ?? 0;
  if (peers > 0 && publicUrl) {
    throw new OperatorError("--peers runs a network on this machine alone: leave it out, or leave out --public-url.");
  }
  return {
    host: one("host") ?? (publicUrl ? "0.0.0.0" : "127.0.0.1"),
    port: wholeNumber("port", one("port"), 0, 65_535) ?? 8787,
    stunPort: wholeNumber("stun-port", one("stun-port"), 0, 65_535),
    publicUrl,
    peers,
    data: resolve(one("data") ?? join(".", ".nodus")),
    bootstrap: (given.bootstrap ?? []).flatMap((urls) => urls.split(",")).map(bootstrapUrl),
    trustedProxies: (given["trusted-proxy"] ?? []).flatMap((list) => list.split(",")).map(trustedProxy),
    network: networkOf(one("network") ?? LOCAL, wholeNumber("bits", one("bits"), 0, MOST_BITS)),
    testing: testingOf(env["NODUS_UNSAFE_TESTING"]),
  };
}

type Given = Partial<Record<Flag, string[]>>;

function fromArguments(args: readonly string[]): Given {
  const given: Given = {};
  for (let at = 0; at < args.length; at++) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(args[at] ?? "") ?? [];
    if (!name || !(name in FLAGS)) {
      throw new OperatorError(`${args[at]} is not an option of this program: --help lists them.`);
    }
    const taken = value ?? args[++at];
    if (taken === undefined) throw new OperatorError(`--${name} needs a value: --help says which.`);
    const flag = name as Flag;
    given[flag] = [...(given[flag] ?? []), taken];
  }
  return given;
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Given {
  const given: Given = {};
  for (const flag of Object.keys(FLAGS) as Flag[]) {
    const value = env[`NODUS_${flag.toUpperCase().replaceAll("-", "_")}`];
    if (value) given[flag] = [value];
  }
  return given;
}

function wholeNumber(flag: Flag, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new OperatorError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** Address bars show http(s); links speak ws(s). */
const asSocket = (text: string): string => text.replace(/^http/i, "ws");

function bootstrapUrl(text: string): string {
  const url = canonicalUrl(asSocket(text.trim()));
  if (url) return url;
  throw new OperatorError(`--bootstrap takes wss://host[:port], or ws:// to this machine, not "${text}".`);
}

function trustedProxy(text: string): string {
  const network = networkIn(text);
  if (network) return network;
  throw new OperatorError(`--trusted-proxy takes an address such as 127.0.0.1 or 10.0.0.0/8, not "${text}".`);
}

function publicUrlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = canonicalUrl(asSocket(text));
  if (url?.startsWith("wss://") && !isLoopback(new URL(url).hostname)) return url.replace(/^ws/, "http");
  throw new OperatorError(`--public-url takes https://host[:port] that others can reach, not "${text}".`);
}

function networkOf(name: string, bits: number | undefined): Network {
  if (!NETWORK_NAME.test(name)) {
    throw new OperatorError(`--network takes nodus/1/ and a name of letters, digits, dots and dashes, not "${name}".`);
  }
  if (bits !== undefined && bits !== BITS && (name === MAIN || name === LOCAL)) {
    throw new OperatorError(`${name} asks for ${BITS} bits of every node: give a --network of your own beside --bits.`);
  }
  return { name, bits: bits ?? BITS, loopbackExempt: name !== MAIN };
}

function testingOf(text: string | undefined): Testing {
  if (!text) return {};
  try {
    return JSON.parse(text) as Testing;
  } catch {
    throw new OperatorError("NODUS_UNSAFE_TESTING is not JSON: leave it out, it is for tests only.");
  }
}
