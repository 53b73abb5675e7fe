import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import { meet, Person } from "./person.ts";

const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
const MINUTE = 60_000;

let net: Testnet;
let ann: Person;
let ben: Person;
let atAnn: string;
let atBen: string;

beforeAll(async () => {
  net = await createTestnet({ core, nodes: 12, seed: 7 });
  ann = new Person(net, core, "ann");
  ben = new Person(net, core, "ben");
  await ann.start();
  await ben.start();
  ({ atA: atAnn, atB: atBen } = await meet(net, ann, ben));
});

test("both online: the text goes over their own link and is delivered, then read", async () => {
  const linked = () => ann.chat.direct(atAnn) && ben.chat.direct(atBen);
  expect(await net.clock.until(linked, 2 * MINUTE)).toBe(true);
  await net.clock.wait(ann.chat.write(atAnn, "hi"));
  await net.clock.advance(2_000);
  expect((await ann.texts(atAnn)).at(-1)).toMatchObject({ path: "direct", delivery: { kind: "delivered" } });
  await net.clock.wait(ben.chat.markRead(atBen));
  await net.clock.advance(2_000);
  expect((await ann.texts(atAnn)).at(-1)?.delivery?.kind).toBe("read");
});

test("a sealed text waits in eight boxes, the sender leaves, and it arrives once and in order", async () => {
  await ben.close();
  for (let i = 0; i < 5; i++) await net.clock.wait(ann.chat.write(atAnn, `text ${i}`));
  await net.clock.advance(30_000);
  expect((await ann.texts(atAnn)).at(-1)?.delivery).toMatchObject({ kind: "stored", held: 8, of: 8 });
  await ann.close();
  await net.clock.advance(MINUTE);
  await ben.start();
  await net.clock.advance(MINUTE);
  const got = (await ben.words(atBen)).filter((text) => text.startsWith("text "));
  expect(got).toEqual(["text 0", "text 1", "text 2", "text 3", "text 4"]);
  await ann.start();
  await net.clock.advance(2 * MINUTE);
  expect((await ann.texts(atAnn)).at(-1)?.delivery?.kind).toMatch(/delivered|read/);
});

test("every anchor dead: texts go on, directly and through boxes", async () => {
  for (const host of net.anchors) net.crash(host);
  await net.clock.advance(2 * MINUTE);
  await net.clock.wait(ben.chat.write(atBen, "still here"));
  await net.clock.advance(30_000);
  expect((await ann.words(atAnn)).at(-1)).toBe("still here");
  net.crash("ann");
  await net.clock.wait(ben.chat.write(atBen, "into the box"));
  await net.clock.advance(2 * MINUTE);
  expect((await ben.texts(atBen)).at(-1)?.delivery).toMatchObject({ kind: "stored" });
});
