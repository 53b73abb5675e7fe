import { deleteDB } from "idb";
import { afterEach, expect, it } from "vitest";
import { EncryptedVault, raiseEpoch } from "#adapters/at-rest.ts";
import { IdbStore } from "#adapters/idb.ts";
import { profileKey } from "#adapters/profile-key.ts";
import { fencedStorageContract } from "../contract/fenced-storage.ts";

let count = 0;
fencedStorageContract("IndexedDB", () => {
  count += 1;
  const name = `fenced-${count}`;
  return { open: () => new IdbStore(name), clear: () => deleteDB(name) };
});

const KEYS = "at-rest-keys";
const VALUES = "at-rest-values";
afterEach(async () => {
  await deleteDB(KEYS);
  await deleteDB(VALUES);
});

it("one key a profile, that cannot be taken out, also where two tabs begin at once", async () => {
  const [one, other] = await Promise.all([profileKey(KEYS), profileKey(KEYS)]);
  const later = await profileKey(KEYS);
  expect(later.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", later)).rejects.toThrow();
  const disk = new IdbStore(VALUES);
  const value = Uint8Array.of(1, 2, 3);
  await new EncryptedVault(disk, one, await raiseEpoch(disk, () => true)).save([{ key: "a", value }]);
  for (const key of [one, other, later]) expect(await new EncryptedVault(disk, key, 0).load("a")).toEqual(value);
  await disk.close();
});
