/** Data at rest of earlier versions is brought into the form of this one: once, whole, whatever ends it in between. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "#adapters/memory-disk.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { Rest } from "#adapters/rest.ts";
import { raiseEpoch } from "#adapters/rest-epoch.ts";
import { open } from "#adapters/rest-seal.ts";
import { Fault } from "#node/errors.ts";
import { MortalDisk } from "../contract/mortal-disk.ts";
import { openProfile, profileKeyOf, rawRecords, VERSIONS } from "../fixtures/open.ts";
import { diskOf, startOn } from "../fixtures/vault.ts";

type Records = Record<string, string | undefined>;
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("hex");
const inOrder = (records: Records): [string, string | undefined][] =>
  Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1));

describe.each(VERSIONS)("data at rest of %s", (version) => {
  const profile = openProfile(version);
  const { network } = profile;

  /** As the earlier version would read it. */
  async function held(): Promise<Records> {
    const key = await profileKeyOf(profile);
    const records: Records = {};
    for (const [at, value] of rawRecords(profile, "personal")) {
      if (at !== "epoch") records[at] = hex(await open(key, at, value));
    }
    return records;
  }
  async function found(disk: MemoryDisk): Promise<Records> {
    const records: Records = {};
    for await (const { key, value } of (await startOn(disk, network)).range("")) records[key] = hex(value);
    return records;
  }
  const faultOf = async (work: Promise<unknown>): Promise<string | undefined> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined && !(error instanceof Fault)) throw error;
    return error?.code;
  };

  test("is all there after the move, and nothing of it lies where it was", async () => {
    const disk = await diskOf(profile);
    expect(inOrder(await found(disk))).toEqual(inOrder(await held()));
    expect(await disk.names()).toEqual([`${network}/rest`, `${network}/secrets-1`, `${network}/history-2`]);
    for (const key of disk.databases.get(`${network}/history-2`)?.values.keys() ?? []) {
      expect(key).toMatch(/^(text\/|epoch$)/);
    }
  });

  test("loses nothing where it is killed at any access to the disk", async () => {
    const all = inOrder(await held());
    for (let accesses = 0; ; accesses++) {
      const disk = await diskOf(profile);
      const mortal = new MortalDisk(disk, accesses);
      await faultOf(startOn(mortal, network));
      const dead = mortal.dead;
      mortal.die();
      expect(inOrder(await found(disk)), `killed at access ${accesses}`).toEqual(all);
      if (!dead) break;
    }
  });

  test("is left as it is where there is no room for a second one", async () => {
    const disk = await diskOf(profile);
    const before = structuredClone(disk.databases.get(`${network}/personal`)?.values);
    before?.delete("epoch");
    for (const full of [/\/secrets-/, /\/history-/, /\/rest$/]) {
      const mortal = new MortalDisk(disk);
      mortal.full = full;
      expect(await faultOf(startOn(mortal, network))).toBe("storage-full");
      const after = structuredClone(disk.databases.get(`${network}/personal`)?.values);
      after?.delete("epoch");
      expect(after).toEqual(before);
    }
    // What the tries took is given back: by the next one, at the latest.
    expect(inOrder(await found(disk))).toEqual(inOrder(await held()));
    const parts = (await disk.names()).filter((name) => /\/(secrets|history)-/.test(name));
    expect(parts).toHaveLength(2);
  });

  test("is moved with a record that cannot be opened, which stays as it is", async () => {
    for (const at of Object.keys(await held()).filter((key) => key !== "me")) {
      const disk = await diskOf(profile);
      const damaged = new Uint8Array(64).fill(7);
      disk.databases.get(`${network}/personal`)?.values.set(at, damaged);
      expect(inOrder(await found(disk))).toEqual(inOrder({ ...(await held()), [at]: undefined }));
      const part = [...disk.databases.values()].find(({ values }) => values.has(at));
      expect(part?.values.get(at)).toEqual(damaged);
    }
  });

  test("is not touched where its person cannot be opened, or its key is another", async () => {
    const broken = await diskOf(profile);
    broken.databases.get(`${network}/personal`)?.values.set("me", new Uint8Array(64));
    const another = await diskOf(profile);
    const made = await new MemoryDisk().make("another", []);
    another.databases.set(`${network}/key`, { values: new Map(), key: made.key });
    for (const disk of [broken, another]) {
      for (const _start of [1, 2]) {
        expect(await faultOf(startOn(disk, network))).toBe("storage-broken");
        expect(disk.databases.get(`${network}/personal`)?.values.size).toBe(rawRecords(profile, "personal").size);
        expect(disk.databases.get(`${network}/key`)?.key).toBeDefined();
      }
    }
  });

  test("takes nothing more from a leader of that version once the next one has begun", async () => {
    const disk = await diskOf(profile);
    const values = disk.databases.get(`${network}/personal`)?.values ?? new Map();
    const epoch = values.get("epoch")?.slice();
    const rest = new Rest(disk, network);
    const raised = await rest.raise(() => true);
    const old = new MemoryStore(values);
    expect(await old.saveIf({ key: "epoch", value: epoch }, [{ key: "me", value: new Uint8Array(1) }])).toBe(false);
    expect(raised).toBeGreaterThan(Number(new DataView((epoch as Uint8Array).buffer).getBigUint64(0)));
  });

  test("waits for a page where a worker comes first", async () => {
    const disk = await diskOf(profile);
    const rest = new Rest(disk, network);
    expect(await rest.open(await rest.raise(() => true))).toBeUndefined();
    expect(await disk.names()).toEqual([`${network}/personal`, `${network}/key`, `${network}/rest`]);
    expect(inOrder(await found(disk))).toEqual(inOrder(await held()));
  });

  test("begins empty where a leader came to lead and nobody lived yet", async () => {
    const values = new Map<string, Uint8Array>();
    await raiseEpoch(new MemoryStore(values), () => true);
    const disk = new MemoryDisk(new Map([[`${network}/personal`, { values }]]));
    expect(await found(disk)).toEqual({});
  });
});
