import { expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { invite, strangers, texts, words } from "./people.ts";

test("an invite that is answered twice with one first text, by one id, is answered once", async () => {
  const { office, ann, ben } = await strangers();
  const found = await office.clock.wait(ben.chat.lookUp(await invite(ann)));
  if (found.kind !== "found") throw new Error(found.fault);
  const id = "0123456789abcdef".repeat(2);
  const chat = await office.clock.wait(ben.chat.answer(found, "hello", id));
  ben.kill();
  await ben.start();
  expect(await office.clock.wait(ben.chat.answer(found, "hello", id))).toBe(chat);
  await office.clock.advance(MINUTE);
  expect((await texts(ben, chat)).map(({ text }) => text)).toEqual(["hello"]);
  expect(ben.chat.chats[0]?.pairs).toHaveLength(1);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  expect(await words(ann, atAnn)).toEqual(["hello"]);
  await expect(ben.chat.answer(found, "hello", "no id")).rejects.toMatchObject({ code: "malformed" });
});
