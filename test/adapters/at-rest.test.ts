/** How values lie on the disk, and the epoch; what the data at rest promises as a whole is test/contract/vault.ts. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MemoryDisk } from "#adapters/memory-disk.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { Rest } from "#adapters/rest.ts";
import { raiseEpoch } from "#adapters/rest-epoch.ts";
import { changesOf, journalOf } from "#adapters/rest-journal.ts";
import { type Key, newKey, open, seal } from "#adapters/rest-seal.ts";
import { Fault } from "#node/errors.ts";
import { fencedStorageContract } from "../contract/fenced-storage.ts";

fencedStorageContract("memory", () => {
  const values = new Map<string, Uint8Array>();
  return { open: () => new MemoryStore(values), clear: async () => values.clear() };
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const faultOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Fault ? error.code : undefined;
};

describe("a sealed value", () => {
  let key: Key;
  beforeAll(async () => {
    key = await newKey();
  });
  const sealed = async (at: string, value: Uint8Array) => (await seal(key, { key: at, value })).value as Uint8Array;

  it("opens under its key and its storage key alone, and shows nothing", async () => {
    const bytes = await sealed("chat/1", utf8("a very secret name"));
    expect(await open(key, "chat/1", bytes)).toEqual(utf8("a very secret name"));
    expect(Buffer.from(bytes).includes("secret")).toBe(false);
    expect(await open(key, "chat/2", bytes)).toBeUndefined();
    expect(await open(await newKey(), "chat/1", bytes)).toBeUndefined();
    const turned = bytes.map((byte, at) => (at === 12 ? byte ^ 1 : byte));
    expect(await open(key, "chat/1", turned)).toBeUndefined();
    for (const length of [0, 5, 12, 27]) expect(await open(key, "chat/1", bytes.slice(0, length))).toBeUndefined();
  });

  it("is another one each time, also where it is empty", async () => {
    expect(await sealed("a", utf8("x"))).not.toEqual(await sealed("a", utf8("x")));
    expect(await open(key, "a", await sealed("a", new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  it("has a key that cannot be taken out", async () => {
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });
});

describe("a journal record", () => {
  const changes = [
    { key: "text/1/1", value: utf8("a") },
    { key: "text/1/2", value: undefined },
    { key: "text/1/3", value: new Uint8Array(0) },
  ];

  it("gives back its changes in their order, and large ones in several records", () => {
    expect(journalOf(changes).map(changesOf)).toEqual([changes]);
    const many = Array.from({ length: 10 }, (_, at) => ({
      key: `text/1/${at}`,
      value: new Uint8Array(16_000).fill(at),
    }));
    const records = journalOf(many);
    expect(records.length).toBeGreaterThan(1);
    expect(records.flatMap((record) => changesOf(record) ?? [])).toEqual(many);
    expect(journalOf([])).toEqual([]);
  });

  it("is none where it is cut off", () => {
    const [record] = journalOf(changes) as [Uint8Array];
    const whole = [0, 16, 27]; // rows end there
    for (let length = 0; length < record.length; length++) {
      if (!whole.includes(length)) expect(changesOf(record.slice(0, length)), `${length} B`).toBeUndefined();
    }
  });
});

describe("the leader's epoch", () => {
  let disk: MemoryDisk;
  beforeEach(() => {
    disk = new MemoryDisk();
  });
  const lead = async () => {
    const rest = new Rest(disk, "nodus/1/test");
    const vault = await rest.open(await rest.raise(() => true), () => undefined);
    if (vault === undefined) throw new Error("not opened");
    return vault;
  };

  it("tells that all was deleted from a leader that goes on", async () => {
    const vault = await lead();
    await vault.save([{ key: "a", value: utf8("x") }]);
    for (const name of await disk.names()) await disk.remove(name);
    expect(await faultOf(vault.save([{ key: "a", value: utf8("y") }]))).toBe("storage-gone");
  });

  it("is not raised by a leader that lost the lock while it read it", async () => {
    const store = new MemoryStore();
    const read = store.load.bind(store);
    let leads = true;
    store.load = async (key) => {
      const held = await read(key);
      leads = false; // another has the lock, and raises it right after
      return held;
    };
    await expect(raiseEpoch(store, () => leads)).rejects.toMatchObject({ code: "closed" });
    store.load = read;
    expect(await raiseEpoch(store, () => true)).toBe(1);
    expect(await raiseEpoch(store, () => true, 7)).toBe(8);
  });
});
