/**
 * The attacks by name: what a hostile client does with each connection once it stands. None of them ever ends one of its
 * own accord. The client runs in a process of its own (attacker.ts).
 */
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { Network } from "#node/api.ts";
import { FrameType } from "#node/messages.ts";
import { core } from "../relay/client.ts";
import { hello, proof, record, type Stranger, transcript } from "../relay/stranger.ts";

export interface Target {
  host: string;
  port: number;
  /** The URL path of something large. */
  large: string;
  network: Network;
  /** The WebSocket URL under which the node knows itself. */
  binding: string;
  /** A key with the work that the network asks for. */
  key: Stranger;
}
interface Attack {
  begin(socket: Socket, target: Target): void;
  /** Twenty times a second while the connection stands. */
  goOn?(socket: Socket, target: Target): void;
}

const PIPELINED = 500;
const READS = 7;
const PINGS = 2_000;
/** FIN, ping, 0 B, masked with zeros. */
const PING = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
/** FIN, binary, 60,000 B, masked with zeros: the head and the first two bytes of it. */
const HALF_FRAME = Buffer.from([0x82, 0xfe, 0xea, 0x60, 0, 0, 0, 0, 1, 1]);
const KEY = Buffer.alloc(16, 7).toString("base64");

const octet = (): number => Math.floor(Math.random() * 256);
/** The newcomer's address and the proxy's among them: whoever believes this shuts those out. */
const forged = (): string =>
  ["127.0.0.3", `198.51.100.${octet()}`, "127.0.0.1", "unknown", `2001:db8:${octet()}::1`]
    .filter(() => Math.random() < 0.6)
    .join(", ");
const request = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, "Host: localhost", `X-Forwarded-For: ${forged()}`, ...headers, "", ""].join("\r\n");
const upgrade = (path: string, version = 13): string =>
  request(
    path,
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Version: ${version}`,
    `Sec-WebSocket-Key: ${KEY}`,
  );

/** Takes what comes, and waits for more. */
const listening = (socket: Socket): Socket => socket.resume();
/** About once a second: one who is slow. Eighty thousand writes a second of all of them would be a flood of the machine. */
const isDue = (): boolean => Math.random() < 1 / 20;
/** Writes as long as the system takes it at once. */
const flood = (socket: Socket, bytes: Buffer | string): void => {
  if (!socket.writableNeedDrain) socket.write(bytes);
};

export const ATTACKS = {
  silent: { begin: (socket) => listening(socket) },
  "slow head": {
    begin: (socket) => listening(socket).write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
    goOn: (socket) => {
      if (isDue()) flood(socket, "a");
    },
  },
  "slow read": {
    begin: (socket, { large }) => socket.write(request(large).repeat(READS)),
    goOn: (socket, { large }) => {
      if (isDue()) flood(socket, request(large));
    },
  },
  pipelined: {
    begin: (socket) => listening(socket).write(request("/").repeat(PIPELINED)),
    goOn: (socket) => flood(socket, request("/").repeat(PIPELINED)),
  },
  "refused upgrade": { begin: (socket) => listening(socket).write(upgrade("/nope")) },
  "bad version": { begin: (socket) => listening(socket).write(upgrade("/ws", 99)) },
  "half WebSocket": {
    begin: (socket) => {
      listening(socket).write(upgrade("/ws"));
      socket.once("data", () => {
        socket.write(HALF_FRAME);
        if (Math.random() < 0.5) socket.end(); // half a connection as well
      });
    },
  },
  "link that never reads": { begin: deafLink },
  "ping flood": {
    begin: (socket) => {
      socket.write(upgrade("/ws"));
      socket.once("data", () => socket.pause());
    },
    goOn: (socket) => flood(socket, Buffer.concat(Array.from({ length: PINGS }, () => PING))),
  },
} as const satisfies Record<string, Attack>;
export type AttackName = keyof typeof ATTACKS;
export const attackNamed = (name: AttackName): Attack => ATTACKS[name];

/** Shakes hands as it should, then asks and asks and reads no answer. */
function deafLink(socket: Socket, { host, port, network, binding, key }: Target): void {
  const link = new WebSocket(`ws://${host}:${port}/ws`, {
    createConnection: () => socket,
    headers: { "x-forwarded-for": forged() },
    perMessageDeflate: false,
  });
  link.on("error", () => undefined);
  const own = hello(key, network, binding);
  link.on("open", () => link.send(own));
  link.once("message", (data: Buffer) => {
    link.send(proof(key, network, transcript(own, new Uint8Array(data))));
    link.send(core.frame(FrameType.record, record(key, network)));
    const ping = core.frame(FrameType.ping, core.encode("ping", { id: 7 }));
    for (let sent = 0; sent < PINGS; sent++) link.send(ping);
    link.pause();
  });
}
