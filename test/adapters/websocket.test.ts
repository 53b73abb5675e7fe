/** WebSocket links over real sockets: the suites of their ports, addresses, limits. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { canonicalUrl, WebSocketDialer } from "#adapters/websocket.ts";
import type { Channel, CloseCode } from "#node/ports.ts";
import { ListenWs } from "../../relay-bootstrap/src/adapters/listen-ws.ts";
import { Counters } from "../../relay-bootstrap/src/counters.ts";
import { LISTEN, type ListenLimits } from "../../relay-bootstrap/src/limits.ts";
import { NEVER, transportContract } from "../contract/transport.ts";

const LIMIT_MS = 20_000;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!done()) {
    if (Date.now() > end) throw new Error("it never happened");
    await new Promise((next) => setTimeout(next, 5));
  }
}

interface Place {
  http: Server;
  listener: ListenWs;
  dialer: WebSocketDialer;
  counters: Counters;
  url: string;
  inbound: Channel[];
  close(): Promise<void>;
}

async function place(limits: Partial<ListenLimits> = {}): Promise<Place> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const counters = new Counters();
  const listener = new ListenWs(http, new WebSocketDialer(), { ...LISTEN, ...limits }, counters);
  const dialer = new WebSocketDialer();
  const inbound: Channel[] = [];
  const close = async (): Promise<void> => {
    await Promise.all([dialer.close(), listener.close()]);
    await new Promise((resolve) => http.close(resolve));
  };
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { http, listener, dialer, counters, url, inbound, close };
}

transportContract("WebSocket", async () => {
  const { listener, dialer, url, close } = await place();
  return { listener, dialer, address: text(url), nowhere: text("ws://127.0.0.1:9"), until, close };
});

describe("WebSocket addresses", () => {
  it.each([
    ["wss://Example.ORG", "wss://example.org:443"],
    ["wss://example.org:8443/", "wss://example.org:8443"],
    ["wss://example.org/ws", "wss://example.org:443"],
    ["ws://LOCALHOST:8787", "ws://localhost:8787"],
    ["ws://127.0.0.1", "ws://127.0.0.1:80"],
    ["ws://[::1]:8787/ws", "ws://[::1]:8787"],
    ["wss://[2001:DB8::1]", "wss://[2001:db8::1]:443"],
  ])("writes %s as %s", (given, canonical) => {
    expect(canonicalUrl(given)).toBe(canonical);
    expect(canonicalUrl(canonical)).toBe(canonical);
  });

  it.each([
    "ws://example.org",
    "ws://127.0.0.1.example.org",
    "ws://localhost.example.org",
    "https://example.org",
    "wss://user@example.org",
    "wss://example.org/elsewhere",
    "wss://example.org/?a",
    "wss://example.org/#a",
    `wss://${"a".repeat(300)}.org`,
    "example.org",
    "",
  ])("refuses %s", async (given) => {
    expect(canonicalUrl(given)).toBeUndefined();
    await expect(new WebSocketDialer().dial(text(given), NEVER)).rejects.toMatchObject({ code: "malformed" });
  });
});

describe("WebSocket listener", () => {
  const places: Place[] = [];
  const make = async (limits?: Partial<ListenLimits>): Promise<Place> => {
    const made = await place(limits);
    places.push(made);
    made.listener.onChannel((channel) => made.inbound.push(channel));
    return made;
  };
  afterEach(async () => {
    for (const made of places.splice(0)) await made.close();
  });
  const dial = (made: Place): Promise<Channel> => made.dialer.dial(text(made.url), NEVER);
  const closing = (channel: Channel | undefined): { code?: CloseCode } => {
    const seen: { code?: CloseCode } = {};
    void channel?.closed.then((code) => {
      seen.code = code;
    });
    return seen;
  };

  it("refuses beyond each limit, and counts by reason", async () => {
    const cases: [Partial<ListenLimits>, string][] = [
      [{ connections: 1 }, "refused_connections"],
      [{ perHost: 1, exemptLoopback: false }, "refused_per_host"],
      [{ perHostMinute: 1, exemptLoopback: false }, "refused_per_host_minute"],
      [{ perMinute: 1 }, "refused_per_minute"],
    ];
    for (const [limits, reason] of cases) {
      const made = await make(limits);
      await dial(made);
      await expect(dial(made)).rejects.toMatchObject({ code: "no-route" });
      expect(made.counters.all()).toEqual({ accepted: 1, [reason]: 1 });
    }
  });

  it("makes room when a link closes, but not for a host that keeps coming back", async () => {
    const made = await make({ perHost: 1, perHostMinute: 2, exemptLoopback: false });
    (await dial(made)).close("local");
    await until(() => made.listener.connections === 0);
    (await dial(made)).close("local");
    await until(() => made.listener.connections === 0);
    await expect(dial(made)).rejects.toThrow();
    expect(made.counters.all()).toEqual({ accepted: 2, refused_per_host_minute: 1 });
  });

  it("exempts this machine from the limits per host alone", async () => {
    const made = await make({ perHost: 1, perHostMinute: 1 });
    await dial(made);
    await dial(made);
    expect(made.counters.all()).toEqual({ accepted: 2 });
  });

  it("refuses other paths, and everyone while the node starts", async () => {
    const made = await place();
    places.push(made);
    await expect(dial(made)).rejects.toThrow();
    const elsewhere = new WebSocket(`${made.url}/elsewhere`);
    await new Promise((resolve) => elsewhere.addEventListener("error", resolve));
    expect(made.counters.all()).toEqual({ refused_path: 1, refused_starting: 1 });
  });

  it("ends a link that sends text, or more than a frame", async () => {
    const made = await make();
    for (const [data, code] of [
      ["hello", "protocol"],
      [new Uint8Array(66_567), "failed"],
    ] as const) {
      const socket = new WebSocket(`${made.url}/ws`);
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      const seen = closing(made.inbound.at(-1));
      socket.send(data);
      await until(() => seen.code !== undefined);
      expect(seen.code).toBe(code);
    }
  });

  it("ends a link that sends before anybody listens, more than may wait", async () => {
    const made = await make();
    const near = await dial(made);
    const seen = closing(made.inbound[0]);
    for (let index = 0; index < 100; index++) near.send(new Uint8Array(1_000));
    await until(() => seen.code !== undefined);
    expect(seen.code).toBe("limit");
  });

  it("ends a link that takes nothing for long", async () => {
    const made = await make({ stuckAfter: 200 });
    const socket = await stalled(made.url);
    const far = made.inbound[0];
    const seen = closing(far);
    const frame = new Uint8Array(60_000);
    await until(() => {
      while (far?.send(frame));
      return seen.code !== undefined;
    });
    expect(seen.code).toBe("backpressure");
    expect(made.counters.all()).toEqual({ accepted: 1, closed_backpressure: 1 });
    socket.destroy();
  });
});

/** A client that completes the upgrade and never reads again. */
async function stalled(url: string): Promise<import("node:net").Socket> {
  const { connect } = await import("node:net");
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const key = Buffer.alloc(16).toString("base64");
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  return socket;
}
