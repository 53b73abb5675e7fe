/** Data at rest in a real IndexedDB. */
import { deleteDB, openDB } from "idb";
import { expect, it } from "vitest";
import { IdbStore } from "#adapters/idb.ts";
import { IdbDisk } from "#adapters/idb-disk.ts";
import { Rest } from "#adapters/rest.ts";
import { fencedStorageContract } from "../contract/fenced-storage.ts";
import { vaultContract } from "../contract/vault.ts";

let count = 0;
fencedStorageContract("IndexedDB", () => {
  count += 1;
  const name = `fenced-${count}`;
  return { open: () => new IdbStore(name), clear: () => deleteDB(name) };
});

vaultContract("IndexedDB", () => {
  count += 1;
  const network = `nodus/1/vault-${count}`;
  const clear = async (): Promise<void> => {
    for (const { name = "" } of await indexedDB.databases()) if (name.startsWith(`${network}/`)) await deleteDB(name);
  };
  return { network, disk: () => new IdbDisk(), clear, anew: clear };
});

it("no page can take the keys out, and an older app finds nothing that it could open", async () => {
  const network = "nodus/1/keys";
  const rest = new Rest(new IdbDisk(), network);
  await rest.open(await rest.raise(() => true), () => undefined);
  await rest.tidied;
  for (const name of ["secrets-1", "history-2"]) {
    const database = await openDB(`${network}/${name}`);
    const key: CryptoKey = await database.get("key", "key");
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    database.close();
  }
  await expect(openDB(`${network}/personal`, 1)).rejects.toMatchObject({ name: "VersionError" });
  await rest.close();
  for (const { name = "" } of await indexedDB.databases()) if (name.startsWith(network)) await deleteDB(name);
});
