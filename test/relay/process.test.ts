/** The bootstrap node as its operator meets it: a real process, its output, its ports, its end. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { AddressKind, Capability } from "#node/messages.ts";
import { box, cell, client, core, NETWORK } from "./client.ts";
import { cleanUp, exit, freshFolder, launch, type Running, start, until } from "./process.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface WellKnown {
  network: { name: string; bits: number };
  record: string;
  stun: string[];
  version: string;
  limits: Record<string, number>;
}
const wellKnown = async (url: string): Promise<WellKnown> =>
  (await (await fetch(`${url}/.well-known/nodus.json`)).json()) as WellKnown;

function recordOf({ record }: WellKnown) {
  const bytes = new Uint8Array(Buffer.from(record, "base64url"));
  const checked = core.checkRecord(core.network(NETWORK.name), NETWORK.bits, bytes);
  if (!checked.ok) throw new Error(`a bad record: ${checked.error}`);
  return checked.value;
}
const idOf = async ({ url }: { url: string }): Promise<string> =>
  Buffer.from(recordOf(await wellKnown(url)).nodeId).toString("hex");

/** Does anything listen there? */
const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    () => true,
    () => false,
  );
const childrenOf = (pid: number | undefined): number[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child as number);
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const nodes: Node[] = [];
async function member(...relays: Running[]): Promise<Node> {
  const node = await client(relays.map(({ url }) => url));
  nodes.push(node);
  await until(() => node.online());
  return node;
}
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  await cleanUp();
});

describe("a bootstrap node", () => {
  it("says where it is, what it is, and that it is ready", async () => {
    const relay = await start();
    expect(relay.stdout()).toContain("(network nodus/1/test)");
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
    const known = await wellKnown(relay.url);
    expect(known.network).toEqual({ name: "nodus/1/test", bits: 8 });
    expect(known.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(known.limits).toMatchObject({ links: 2_048, framesPerSecond: 500 });
    const { record } = recordOf(known);
    expect(record.capabilities & Capability.anchor).toBeTruthy();
    expect(record.capabilities & Capability.store).toBeTruthy();
    const port = new URL(relay.url).port;
    expect(record.addresses.map(({ kind, bytes }) => [kind, text(bytes)])).toEqual([
      [AddressKind.websocket, `ws://localhost:${port}`],
      [AddressKind.stun, `127.0.0.1:${port}`],
    ]);
    expect(known.stun).toEqual([`stun:127.0.0.1:${port}`]);
  });

  it("answers STUN on UDP under the number of its TCP port", async () => {
    const relay = await start();
    const socket = createSocket("udp4");
    const answer = new Promise<Buffer>((resolve) => socket.once("message", resolve));
    const request = Buffer.alloc(20, 5);
    request.writeUInt32BE(0x00010000, 0);
    request.writeUInt32BE(0x2112a442, 4);
    socket.send(request, Number(new URL(relay.url).port), "127.0.0.1");
    const bytes = await answer;
    socket.close();
    expect(bytes.readUInt16BE(0)).toBe(0x0101);
    expect(bytes.subarray(8, 20)).toEqual(request.subarray(8, 20));
  });

  it("takes links, and keeps its key over a restart", async () => {
    const first = await start();
    const node = await member(first);
    expect(node.stats().links.map(({ carrier, anchor }) => ({ carrier, anchor }))).toEqual([
      { carrier: "websocket", anchor: true },
    ]);
    const id = await idOf(first);
    expect(await first.stop()).toBe(0);
    const second = await start(["--data", first.data]);
    expect(await idOf(second)).toBe(id);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends in order on %s", async (signal) => {
    const relay = await start();
    const node = await member(relay);
    relay.child.kill(signal);
    expect(await relay.stop(signal)).toBe(0); // Ctrl-C comes twice: from the terminal, and from what started us
    expect(relay.stderr()).toContain('"event":"ended"');
    expect(relay.stderr()).toContain('"drained":true');
    await until(() => !node.online());
    expect(await answers(relay.url)).toBe(false);
  });

  it("lives at another time when a test tells it to", async () => {
    const relay = await start([], { NODUS_UNSAFE_TESTING: '{"wallOffset":86400000}' });
    const { record } = recordOf(await wellKnown(relay.url));
    expect(Math.abs(record.seq - Date.now() - 86_400_000)).toBeLessThan(60_000);
  });

  it("writes its events as JSON lines without addresses or ids", async () => {
    const relay = await start();
    const node = await member(relay);
    const id = await idOf(relay);
    await relay.stop();
    const lines = relay.stderr().trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ time: expect.any(String) });
    const secrets = [id, Buffer.from(node.id).toString("hex"), "127.0.0.1", "localhost", "::1"];
    for (const secret of secrets) expect(relay.stderr()).not.toContain(secret);
  });

  it("loses nothing acknowledged when it is killed", async () => {
    const relay = await start();
    const port = new URL(relay.url).port;
    const node = await member(relay);
    const mailbox = box();
    const cells = Array.from({ length: 20 }, cell);
    const placed = await Promise.all(cells.map((each) => node.put(mailbox, each, "write")));
    relay.child.kill("SIGKILL"); // at once: the last receipt is milliseconds old
    for (const { held } of placed) expect(held).toBe(1);
    await exit(relay.child);
    const again = await start(["--data", relay.data, "--port", port]);
    const reader = await member(again);
    const { entries } = await reader.list(mailbox, "all");
    const tags = entries.filter(({ held }) => held === 1).map(({ parsed }) => Buffer.from(parsed.tag).toString("hex"));
    const expected = cells.map((each) => Buffer.from(each.subarray(4, 20)).toString("hex"));
    expect(tags.sort()).toEqual(expected.sort());
    const first = cells[0] as Uint8Array;
    const { cells: fetched } = await reader.get(mailbox, [first.subarray(4, 20)]);
    expect(fetched.map(({ cell: bytes }) => Buffer.from(bytes))).toEqual([Buffer.from(first)]);
  });

  it("meets other bootstrap nodes, so that a newcomer at one learns of all", async () => {
    const first = await start();
    const second = await start(["--bootstrap", first.url]);
    const node = await member(first);
    const id = await idOf(second);
    await until(async () => {
      const found = await node.find(Buffer.from(id, "hex"), 0);
      return found.some(({ nodeId, anchor }) => anchor && Buffer.from(nodeId).toString("hex") === id);
    });
  });
});

