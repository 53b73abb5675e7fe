/** A bootstrap node on a machine where things go wrong: its output, its terminal, its disk, its clock. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Node } from "#node/api.ts";
import { Capability } from "#node/messages.ts";
import { SqliteStore } from "../../relay-bootstrap/src/adapters/sqlite-store.ts";
import { Exit } from "../../relay-bootstrap/src/faults.ts";
import { IncarnationFile } from "../../relay-bootstrap/src/incarnation.ts";
import { box, cell, client, core, NETWORK } from "./client.ts";
import { cleanUp, exit, freePorts, freshFolder, launch, type Running, start, until } from "./process.ts";

const SCRIPT = join(import.meta.dirname, "../../relay-bootstrap/src/main.ts");
const ON_TEST = ["--network", NETWORK.name, "--bits", String(NETWORK.bits)];

const nodes: Node[] = [];
const others: ChildProcess[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  await Promise.all(others.splice(0).map((child) => exit(child, "SIGKILL")));
  await cleanUp();
});

async function member(url: string): Promise<Node> {
  const node = await client([url]);
  nodes.push(node);
  await until(() => node.online());
  return node;
}
const ready = async (url: string): Promise<number> => {
  try {
    return (await fetch(`${url}/readyz`)).status;
  } catch {
    return 0; // nothing listens
  }
};
const offersStore = async (url: string): Promise<boolean> => {
  const { record } = (await (await fetch(`${url}/.well-known/nodus.json`)).json()) as { record: string };
  const bytes = new Uint8Array(Buffer.from(record, "base64url"));
  const checked = core.checkRecord(core.network(NETWORK.name), NETWORK.bits, bytes);
  if (!checked.ok) throw new Error(`a bad record: ${checked.error}`);
  return (checked.value.record.capabilities & Capability.store) !== 0;
};
/** By a shell, which can close and limit what Node cannot. `how` ends in "$@". */
const shell = (how: string, args: readonly string[], stdio: ("pipe" | "ignore" | number)[] = []): ChildProcess => {
  const [out = "ignore", err = "ignore"] = stdio;
  const child = spawn("sh", ["-c", how, "sh", process.execPath, SCRIPT, ...ON_TEST, ...args], {
    stdio: ["ignore", out, err],
  });
  others.push(child);
  return child;
};
const states = (relay: Pick<Running, "stderr">): string[] =>
  relay
    .stderr()
    .split("\n")
    .filter((line) => line.includes('"event":"state"'))
    .map((line) => (JSON.parse(line) as { state: string }).state);

describe("a log that nobody takes", () => {
  /** It answers, takes a link, goes on after SIGHUP, and ends in order. */
  const lives = async (child: ChildProcess, url: string): Promise<void> => {
    await until(async () => (await ready(url)) === 200);
    child.kill("SIGHUP");
    await member(url);
    child.kill("SIGHUP");
    expect(await ready(url)).toBe(200);
    expect(await exit(child, "SIGTERM")).toBe(0);
  };

  it("whose readers go away ends nothing", async () => {
    const relay = await start();
    relay.child.stdout?.destroy();
    relay.child.stderr?.destroy();
    await lives(relay.child, relay.url);
  });

  it.each([
    ["stderr is closed", 'exec "$@" 2>&-'],
    ["both are closed", 'exec "$@" >&- 2>&-'],
    ["both are full", 'exec "$@" >/dev/full 2>/dev/full'],
  ])("where %s ends nothing", async (_, how) => {
    const port = await freePorts(1);
    const child = shell(how, ["--port", String(port), "--data", await freshFolder()]);
    await lives(child, `http://localhost:${port}`);
  });

  it("in a file on a full disk ends nothing", async () => {
    const [port, data] = [await freePorts(1), await freshFolder()];
    const first = await start(["--data", data]);
    await first.stop();
    const file = join(data, "log");
    await writeFile(file, "x".repeat(4_000));
    const log = openSync(file, "a");
    const child = shell('ulimit -f 8; exec "$@"', ["--port", String(port), "--data", data], [log, log]);
    closeSync(log);
    await lives(child, `http://localhost:${port}`);
    expect((await readFile(file)).length).toBe(4_096);
  });

  it("takes the refusal of a start with it, not its exit code", async () => {
    expect(await exit(shell('exec "$@" 2>&-', ["--data", "/dev/null/below"]))).toBe(Exit.refused);
    expect(await exit(shell('exec "$@" 2>/dev/full', ["--data", "/dev/null/below"]))).toBe(Exit.refused);
    expect(await exit(shell('exec "$@" >/dev/full', ["--help"]))).toBe(0);
  });
});

