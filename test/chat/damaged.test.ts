/** Records that cannot be opened, or hold something else than they should: passed over, counted and kept. */
import { beforeEach, expect, test } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import { Fault } from "#node/errors.ts";
import { type Device, MINUTE } from "./office.ts";
import { type Contacts, contacts, meet, newcomer, send, words } from "./people.ts";

/** As a vault tells of values that it cannot open. */
class Damaged extends MemoryStore {
  readonly #keys: ReadonlySet<string>;
  constructor(values: Map<string, Uint8Array>, keys: ReadonlySet<string>) {
    super(values);
    this.#keys = keys;
  }
  override async load(key: string): Promise<Uint8Array | undefined> {
    if (this.#keys.has(key)) throw new Fault("storage-broken", "A stored value is damaged.");
    return super.load(key);
  }
  override async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    for await (const { key, value } of super.range(prefix)) {
      yield { key, value: (this.#keys.has(key) ? undefined : value) as Uint8Array };
    }
  }
}

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
const keys = new Set<string>();
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  keys.clear();
  await send(ann, atAnn, "one");
  await send(ben, atBen, "two");
  ann.store = (disk) => new Damaged(disk, keys);
});
async function restart(device: Device): Promise<void> {
  device.kill();
  await device.start();
  await office.clock.advance(MINUTE);
}
const starting = (prefix: string): string => [...ann.disk.keys()].find((key) => key.startsWith(prefix)) ?? "";

test("one damaged text leaves all others, and stays on the disk", async () => {
  const key = starting(`text/${atAnn}/`);
  const before = ann.disk.get(key);
  keys.add(key);
  await restart(ann);
  expect(await words(ann, atAnn)).toEqual(["one", "two"]); // the first was "hello"
  await send(ben, atBen, "three");
  expect(await words(ann, atAnn)).toEqual(["one", "two", "three"]);
  expect(ann.chat.damaged).toBeGreaterThan(0);
  expect(ann.disk.get(key)).toEqual(before);
});

test("one damaged chat leaves all others, and stays on the disk", async () => {
  const cleo = await newcomer(office, "cleo");
  const met = await meet(ann, cleo);
  const key = `chat/${atAnn}`;
  const before = ann.disk.get(key);
  keys.add(key);
  await restart(ann);
  expect(ann.chat.chats.map(({ id }) => id)).toEqual([met.atAnn]);
  expect(ann.chat.damaged).toBe(1);
  await send(cleo, met.atBen, "still here");
  expect((await words(ann, met.atAnn)).at(-1)).toBe("still here");
  expect(ann.disk.get(key)).toEqual(before);
});

test.each(["run", "prefs", "erasing", "node-key"])("a damaged %s is as if it were not there", async (key) => {
  if (!ann.disk.has(key)) await office.clock.wait(ann.chat.setPrefs({ notices: true }));
  ann.disk.set(key, ann.disk.get(key) ?? new Uint8Array(3));
  keys.add(key);
  await restart(ann);
  expect(ann.chat.damaged).toBe(1);
  await send(ann, atAnn, "goes on");
  expect((await words(ben, atBen)).at(-1)).toBe("goes on");
});

test.each([
  ["cannot be opened", () => keys.add("me")],
  ["holds something else", () => ann.disk.set("me", new TextEncoder().encode("{}"))],
])("an identity that %s ends the start: nobody begins anew over it", async (_, damage) => {
  ann.kill();
  damage();
  const before = ann.disk.get("me");
  await expect(ann.start()).rejects.toMatchObject({ code: "storage-broken" });
  expect(ann.disk.get("me")).toEqual(before);
});
