/** A link that was used is opened again, by whoever made it and by whoever answered: to which chat it leads. */
import { expect, test } from "vitest";
import { DAY, MINUTE } from "./office.ts";
import { answer, invite, newcomer, strangers } from "./people.ts";

test("an own link leads nowhere before it is answered, and then to the chat that came of it, at both ends", async () => {
  const { office, ann, ben } = await strangers();
  const link = await invite(ann);
  expect(ann.chat.readLink(link)).toEqual({ ok: false, fault: "own" });
  expect(ben.chat.readLink(link).known).toBeUndefined();

  const atBen = await answer(ben, link);
  expect(ben.chat.readLink(link).known).toEqual({ chat: atBen, through: true });
  await office.clock.advance(MINUTE);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  expect(ann.chat.readLink(`https://x/%23${link}`)).toEqual({
    ok: false,
    fault: "own",
    known: { chat: atAnn, through: true },
  });

  await office.clock.wait(ann.chat.acceptRequest(atAnn));
  await office.clock.advance(MINUTE);
  expect(ann.chat.readLink(link).known).toEqual({ chat: atAnn, through: true });
  expect(ben.chat.readLink(link).known?.chat).toBe(atBen);
  expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "used" });

  await office.clock.advance(9 * DAY);
  const late = ben.chat.readLink(link);
  expect([late.ok, late.known?.chat]).toEqual([false, atBen]);
});

test("a link of nobody whom we know leads to no chat, and one of a contact is still looked up", async () => {
  const { office, ann, ben } = await strangers();
  const first = await invite(ann);
  const atBen = await answer(ben, first);
  await office.clock.advance(MINUTE);
  const second = await invite(ann);
  expect(ben.chat.readLink(second).known).toEqual({ chat: atBen, through: false });
  const cleo = await newcomer(office, "cleo");
  expect(ben.chat.readLink(await invite(cleo)).known).toBeUndefined();
});
