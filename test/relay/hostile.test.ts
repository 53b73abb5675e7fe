/** A stranger with a socket against a real bootstrap node: it stays up, keeps its memory, and counts what it refused. */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { systemRandom } from "#adapters/random.ts";
import type { Node } from "#node/api.ts";
import { concat, u8 } from "#node/bytes.ts";
import { FrameType, type Hello } from "#node/messages.ts";
import { client, core, NETWORK } from "./client.ts";
import { cleanUp, type Running, start, until } from "./process.ts";
import { HEAD, hello as helloTo, proof, record, type Stranger, transcript } from "./stranger.ts";

const MIB = 1024 * 1024;
const GARBAGE = 10_000;
const FLOOD = 5_000;
const SLOW = 40;
/** What a node may grow while it is being filled with noise: its own rubbish until it is collected. */
const MEMORY_SLACK = 96 * MIB;

let relay: Running;
let socketUrl: string;
const nodes: Node[] = [];
const sockets: (Socket | WebSocket)[] = [];

beforeEach(async () => {
  relay = await start();
  socketUrl = relay.url.replace(/^http/, "ws");
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket instanceof WebSocket ? socket.terminate() : socket.destroy();
  for (const node of nodes.splice(0)) await node.close();
  await cleanUp();
});

interface Raw {
  socket: WebSocket;
  received: Uint8Array[];
  closed: Promise<void>;
  over(): boolean;
}
async function raw(): Promise<Raw> {
  const socket = new WebSocket(`${socketUrl}/ws`);
  sockets.push(socket);
  const received: Uint8Array[] = [];
  socket.on("message", (data: Buffer) => received.push(new Uint8Array(data)));
  socket.on("error", () => undefined);
  let over = false;
  const closed = new Promise<void>((done) => {
    socket.once("close", () => {
      over = true;
      done();
    });
  });
  await new Promise<void>((done, fail) => {
    socket.once("open", done);
    socket.once("error", fail);
  });
  return { socket, received, closed, over: () => over };
}
/** Sends one frame and waits for the end that it brings. */
async function refusedFor(...frames: Uint8Array[]): Promise<Raw> {
  const link = await raw();
  for (const frame of frames) link.socket.send(frame);
  await link.closed;
  return link;
}
/** Ends the node in order; what it counted stands in its last line. */
async function counters(): Promise<Record<string, number>> {
  expect(await relay.stop()).toBe(0);
  const last = relay.stderr().trimEnd().split("\n").at(-1) ?? "";
  expect(last).toContain('"event":"ended"');
  return JSON.parse(last) as Record<string, number>;
}
const memory = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${relay.child.pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

async function honest(): Promise<Node> {
  const node = await client([relay.url]);
  nodes.push(node);
  await until(() => node.online());
  return node;
}

/** With a solved key of this network, or of another. `works`: false for a key whose nonce misses the work. */
function stranger(name = NETWORK.name, works = true): Stranger {
  const network = core.network(name);
  const secret = systemRandom.bytes(32);
  const edPk = core.edPublic(secret);
  const good = (nonce: bigint): boolean => core.nodeId(network, edPk, nonce, 0, NETWORK.bits) !== undefined;
  let nonce = 0n;
  while (good(nonce) !== works) nonce++;
  return { secret, edPk, nonce };
}
const hello = (who: Stranger, changes: Partial<Hello> = {}): Uint8Array => helloTo(who, NETWORK, socketUrl, changes);
/** What the node says first to a good HELLO, and what th is then. */
async function greet(link: Raw, own: Uint8Array): Promise<{ theirs: Uint8Array; th: Uint8Array }> {
  link.socket.send(own);
  await until(() => link.received.length > 0 || link.over());
  const theirs = link.received[0] ?? new Uint8Array();
  return { theirs, th: transcript(own, theirs) };
}

describe("a stranger's handshake", () => {
  it("is refused by its reason, each counted, while honest nodes come and go", async () => {
    const me = stranger();
    const whole = hello(me);
    const changed = (at: number, byte: number): Uint8Array => {
      const copy = whole.slice();
      copy[at] = byte;
      return copy;
    };
    await refusedFor(changed(0, 9)); // a version of frames to come
    await refusedFor(changed(1, FrameType.proof)); // a kind that is not due
    await refusedFor(changed(1, 0xfe)); // no kind at all
    await refusedFor(changed(4, 0xff)); // a length that is not there
    await refusedFor(whole.subarray(0, -1));
    await refusedFor(concat(whole, u8(0)));
    await refusedFor(changed(HEAD, 2)); // a version of HELLO to come
    await refusedFor(hello(stranger("nodus/1/other"), { network: core.network("nodus/1/other") }));
    await refusedFor(hello(stranger(NETWORK.name, false)));
    await refusedFor(hello(me, { role: 1 }));
    await refusedFor(hello(me, { binding: core.utf8("ws://example.org:80") }));
    const echo = await raw();
    const { theirs } = await greet(echo, whole);
    echo.socket.send(theirs);
    await echo.closed;
    const turned = theirs.slice();
    turned[HEAD + 1 + 16] = 0; // its own HELLO, with the role of a dialer
    await refusedFor(turned);
    const forger = await raw();
    const { th } = await greet(forger, whole);
    const other = stranger();
    forger.socket.send(proof(other, NETWORK, th));
    await forger.closed;

    const node = await honest();
    expect(node.stats().links).toHaveLength(1);
    const seen = await counters();
    expect(seen).toMatchObject({
      "refused.version": 2,
      "refused.network": 1,
      "refused.work": 1,
      "refused.role": 1,
      "refused.binding": 1,
      "refused.echo": 1,
      "refused.self": 1,
      "refused.proof": 1,
      "refused.order": 1,
    });
    expect(seen["refused.malformed"]).toBeGreaterThanOrEqual(4);
  });

  it("that never ends is closed, and slow ones do not keep others out", async () => {
    const silent = await Promise.all(Array.from({ length: SLOW }, raw));
    for (const link of silent) link.socket.send(hello(stranger())); // and no PROOF ever
    const headless = connect(Number(new URL(relay.url).port), "127.0.0.1");
    sockets.push(headless);
    headless.on("error", () => undefined);
    const dropped = new Promise<void>((done) => headless.once("close", () => done()));
    headless.write("GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Slow: "); // a head that is never whole
    await honest();
    await Promise.all(silent.map(({ closed }) => closed));
    await dropped;
    const seen = await counters();
    expect(seen["refused.timeout"]).toBe(SLOW);
    expect(seen["refused_http"]).toBe(1);
  });
});

describe("a stranger's bytes", () => {
  it("ten thousand frames of noise, a frame larger than any, and text: refused, and no memory is kept", async () => {
    const keeper = await honest();
    await refusedFor(systemRandom.bytes(100));
    const before = memory();
    let sent = 0;
    while (sent < GARBAGE) {
      const link = await raw();
      while (sent < GARBAGE && !link.over()) {
        for (let i = 0; i < 100; i++) link.socket.send(systemRandom.bytes((sent * 37) % 2_000));
        sent += 100;
        await new Promise<void>((next) => link.socket.ping(undefined, undefined, () => setImmediate(next)));
      }
      await link.closed;
    }
    const large = await raw();
    large.socket.send(new Uint8Array(MIB));
    await large.closed;
    const text = await raw();
    text.socket.send("GET / HTTP/1.1");
    await text.closed;
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
    expect(keeper.online()).toBe(true);
    expect(memory() - before).toBeLessThan(MEMORY_SLACK);
    const seen = await counters();
    expect((seen["refused.malformed"] ?? 0) + (seen["refused.version"] ?? 0)).toBeGreaterThan(10);
    expect(seen["refused.closed"]).toBeGreaterThanOrEqual(2);
    expect(Object.keys(seen).filter((name) => name.startsWith("fault"))).toEqual([]);
    for (const line of relay.stderr().trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
    expect(relay.stderr()).not.toContain('"event":"fault"');
  });

  it("a flood over a proved link is dropped beyond its budget, and others are served meanwhile", async () => {
    const me = stranger();
    const link = await raw();
    const { th } = await greet(link, hello(me));
    link.socket.send(proof(me, NETWORK, th));
    link.socket.send(core.frame(FrameType.record, record(me, NETWORK)));
    await until(() => link.received.some((frame) => frame[1] === FrameType.record) || link.over());
    expect(link.over()).toBe(false);
    const noise = core.frame(FrameType.data, systemRandom.bytes(300));
    for (let i = 0; i < FLOOD; i++) link.socket.send(noise);
    const node = await honest();
    expect(node.stats().links).toHaveLength(1);
    const ping = core.frame(FrameType.ping, core.encode("ping", { id: 7 }));
    // Its turn comes again: the budget is a bucket, not a sentence.
    await until(() => {
      if (link.over()) throw new Error("the link was closed");
      link.socket.send(ping);
      return link.received.some((frame) => frame[1] === FrameType.pong);
    });
    const seen = await counters();
    const dropped = Object.entries(seen).filter(([name]) => name.startsWith("dropped."));
    expect(dropped.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(FLOOD);
  });
});
