/** The door of the TCP port with small limits: each reason to refuse, each deadline, and who asks through a proxy. */
import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketDialer } from "#adapters/websocket.ts";
import type { Channel } from "#node/ports.ts";
import { ListenWs } from "../../relay-bootstrap/src/adapters/listen-ws.ts";
import { type Config, readConfig } from "../../relay-bootstrap/src/config.ts";
import { Counters } from "../../relay-bootstrap/src/counters.ts";
import { answering } from "../../relay-bootstrap/src/http.ts";
import type { ListenLimits } from "../../relay-bootstrap/src/limits.ts";
import { type Listeners, listen } from "../../relay-bootstrap/src/listeners.ts";
import { until } from "./process.ts";
import { type Client, client, clients, get, hangUp, head, upgrade } from "./raw.ts";

const MIB = 1024 * 1024;
const LARGE = Buffer.alloc(32 * MIB, "a");
const file = { type: "text/plain", immutable: false, etag: "x", body: LARGE, encoded: new Map() };
const SITE = { app: new Map([["/large", file]]), document: () => ({}), ready: () => true };
const ATTACKER = "127.0.0.2";
const NEWCOMER = "127.0.0.3";
/** In the tests a proxy is whoever comes from there. */
const PROXY = "127.0.0.9";

interface Place extends Listeners {
  counted: Counters;
  channels: Channel[];
}
const places: { end(): Promise<void> }[] = [];

async function place(
  listening: Partial<ListenLimits>,
  { network = "nodus/1/main", answer = answering(SITE) }: { network?: string; answer?: RequestListener } = {},
): Promise<Place> {
  const testing = JSON.stringify({ listen: { lateCheckMs: 50, ...listening } });
  const args = ["--port", "0", "--network", network, "--trusted-proxy", PROXY];
  const counted = new Counters();
  const listeners = await listen(readConfig(args, { NODUS_UNSAFE_TESTING: testing }) as Config, answer, counted);
  const { http, limits, door } = listeners;
  const links = new ListenWs(http, new WebSocketDialer(), limits, counted, door);
  const channels: Channel[] = [];
  links.onChannel((channel) => channels.push(channel));
  const end = async (): Promise<void> => {
    await links.close();
    await listeners.close();
  };
  places.push({ end });
  return { ...listeners, counted, channels };
}
afterEach(async () => {
  hangUp();
  for (const { end } of places.splice(0)) await end();
});

/** Says it, and gives back the status that comes, or "" where the connection ends without one. */
async function status(one: Client, said: string): Promise<string> {
  const before = one.heard().length;
  one.socket.write(said);
  const found = (): string | undefined => /HTTP\/1\.1 (\d+)/.exec(one.heard().slice(before))?.[1];
  await until(() => found() !== undefined || one.over());
  return found() ?? "";
}
const asked = async (at: Place, from: string, said = get("/readyz")): Promise<string> =>
  status(await client(at.port, from), said);
const from = (...hops: string[]): string => `X-Forwarded-For: ${hops.join(", ")}`;

