/** A disk that can be full: a quota of the browser for this site, and random bytes, which do not shrink, up to it. */
import { newProfile, Person } from "./people.ts";

const MIB = 1_048_576;

/** A browser that gives this site 24 MiB, so that it can be filled. */
export async function small(name: string, url: string): Promise<{ person: Person; room: Room }> {
  const person = await Person.open(await newProfile(name), "about:blank");
  const devtools = await person.context.newCDPSession(person.page);
  const quota = (quotaSize: number) =>
    devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(url).origin, quotaSize });
  await quota(24 * MIB); // before anything is stored: the browser remembers for a while how much room there was
  await person.page.goto(url);
  return { person, room: { fill: () => person.page.evaluate(fill), free: () => quota(48 * MIB) } };
}
export interface Room {
  fill(): Promise<void>;
  free(): Promise<unknown>;
}
/** In the page: random bytes, which do not shrink, until not even a kilobyte is taken. */
async function fill(): Promise<void> {
  const database = await new Promise<IDBDatabase>((done, fail) => {
    const opening = indexedDB.open("filler", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("bytes", { autoIncrement: true });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => fail(opening.error);
  });
  const put = (size: number): Promise<boolean> =>
    new Promise((done) => {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      const transaction = database.transaction("bytes", "readwrite");
      transaction.objectStore("bytes").add(bytes);
      transaction.oncomplete = () => done(true);
      transaction.onabort = () => done(false);
    });
  for (const size of [1_048_576, 65_536, 8_192, 1_024]) while (await put(size));
  database.close();
}