describe("SIGHUP", () => {
  it("does not end a service, which has no terminal", async () => {
    const relay = await start(["--peers", "1"]);
    for (let at = 0; at < 3; at++) relay.child.kill("SIGHUP");
    await until(() => relay.stderr().includes('"event":"hangup"'));
    expect(await ready(relay.url)).toBe(200);
    expect(await relay.stop()).toBe(0);
  });

  it("of a terminal that closes ends the node in order, with its peers", async () => {
    // Opens a terminal, waits until the node runs in it, closes it, and says how the node ended.
    const script = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
said = b""
while b"Nodus runs" not in said: said += os.read(terminal, 4096)
os.close(terminal)
print(os.waitpid(pid, 0)[1], flush=True)`;
    const data = await freshFolder();
    const args = [process.execPath, SCRIPT, ...ON_TEST, "--port", "0", "--data", data, "--peers", "2"];
    const child = spawn("python3", ["-c", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    others.push(child);
    let status = "";
    child.stdout?.on("data", (text) => {
      status += text;
    });
    expect(await exit(child)).toBe(0);
    expect(status.trim()).toBe("0");
    // In order: the log of the store was written back and removed, and nobody holds the lock.
    for (const folder of [data, join(data, "peer-1"), join(data, "peer-2")]) {
      await expect(readFile(join(folder, "store.db-wal"))).rejects.toThrow("ENOENT");
    }
    await (await start(["--data", data])).stop();
  });
});

describe("a fault of ours", () => {
  it("that nobody caught is told, and ends the node in order with a code of its own", async () => {
    const later = "setTimeout(()=>{throw new TypeError('of this test')},3000)";
    const relay = await start([], { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(later)}` });
    expect(await exit(relay.child)).toBe(Exit.fault);
    expect(relay.stderr()).toContain('"event":"fault","what":"TypeError: of this test"');
    expect(relay.stderr()).toContain('"event":"ended"');
  });
});

describe("the clock", () => {
  it("of the year 2000 is told of: not ready, and no STORE in the record", async () => {
    const offset = Date.UTC(2000, 0, 1) - Date.now();
    const relay = await start([], { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset: offset }) });
    expect(await ready(relay.url)).toBe(503);
    expect(await offersStore(relay.url)).toBe(false);
    expect(states(relay)).toEqual(["clock"]);
    expect(relay.stderr()).not.toContain('"event":"fault"');
    await relay.stop();
    const again = await start(["--data", relay.data]);
    expect(await ready(again.url)).toBe(200);
    expect(await offersStore(again.url)).toBe(true);
  });
});

