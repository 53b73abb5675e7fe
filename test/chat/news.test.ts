import { beforeEach, expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { answer, invite, meet, type Strangers, send, strangers, words, write } from "./people.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
});

test("a request is told with its text and name, and once", async () => {
  await answer(ben, await invite(ann), "hello");
  await office.clock.advance(30 * MINUTE);
  const chat = ann.chat.chats[0]?.id;
  expect(ann.arrived).toEqual([{ chat, name: "ben", text: "hello", phase: "request" }]);
  ann.kill();
  await ann.start();
  await office.clock.advance(30 * MINUTE);
  expect(ann.arrived).toHaveLength(1);
});

test("a request without a text is told as well", async () => {
  await answer(ben, await invite(ann), "");
  await office.clock.advance(MINUTE);
  expect(ann.arrived).toMatchObject([{ name: "ben", text: "", phase: "request" }]);
});

test("texts are told once by whatever way they come, own ones and acknowledgements never", async () => {
  const { atAnn, atBen } = await meet(ann, ben);
  ben.arrived.length = 0;
  await send(ann, atAnn, "direct");
  const swallow = ben.line.sendDirect.bind(ben.line);
  ben.line.sendDirect = () => true;
  await send(ann, atAnn, "both ways");
  ben.line.sendDirect = swallow;
  await ben.close();
  await send(ann, atAnn, "mailbox");
  await ben.start();
  await office.clock.advance(30 * MINUTE);
  const told = ["direct", "both ways", "mailbox"].map((text) => ({ chat: atBen, name: "ann", text, phase: "open" }));
  expect(ben.arrived).toEqual(told);
});

test("what the disk does not take is not told, and told when it does", async () => {
  const { atAnn, atBen } = await meet(ann, ben);
  ben.arrived.length = 0;
  ben.full = true;
  await write(ann, atAnn, "no room");
  await office.clock.advance(5 * MINUTE);
  expect(ben.arrived).toEqual([]);
  ben.full = false;
  await office.clock.advance(30 * MINUTE);
  expect(ben.arrived.map(({ text }) => text)).toEqual(["no room"]);
  expect(await words(ben, atBen)).toContain("no room");
});
