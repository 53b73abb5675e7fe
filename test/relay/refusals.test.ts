/**
 * A real bootstrap node under the rules of the network of all, and connections that go wrong in every way at every moment.
 * Their clients never hang up: the node's count of descriptors comes back to what it was all the same.
 */
import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cleanUp, type Running, start, until } from "./process.ts";
import { client, clients, get, hangUp, head, upgrade } from "./raw.ts";

const COUNT = 20;
/** Deadlines of a second instead of ten. */
const SHORT = {
  headMs: 800,
  requestMs: 1_000,
  idleMs: 500,
  answerMs: 1_000,
  stuckAfter: 1_000,
  quietMs: 3_000,
  lateCheckMs: 100,
};
/** FIN, binary, 60,000 B, masked: the head and two bytes; and a whole text frame. */
const HALF_FRAME = Buffer.from([0x82, 0xfe, 0xea, 0x60, 0, 0, 0, 0, 1, 1]);
const TEXT_FRAME = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 65]);
const GARBAGE = "\u0000\u0001\u0002 no head of HTTP at all\r\n\r\n";

let relay: Running;
let port: number;
let attackers = 0;
/** A host of its own for each case, so that none pays for another. */
const attacker = (): string => `127.0.1.${++attackers}`;
const descriptors = (): number => readdirSync(`/proc/${relay.child.pid}/fd`).length;
const isBackAt = (before: number): Promise<void> =>
  until(
    () => descriptors() <= before,
    () => `${descriptors()} descriptors, ${before} before`,
  );

beforeAll(async () => {
  relay = await start(["--network", "nodus/1/main"], { NODUS_UNSAFE_TESTING: JSON.stringify({ listen: SHORT }) });
  port = Number(new URL(relay.url).port);
  expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
});
afterEach(hangUp);
afterAll(cleanUp);

/** Each says this and waits; the node lets go of all of them. */
async function letGo(said: string | Buffer, then?: Buffer, half = false): Promise<string> {
  const before = descriptors();
  const all = await clients(COUNT, port, attacker());
  for (const { socket } of all) socket.write(said);
  for (const { socket } of all) if (then) socket.write(then);
  for (const { socket } of all) if (half) socket.end();
  await until(() => all.every(({ over }) => over()));
  await isBackAt(before);
  return all[0]?.heard() ?? "";
}

describe("a node that refuses an upgrade", () => {
  it.each([
    ["of another path", upgrade("/nope"), "404"],
    ["of another version", upgrade("/ws", { "Sec-WebSocket-Version": "99" }), "400"],
    ["without a version", upgrade("/ws", { "Sec-WebSocket-Version": undefined }), "400"],
    ["without a key", upgrade("/ws", { "Sec-WebSocket-Key": undefined }), "400"],
    ["with a key that is none", upgrade("/ws", { "Sec-WebSocket-Key": "a" }), "400"],
    ["with malformed subprotocols", upgrade("/ws", { "Sec-WebSocket-Protocol": ",," }), "400"],
    ["to another protocol", upgrade("/ws", { Upgrade: "h2c" }), "400"],
    ["by another method", upgrade("/ws", {}, "POST"), "400"],
    ["behind other requests", get("/readyz") + upgrade(), ""],
  ])("%s lets go of its connection", async (_what, said, status) => {
    expect(await letGo(said)).toContain(status);
  });

  it("beyond what a host may have lets go of those connections", async () => {
    const before = descriptors();
    const from = attacker();
    const all = await clients(100, port, from);
    for (const { socket } of all) socket.write(upgrade());
    await until(() => all.every(({ heard, over }) => heard().includes(" 101 ") || over()));
    expect(all.filter(({ heard }) => heard().includes(" 101 ")).length).toBeLessThanOrEqual(32);
    expect(all.filter(({ heard }) => heard().includes(" 429 ")).length).toBeGreaterThan(0);
    await isBackAt(before); // the accepted ones never shake hands
  });
});

describe("a node that is asked badly", () => {
  const body = "Content-Length: 1000000000";
  it.each([
    ["with nothing at all", ""],
    ["with no HTTP", GARBAGE],
    ["with a head that never ends", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "],
    ["with a head that is too long", get("/", `X-Long: ${"a".repeat(20_000)}`)],
    ["without a host", head("GET /readyz HTTP/1.1")],
    ["in HTTP/1.0", head("GET /readyz HTTP/1.0")],
    ["to tunnel", head("CONNECT example.org:443 HTTP/1.1", "Host: example.org:443")],
    ["with a body that never ends", `${head("POST / HTTP/1.1", "Host: localhost", body)}abc`],
    [
      "with chunks that never end",
      `${head("POST / HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked")}3\r\nabc`,
    ],
    ["to go on with a body", head("POST / HTTP/1.1", "Host: localhost", body, "Expect: 100-continue")],
    ["with a body behind GET", `${get("/readyz", body)}abc`],
    ["for what it cannot promise", get("/readyz", "Expect: miracles")],
    ["a hundred times at once", get("/readyz").repeat(100)],
    ["once, and never again", get("/readyz")],
    ["for a head alone", head("HEAD /readyz HTTP/1.1", "Host: localhost")],
  ])("%s lets go of the connection", async (_how, said) => {
    await letGo(said);
  });

  it("once, and then for nothing but empty lines lets go of the connection", async () => {
    const before = descriptors();
    const all = await clients(COUNT, port, attacker());
    for (const { socket } of all) socket.write(get("/readyz"));
    const dripping = setInterval(() => {
      for (const { socket } of all) if (socket.writable) socket.write("\r\n");
    }, SHORT.idleMs / 4);
    try {
      await until(() => all.every(({ over }) => over()));
    } finally {
      clearInterval(dripping);
    }
    await isBackAt(before);
  });

  it("by half a connection lets go of it", async () => {
    await letGo("", undefined, true);
    await letGo(get("/readyz"), undefined, true);
    await letGo(upgrade("/nope"), undefined, true);
  });
});

describe("a node with a WebSocket", () => {
  it.each([
    ["that says nothing", upgrade(), undefined, false],
    ["that stops within a frame", upgrade(), HALF_FRAME, false],
    ["that speaks text", upgrade(), TEXT_FRAME, false],
    ["that has closed its half", upgrade(), HALF_FRAME, true],
  ])("%s lets go of it", async (_how, said, then, half) => {
    await letGo(said, then, half);
  });

  it("that pings without end, and reads no answer, lets go of it", async () => {
    const before = descriptors();
    const all = await clients(COUNT, port, attacker());
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from([0x89, 0x80, 0, 0, 0, 0])));
    for (const { socket } of all) {
      socket.write(upgrade());
      socket.once("data", () => socket.pause());
    }
    await until(() => all.every(({ heard }) => heard().includes(" 101 ")));
    await until(() => {
      for (const { socket } of all) if (socket.writable && !socket.writableNeedDrain) socket.write(pings);
      return descriptors() <= before;
    });
  });
});

describe("a newcomer", () => {
  it("gets in while one host holds all that it can get", async () => {
    const before = descriptors();
    const from = attacker();
    const all = await clients(400, port, from);
    await until(() => all.filter(({ over }) => !over()).length <= 192);
    expect(descriptors()).toBeLessThanOrEqual(before + 192);
    const newcomer = await client(port, "127.0.0.3");
    newcomer.socket.write(get("/readyz"));
    await until(() => newcomer.heard().includes("ready\n"));
    await isBackAt(before);
  });
});
