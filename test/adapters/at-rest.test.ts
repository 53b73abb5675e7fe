import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EncryptedVault, raiseEpoch } from "#adapters/at-rest.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
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

const makeKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

describe("the vault", () => {
  let key: Awaited<ReturnType<typeof makeKey>>;
  let raw: Map<string, Uint8Array>;
  let disk: MemoryStore;
  beforeAll(async () => {
    key = await makeKey();
  });
  beforeEach(() => {
    raw = new Map();
    disk = new MemoryStore(raw);
  });
  const lead = async () => new EncryptedVault(disk, key, await raiseEpoch(disk, () => true));

  it("gives back what it was given, and shows the disk none of it", async () => {
    const vault = await lead();
    await vault.save([
      { key: "chat/1", value: utf8("a very secret name") },
      { key: "chat/2", value: utf8("a very secret name") },
      { key: "chat/3", value: new Uint8Array(0) },
    ]);
    expect(await vault.load("chat/1")).toEqual(utf8("a very secret name"));
    expect(await vault.load("chat/3")).toEqual(new Uint8Array(0));
    expect(await vault.load("chat/4")).toBeUndefined();
    const found: string[] = [];
    for await (const { key: at, value } of vault.range("")) found.push(`${at} ${value.length}`);
    expect(found).toEqual(["chat/1 18", "chat/2 18", "chat/3 0"]);
    for (const [at, value] of raw) if (at !== "epoch") expect(Buffer.from(value).includes("secret")).toBe(false);
    expect(raw.get("chat/1")).not.toEqual(raw.get("chat/2"));
    await vault.save([{ key: "chat/1", value: undefined }]);
    expect(raw.has("chat/1")).toBe(false);
  });

  it("encrypts the same value anew each time", async () => {
    const vault = await lead();
    await vault.save([{ key: "a", value: utf8("x") }]);
    const first = raw.get("a");
    await vault.save([{ key: "a", value: utf8("x") }]);
    expect(raw.get("a")).not.toEqual(first);
  });

  it("does not open a value that was moved, turned or cut, or another profile's", async () => {
    const vault = await lead();
    await vault.save([{ key: "a", value: utf8("x") }]);
    const sealed = raw.get("a") as Uint8Array;
    raw.set("b", sealed);
    expect(await faultOf(vault.load("b"))).toBe("storage-broken");
    raw.set(
      "a",
      sealed.map((byte, at) => (at === 12 ? byte ^ 1 : byte)),
    );
    expect(await faultOf(vault.load("a"))).toBe("storage-broken");
    for (const length of [0, 5, 12, 27]) {
      raw.set("a", sealed.slice(0, length));
      expect(await faultOf(vault.load("a")), `${length} B`).toBe("storage-broken");
    }
    raw.set("a", sealed);
    expect(await faultOf(new EncryptedVault(disk, await makeKey(), 1).load("a"))).toBe("storage-broken");
  });

  it("refuses every save of a leader that was followed, and loses nothing of the new one's", async () => {
    const old = await lead();
    await old.save([{ key: "a", value: utf8("old") }]);
    const next = await lead();
    await next.save([{ key: "a", value: utf8("new") }]);
    expect(await faultOf(old.save([{ key: "a", value: utf8("late") }]))).toBe("closed");
    expect(await faultOf(old.save([{ key: "a", value: undefined }]))).toBe("closed");
    expect(await next.load("a")).toEqual(utf8("new"));
    expect(await old.load("a")).toEqual(utf8("new"));
    expect(await raiseEpoch(disk, () => true)).toBe(3);
  });

  it("tells that all was deleted from a leader that was followed", async () => {
    const vault = await lead();
    await vault.save([{ key: "a", value: utf8("x") }]);
    raw.clear();
    expect(await faultOf(vault.save([{ key: "a", value: utf8("y") }]))).toBe("storage-gone");
    expect([...raw.keys()]).toEqual([]);
  });

  it("lands saves in the order of their calls, whatever their size", async () => {
    const vault = await lead();
    const large = Array.from({ length: 200 }, (_, at) => ({ key: `x/${at}`, value: new Uint8Array(16_384) }));
    const saves = [
      vault.save([...large, { key: "last", value: utf8("1") }]),
      vault.save([{ key: "last", value: utf8("2") }]),
    ];
    await Promise.all(saves);
    expect(await vault.load("last")).toEqual(utf8("2"));
  });

  it("goes on after a save that failed", async () => {
    const vault = await lead();
    const failing = new EncryptedVault(disk, key, 99);
    expect(await faultOf(failing.save([{ key: "a", value: utf8("x") }]))).toBe("closed");
    expect(await faultOf(failing.save([{ key: "a", value: utf8("x") }]))).toBe("closed");
    await vault.save([{ key: "a", value: utf8("y") }]);
    expect(await vault.load("a")).toEqual(utf8("y"));
  });
});

it("a leader that lost the lock while it read the epoch shuts nobody out", async () => {
  const disk = new MemoryStore();
  const read = disk.load.bind(disk);
  let leads = true;
  disk.load = async (key) => {
    const held = await read(key);
    leads = false; // another has the lock, and raises it right after
    return held;
  };
  await expect(raiseEpoch(disk, () => leads)).rejects.toMatchObject({ code: "closed" });
  disk.load = read;
  expect(await raiseEpoch(disk, () => true)).toBe(1);
});