describe("the store", () => {
  /** More than is checked before the node serves. */
  const largeStore = async (data: string): Promise<string> => {
    const path = join(data, "store.db");
    const store = new SqliteStore(path);
    const value = new Uint8Array(2_000).fill(7);
    await store.save(Array.from({ length: 4_000 }, (_, at) => ({ key: `cell/${at}`, value })));
    await store.close();
    return path;
  };

  it("that turns out damaged while the node runs takes STORE and readiness, once, and is begun anew at the next start", async () => {
    const data = await freshFolder();
    const path = await largeStore(data);
    const content = await readFile(path);
    content.fill(0xa5, 900 * 4_096, 901 * 4_096);
    await writeFile(path, content);
    const relay = await start(["--data", data]);
    await until(async () => (await ready(relay.url)) === 503);
    expect(await offersStore(relay.url)).toBe(false);
    const node = await member(relay.url); // it still lets people in
    await expect(node.put(box(), cell(), "write")).rejects.toThrow("would hold");
    expect(states(relay).filter((state) => state === "damaged")).toHaveLength(1);
    expect(await relay.stop()).toBe(0);
    const again = await start(["--data", data]);
    await until(async () => (await ready(again.url)) === 200);
    expect(again.stderr()).toContain('"event":"store_set_aside"');
    expect(await offersStore(again.url)).toBe(true);
  });

  it("that is set aside takes neither the node's key nor its incarnation with it", async () => {
    const ahead = { NODUS_UNSAFE_TESTING: '{"wallOffset":86400000}' };
    const first = await start([], ahead);
    await first.stop();
    const file = join(first.data, "node.incarnation");
    const before = new IncarnationFile(file).last ?? 0n;
    expect(Number(before)).toBeGreaterThan(Date.now() + 80_000_000);
    await writeFile(join(first.data, "store.db"), "not a database, however long one looks at it");
    const again = await start(["--data", first.data]);
    expect(await ready(again.url)).toBe(200);
    await again.stop();
    expect(new IncarnationFile(file).last).toBe(before + 1n);
    const store = new SqliteStore(join(first.data, "store.db"));
    expect(Buffer.from((await store.load("node/incarnation")) ?? []).readBigUInt64BE()).toBe(before + 1n);
    await store.close();
  });

  it.each([
    ["killed", "SIGKILL", 4], // 2 KiB a file: not even the index of the log fits
    ["stopped", "SIGTERM", 0],
  ] as const)(
    "on a disk that is full since the node was %s is given out all the same, and takes nothing more",
    async (_, signal, blocks) => {
      const first = await start();
      const mailbox = box();
      const kept = cell();
      expect((await (await member(first.url)).put(mailbox, kept, "write")).held).toBe(1);
      await first.stop(signal);
      const port = await freePorts(1);
      const url = `http://localhost:${port}`;
      const args = ["--port", String(port), "--data", first.data];
      const relay = shell(`ulimit -f ${blocks}; exec "$@"`, args);
      await until(async () => (await ready(url)) === 200);
      const node = await member(url);
      const { cells } = await node.get(mailbox, [kept.subarray(4, 20)]);
      expect(cells.map((each) => Buffer.from(each.cell))).toEqual([Buffer.from(kept)]);
      expect((await node.put(mailbox, cell(), "write")).held).toBe(0);
      await until(async () => !(await offersStore(url)));
      expect(await ready(url)).toBe(200);
      expect(await exit(relay, "SIGTERM")).toBe(0);
      const roomy = await start(args);
      expect(await offersStore(roomy.url)).toBe(true);
      const { cells: again } = await (await member(roomy.url)).get(mailbox, [kept.subarray(4, 20)]);
      expect(again).toHaveLength(1);
    },
  );

  it("that has no room to be begun leaves the node without one, and that is told", async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(first.data, "store.db"), "broken");
    const port = await freePorts(1);
    const child = shell('ulimit -f 4; exec "$@"', ["--port", String(port), "--data", first.data], ["ignore", "pipe"]);
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    const url = `http://localhost:${port}`;
    await until(async () => (await ready(url)) === 200);
    expect(await offersStore(url)).toBe(false);
    await member(url);
    expect(said).toContain('"event":"no_store"');
    expect(await exit(child, "SIGTERM")).toBe(0);
  });
});

describe("a start that cannot be", () => {
  it("for want of room says so, with a code of its own", async () => {
    const child = shell('ulimit -f 0; exec "$@"', ["--port", "0", "--data", await freshFolder()], ["ignore", "pipe"]);
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    expect(await exit(child)).toBe(Exit.full);
    await until(() => said.includes("\n"));
    expect(said.trimEnd().split("\n")).toEqual([expect.stringContaining("full: free some")]);
  });

  it("says that a node runs where one does, whatever became of the lock's file", async () => {
    const relay = await start();
    await writeFile(join(relay.data, "lock.db"), "x".repeat(5_000));
    const second = launch(["--port", "0", "--data", relay.data]);
    expect(await exit(second.child)).toBe(Exit.refused);
    expect(second.stderr()).toContain("already runs");
    expect(await ready(relay.url)).toBe(200);
  });
});