describe("the door", () => {
  it("refuses a host that holds too many connections, and no other", async () => {
    const at = await place({ socketsPerHost: 3 });
    await clients(3, at.port, ATTACKER);
    await until(() => at.door.sockets.open === 3);
    expect(await asked(at, ATTACKER)).toBe("");
    expect(await asked(at, NEWCOMER)).toBe("200");
    expect(at.counted.all()["refused_sockets_per_host"]).toBe(1);
  });

  it("refuses a host that comes too fast, and takes it again a little later", async () => {
    const at = await place({ arrivalsAtOnce: 3, arrivalsPerSecond: 20 });
    const all = await clients(30, at.port, ATTACKER);
    await until(() => all.some(({ over }) => over()));
    expect(at.counted.all()["refused_arrivals_per_host"]).toBeGreaterThan(0);
    expect(await asked(at, NEWCOMER)).toBe("200");
    await until(async () => (await asked(at, ATTACKER)) === "200");
  });

  it("refuses a host that asks too much, on however few connections", async () => {
    const at = await place({ requestsAtOnce: 3, requestsPerSecond: 0.01 });
    const one = await client(at.port, ATTACKER);
    const seen = [await status(one, get("/")), await status(one, get("/")), await status(one, get("/"))];
    expect(seen).toEqual(["404", "404", "404"]);
    expect(await status(one, get("/"))).toBe("429");
    await until(() => one.over());
    expect(await asked(at, ATTACKER, upgrade())).toBe("429");
    expect(await asked(at, NEWCOMER, upgrade())).toBe("101");
    expect(at.counted.all()["refused_requests_per_host"]).toBe(2);
  });

  it("counts requests that expect what nobody can promise as any others", async () => {
    const at = await place({ requestsAtOnce: 3, requestsPerSecond: 0.01 });
    const wonder = get("/", "Expect: miracles");
    const seen: string[] = [];
    for (let index = 0; index < 4; index++) seen.push(await asked(at, ATTACKER, wonder));
    expect(seen).toEqual(["417", "417", "417", "429"]);
    const one = await client(at.port, NEWCOMER);
    one.socket.write(wonder.repeat(100));
    await until(() => one.over());
    expect(one.heard().match(/ 417 /g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it("exempts this machine on every network but that of all", async () => {
    const few = { socketsPerHost: 2, arrivalsAtOnce: 2, requestsAtOnce: 2, perHost: 1, perHostMinute: 1 };
    const at = await place(few, { network: "nodus/1/local" });
    const all = await clients(10, at.port, ATTACKER);
    for (const one of all) expect(await status(one, upgrade())).toBe("101");
  });

  it("gives a newcomer the place of a host that holds many when all are taken", async () => {
    const at = await place({ sockets: 20 });
    const all = await clients(19, at.port, ATTACKER);
    const single = await client(at.port, "127.0.0.4");
    await until(() => at.door.sockets.open === 20);
    for (let index = 0; index < 5; index++) expect(await asked(at, `127.0.0.${10 + index}`)).toBe("200");
    expect(all.filter(({ over }) => over()).length).toBeGreaterThanOrEqual(5);
    expect(single.over()).toBe(false);
    expect(at.door.sockets.open).toBeLessThanOrEqual(20);
    expect(at.counted.all()["closed_for_others"]).toBe(5);
  });

  it("gives a newcomer the place of whoever waits longest without asking, when nobody holds many", async () => {
    const at = await place({ sockets: 50 });
    for (let index = 0; index < 50; index++) await client(at.port, `127.0.1.${index}`);
    await until(() => at.door.sockets.open === 50);
    for (let index = 0; index < 20; index++) expect(await asked(at, `127.0.2.${index}`)).toBe("200");
    expect(at.door.sockets.open).toBeLessThanOrEqual(50);
  });

  it("pushes out no link and no answer of one who holds no more than the newcomer would", async () => {
    let waiting = 0;
    const at = await place({ sockets: 3, connections: 3 }, { answer: () => waiting++ });
    const all = [
      await client(at.port, "127.0.0.4"),
      await client(at.port, "127.0.0.5"),
      await client(at.port, "127.0.0.6"),
    ];
    await until(() => at.door.sockets.open === 3);
    expect(await status(all[0] as Client, upgrade())).toBe("101");
    for (const { socket } of all.slice(1)) socket.write(get("/"));
    await until(() => waiting === 2);
    expect(await asked(at, NEWCOMER)).toBe("");
    expect(all.map(({ over }) => over())).toEqual([false, false, false]);
    expect(at.counted.all()["refused_sockets"]).toBe(1);
  });

  it("takes hosts of one neighbourhood for one party when all places are taken and each holds a single one", async () => {
    let waiting = 0;
    const at = await place({ sockets: 6, connections: 3 }, { answer: () => waiting++ });
    const near = await Promise.all([1, 2, 3, 4, 5].map((host) => client(at.port, `127.0.5.${host}`)));
    const single = await client(at.port, "127.0.6.1");
    await until(() => at.door.sockets.open === 6);
    for (const one of near.slice(0, 3)) expect(await status(one, upgrade())).toBe("101");
    for (const { socket } of [...near.slice(3), single]) socket.write(get("/"));
    await until(() => waiting === 3);
    expect(await asked(at, "127.0.7.1", upgrade())).toBe("101");
    await until(() => near.filter(({ over }) => over()).length === 2); // the place of one, the link of another
    expect(single.over()).toBe(false);
    expect(await asked(at, "127.0.5.9")).toBe("");
  });

  it("gives a newcomer the link of a host that has many when all are taken, but not for a broken upgrade", async () => {
    const at = await place({ connections: 4 });
    const all = await clients(4, at.port, ATTACKER);
    for (const one of all) expect(await status(one, upgrade())).toBe("101");
    expect(await asked(at, NEWCOMER, upgrade("/ws", { "Sec-WebSocket-Version": "99" }))).toBe("400");
    expect(all.filter(({ over }) => over())).toHaveLength(0);
    expect(await asked(at, NEWCOMER, upgrade())).toBe("101");
    await until(() => all.filter(({ over }) => over()).length === 1);
    expect(await asked(at, ATTACKER, upgrade())).toBe("503");
  });

  it("ends a connection with more requests than it may have unanswered, and reads no further", async () => {
    let seen = 0;
    const at = await place({ pipelined: 4 }, { answer: () => seen++ });
    const one = await client(at.port, ATTACKER);
    one.socket.write(get("/").repeat(500));
    await until(() => one.over() && at.door.sockets.open === 0);
    expect(seen).toBe(4);
    expect(at.counted.all()["refused_pipelined"]).toBe(1);
  });

  it("closes with all that came through it, links and refusals too", async () => {
    const at = await place({});
    const all = await clients(3, at.port, ATTACKER);
    all[0]?.socket.write(get("/large"));
    all[0]?.socket.pause();
    expect(await status(all[1] as Client, upgrade())).toBe("101");
    for (const { end } of places.splice(0)) await end();
    await until(() => at.door.sockets.open === 0);
  });
});

describe("a deadline", () => {
  it("ends a reader that takes nothing, and lets one go on that is only slow", async () => {
    const at = await place({ answerMs: 600 });
    const deaf = await client(at.port, ATTACKER);
    deaf.socket.write(get("/large"));
    deaf.socket.pause();
    const slow = await client(at.port, NEWCOMER);
    slow.socket.write(get("/large"));
    const breathing = setInterval(() => (slow.socket.isPaused() ? slow.socket.resume() : slow.socket.pause()), 40);
    await until(() => slow.heard().length >= LARGE.length);
    clearInterval(breathing);
    await until(() => at.counted.all()["closed_slow_read"] === 1);
    await until(() => at.door.sockets.open <= 1);
  });

  it("ends one that answers its requests and never reads the answers", async () => {
    const at = await place({ answerMs: 300 });
    const one = await client(at.port, ATTACKER);
    one.socket.pause();
    await until(() => {
      if (one.socket.writable) one.socket.write(get("/large"));
      return at.door.sockets.open === 0;
    });
  });

  it("ends a connection on which nothing moves, whatever it waits for", async () => {
    const at = await place({ quietMs: 300 }, { answer: () => undefined }); // an answer that never comes
    const one = await client(at.port, ATTACKER);
    one.socket.write(get("/"));
    await until(() => one.over() && at.door.sockets.open === 0);
    expect(at.counted.all()["closed_quiet"]).toBe(1);
  });

  it("does not touch a quiet link: the overlay has its own", async () => {
    const at = await place({ quietMs: 100, answerMs: 100, headMs: 100, requestMs: 100, idleMs: 100 });
    const one = await client(at.port, ATTACKER);
    expect(await status(one, upgrade())).toBe("101");
    const other = await client(at.port, ATTACKER);
    await until(() => other.over()); // the deadlines are past
    expect(one.over()).toBe(false);
  });

  it("ends a link that pings without end, and answers one that asks now and then", async () => {
    const at = await place({ pingsAtOnce: 3, pingsPerSecond: 0.01 });
    const ping = Buffer.from([0x89, 0x81, 0, 0, 0, 0, 65]);
    const one = await client(at.port, ATTACKER);
    expect(await status(one, upgrade())).toBe("101");
    for (let index = 0; index < 3; index++) one.socket.write(ping);
    await until(() => one.heard().endsWith("\x8a\x01A".repeat(3)));
    one.socket.write(ping);
    await until(() => one.over());
    expect(await at.channels[0]?.closed).toBe("limit");
    expect(at.counted.all()["closed_pings"]).toBe(1);
  });
});

describe("behind a proxy", () => {
  const LIMITS = { requestsAtOnce: 5, requestsPerSecond: 0.01, socketsPerHost: 4, arrivalsAtOnce: 2, perHost: 2 };

  it("the limits are those of the last hop that is no proxy, whatever stands before it", async () => {
    const at = await place(LIMITS);
    const through = async (...hops: string[]): Promise<string> => asked(at, PROXY, get("/readyz", from(...hops)));
    for (let index = 0; index < 5; index++) expect(await through(`198.51.100.${index}`, "203.0.113.1")).toBe("200");
    expect(await through("203.0.113.2", "203.0.113.1")).toBe("429");
    expect(await through(PROXY, "203.0.113.1", PROXY)).toBe("429");
    expect(await through("203.0.113.1:4711")).toBe("429");
    expect(await through("203.0.113.1", "203.0.113.2")).toBe("200");
    // Many connections of the proxy itself are nobody's flood.
    const idle = await clients(20, at.port, PROXY);
    await until(() => at.door.sockets.open >= 20);
    expect(idle.filter(({ over }) => over())).toHaveLength(0);
  });

  it("links count for the client, and its answers as long as they are under way", async () => {
    const at = await place({ ...LIMITS, requestsAtOnce: 100, answerMs: 60_000 });
    const upgrading = (hop: string): string => upgrade("/ws", { "X-Forwarded-For": hop });
    const links = [await client(at.port, PROXY), await client(at.port, PROXY)];
    for (const one of links) expect(await status(one, upgrading("203.0.113.1"))).toBe("101");
    expect(await asked(at, PROXY, upgrading("203.0.113.1"))).toBe("429");
    expect(await asked(at, PROXY, upgrading("203.0.113.2"))).toBe("101");
    for (let index = 0; index < 2; index++) {
      const one = await client(at.port, PROXY);
      one.socket.pause();
      one.socket.write(get("/large", from("203.0.113.1")));
    }
    await until(() => at.door.sockets.openOf("203.0.113.1") === 4);
    expect(await asked(at, PROXY, get("/readyz", from("203.0.113.1")))).toBe("429");
    expect(await asked(at, PROXY, get("/readyz", from("203.0.113.2")))).toBe("200");
  });

  it("whom it names wrongly shares the limits of the proxy, and shuts nobody out who is named", async () => {
    const at = await place(LIMITS);
    const header = ["X-Forwarded-For: unknown", "X-Forwarded-For: 203.0.113.1, ", "X-Real-IP: 203.0.113.1"];
    const seen: string[] = [];
    for (let index = 0; index < 6; index++) {
      seen.push(await asked(at, PROXY, get("/readyz", header[index % 3] as string)));
    }
    expect(seen).toEqual(["200", "200", "200", "200", "200", "429"]);
    expect(await asked(at, PROXY, get("/readyz", from("203.0.113.1")))).toBe("200");
  });

  it("one that is not trusted names nobody", async () => {
    const at = await place({ ...LIMITS, arrivalsAtOnce: 100, socketsPerHost: 100 });
    const seen: string[] = [];
    for (let index = 0; index < 6; index++) {
      seen.push(await asked(at, ATTACKER, get("/readyz", from(`203.0.113.${index}`))));
    }
    expect(seen.at(-1)).toBe("429");
    expect(await asked(at, NEWCOMER, head("GET /readyz HTTP/1.1", "Host: x", from(ATTACKER)))).toBe("200");
    expect(at.counted.all()["forwarded_untrusted"]).toBe(7);
  });
});