describe("further nodes on this machine", () => {
  it("start beside the first, half of them anchors, and end with it", async () => {
    const relay = await start(["--peers", "3"]);
    expect(relay.stdout()).toMatch(/peer 1 of 3: anchor at http:\/\/localhost:\d+\n/);
    expect(relay.stdout()).toMatch(/peer 2 of 3: anchor at http:\/\/localhost:\d+\n/);
    expect(relay.stdout()).toMatch(/peer 3 of 3: plain node, dials only\n/);
    const urls = [...relay.stdout().matchAll(/anchor at (\S+)/g)].map(([, url]) => url as string);
    const ids = new Set(await Promise.all([relay.url, ...urls].map((url) => idOf({ url }))));
    expect(ids.size).toBe(3);
    const children = childrenOf(relay.child.pid);
    expect(children).toHaveLength(3);
    const node = await member(relay);
    const mailbox = box();
    await until(async () => (await node.put(mailbox, cell(), "write")).held === 4);
    expect(await relay.stop()).toBe(0);
    for (const pid of children) expect(alive(pid)).toBe(false);
  });

  it("end with it even when it is killed", async () => {
    const relay = await start(["--peers", "2"]);
    const children = childrenOf(relay.child.pid);
    expect(children).toHaveLength(2);
    await relay.stop("SIGKILL");
    await until(() => !children.some(alive));
  });
});

describe("one sentence and no trace", () => {
  const refusal = async (args: string[], env: Record<string, string> = {}): Promise<string> => {
    const relay = launch(args, env);
    expect(await exit(relay.child)).toBe(1);
    const said = relay.stderr();
    expect(said.trimEnd().split("\n")).toHaveLength(1);
    expect(said).not.toMatch(/^\s+at /m);
    return said;
  };

  it("for a flag that there is not", async () => {
    expect(await refusal(["--colour", "red"])).toContain("--colour is not an option");
  });

  it("for a port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const said = await refusal(["--port", String(port), "--data", await freshFolder()]);
    await new Promise((resolve) => other.close(resolve));
    expect(said).toContain(`TCP port ${port} is taken`);
    expect(said).toContain("--port");
  });

  it("for a data folder that another node uses, or that cannot be", async () => {
    const relay = await start();
    expect(await refusal(["--port", "0", "--data", relay.data])).toContain("already runs");
    expect(await refusal(["--port", "0", "--data", join(relay.data, "node.key", "below")])).toContain("--data");
  });

  it("and help without any of it", async () => {
    const relay = launch(["--help"]);
    expect(await exit(relay.child)).toBe(0);
    expect(relay.stdout()).toContain("--bootstrap URL");
    expect(relay.stderr()).toBe("");
  });
});
