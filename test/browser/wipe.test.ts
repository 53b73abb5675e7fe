/** Deleting everything, and what becomes of it when the page ends in between. */
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, expect, it } from "vitest";
import { finishWipe, wipeAll } from "#adapters/wipe.ts";

const NAMES = ["history-2", "history-4", "key", "node", "personal", "rest", "secrets-3"].map(
  (name) => `nodus/1/test-wipe/${name}`,
);
const deleteDatabase = indexedDB.deleteDatabase.bind(indexedDB);

beforeEach(async () => {
  for (const name of NAMES) (await openDB(name, 1)).close();
  localStorage.setItem("nodus-identity", "1");
  localStorage.setItem("another", "1");
});
afterEach(async () => {
  Object.assign(indexedDB, { deleteDatabase });
  localStorage.clear();
  // Other tests of this browser are not to find them.
  for (const name of NAMES) await deleteDB(name);
});

async function left(): Promise<string[]> {
  const names = (await indexedDB.databases()).map(({ name = "" }) => name).filter((name) => name.startsWith("nodus/"));
  return [...names.sort(), ...Object.keys(localStorage).sort()];
}

it("deletes all that is ours, and nothing else", async () => {
  await wipeAll();
  expect(await left()).toEqual(["another"]);
});

it("goes on at the next start when it was broken off after what holds the identity's keys", async () => {
  Object.assign(indexedDB, {
    deleteDatabase(name: string) {
      if (!/\/(secrets-3|useless)$/.test(name)) throw new Error("the page is gone");
      return deleteDatabase(name);
    },
  });
  await expect(wipeAll()).rejects.toThrow("the page is gone");
  Object.assign(indexedDB, { deleteDatabase });
  expect(await left()).not.toContain("nodus/1/test-wipe/secrets-3");
  await finishWipe();
  expect(await left()).toEqual(["another"]);
});

it("begins nothing at a start when nobody asked for it", async () => {
  await finishWipe();
  expect(await left()).toEqual([...NAMES, "another", "nodus-identity"]);
});
