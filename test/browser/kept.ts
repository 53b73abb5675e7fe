/** Profiles that earlier versions left, in a browser of today. */
import type { Page } from "@playwright/test";
import type { KeptProfile } from "../fixtures/open.ts";

/** In a page of the app's origin without the app: databases as the version had them, with a key that cannot be taken. */
export async function fill({ databases, localStorage: entries }: KeptProfile): Promise<void> {
  for (const { name, version, store, entries } of databases) {
    const values = Object.entries(entries).map(async ([key, base64]) => {
      const raw = Uint8Array.fromBase64(base64);
      const isKey = name.endsWith("/key");
      return [
        key,
        isKey ? await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) : raw,
      ] as const;
    });
    const rows = await Promise.all(values);
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => void request.result.createObjectStore(store);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    await new Promise<void>((done, fail) => {
      const transaction = database.transaction(store, "readwrite");
      for (const [key, value] of rows) transaction.objectStore(store).put(value, key);
      transaction.oncomplete = () => done();
      transaction.onerror = () => fail(transaction.error);
    });
    database.close();
  }
  for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
}

/** So many texts more, of a chat that nobody opens, under the key of that version: a profile that takes its time. */
export async function fillMore({ network, count }: { network: string; count: number }): Promise<void> {
  const open = (name: string): Promise<IDBDatabase> =>
    new Promise((done, fail) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  const keys = await open(`${network}/key`);
  const key = await new Promise<CryptoKey>((done, fail) => {
    const request = keys.transaction("keys").objectStore("keys").get("keys");
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  keys.close();
  const values = await open(`${network}/personal`);
  for (let from = 0; from < count; from += 1_000) {
    const rows = await Promise.all(
      Array.from({ length: Math.min(1_000, count - from) }, async (_, at) => {
        const name = `text/ffffffffffffffff/${String(from + at).padStart(10, "0")}`;
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const additionalData = new TextEncoder().encode(name);
        const text = new TextEncoder().encode(JSON.stringify({ number: from + at, text: "x".repeat(200) }));
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, text);
        return { name, value: new Uint8Array([...iv, ...new Uint8Array(sealed)]) };
      }),
    );
    await new Promise<void>((done, fail) => {
      const transaction = values.transaction("entries", "readwrite");
      for (const { name, value } of rows) transaction.objectStore("entries").put(value, name);
      transaction.oncomplete = () => done();
      transaction.onerror = () => fail(transaction.error);
    });
  }
  values.close();
}

/** The entries of each of the databases of personal data, by their name without the network. */
export const held = (page: Page, network: string): Promise<Record<string, number>> =>
  page.evaluate(async (network) => {
    const found: Record<string, number> = {};
    for (const { name = "" } of await indexedDB.databases()) {
      const short = name.slice(network.length + 1);
      if (!/^(personal|key|(secrets|history)-\d+)$/.test(short)) continue;
      // One that was deleted since the list was given must not be made again.
      const database = await new Promise<IDBDatabase | undefined>((done) => {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => request.transaction?.abort();
        request.onsuccess = () => done(request.result);
        request.onerror = () => done(undefined);
      });
      if (database === undefined) continue;
      found[short] = 0;
      if (database.objectStoreNames.contains("entries")) {
        found[short] = await new Promise<number>((done, fail) => {
          const request = database.transaction("entries").objectStore("entries").count();
          request.onsuccess = () => done(request.result);
          request.onerror = () => fail(request.error);
        });
      }
      database.close();
    }
    return found;
  }, network);
