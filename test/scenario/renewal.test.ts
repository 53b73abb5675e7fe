import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { createTestnet } from "#adapters/memory-testnet.ts";
import { meet, Person } from "./person.ts";

const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
const MINUTE = 60_000;

test("a lost device: what waited comes to the restored one through its inbox, and both write on", async () => {
  const net = await createTestnet({ core, nodes: 12, seed: 11 });
  const [ann, ben, again] = ["ann", "ben", "ben, restored"].map((name) => new Person(net, core, name)) as [
    Person,
    Person,
    Person,
  ];
  await ann.start();
  await ben.start();
  const { atA } = await meet(net, ann, ben);
  await net.clock.advance(2 * MINUTE);
  const words = ben.chat.me?.entropy;
  net.crash("ben");
  for (let i = 0; i < 5; i++) await net.clock.wait(ann.chat.write(atA, `text ${i}`));
  await net.clock.advance(2 * MINUTE);
  await again.start(words);
  await net.clock.advance(10 * MINUTE);
  expect(again.chat.me?.card?.put).toBeGreaterThan(0);
  await ann.chat.openChat(atA);
  expect(await net.clock.until(() => again.chat.chats.length > 0, 5 * MINUTE)).toBe(true);
  await net.clock.advance(MINUTE);
  const chat = again.chat.chats[0]?.id ?? "";
  expect(await again.words(chat)).toEqual([0, 1, 2, 3, 4].map((i) => `text ${i}`));
  await net.clock.wait(again.chat.acceptRequest(chat));
  await net.clock.wait(again.chat.write(chat, "it is me"));
  await net.clock.advance(2 * MINUTE);
  expect((await ann.words(atA)).at(-1)).toBe("it is me");
  const own = (await ann.texts(atA)).filter(({ mine }) => mine);
  expect(own.map(({ delivery }) => delivery?.kind)).toEqual(own.map(() => "delivered"));
  expect(ann.chat.chats[0]?.notes).toHaveLength(1);
});
