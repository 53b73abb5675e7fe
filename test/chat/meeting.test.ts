import { beforeEach, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { answer, invite, lastDelivery, newcomer, type Strangers, send, strangers, words } from "./people.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
});

test("an invite is found with the inviter's name, answered, and shown as a request", async () => {
  const link = await invite(ann);
  const looked = await office.clock.wait(ben.chat.lookUp(link));
  expect(looked).toMatchObject({ kind: "found", name: "ann" });
  await answer(ben, link);
  await office.clock.advance(2_000);
  const [request] = ann.chat.chats;
  expect(request?.contact).toMatchObject({ phase: "request", name: "ben" });
  expect(await words(ann, request?.id ?? "")).toEqual(["hello"]);
});

test("nothing is acknowledged before the person accepts, and all of it after", async () => {
  const atBen = await answer(ben, await invite(ann));
  await office.clock.advance(10 * MINUTE);
  expect((await lastDelivery(ben, atBen))?.kind).toBe("stored");
  expect(ben.chat.chats[0]?.contact.phase).toBe("pending");
  await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
  await office.clock.advance(MINUTE);
  expect((await lastDelivery(ben, atBen))?.kind).toBe("delivered");
  expect(ben.chat.chats[0]?.contact.phase).toBe("open");
});

test("an invite that was used says so, and a second answer to it is told", async () => {
  const link = await invite(ann);
  await answer(ben, link);
  const cleo = await newcomer(office, "cleo");
  const early = await office.clock.wait(cleo.chat.lookUp(link));
  await office.clock.advance(2_000);
  await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
  await office.clock.advance(5_000);
  expect(await office.clock.wait(cleo.chat.lookUp(link))).toEqual({ kind: "fault", fault: "used" });
  if (early.kind === "found") await office.clock.wait(cleo.chat.answer(early, "too late"));
  await office.clock.advance(20 * MINUTE);
  expect(ann.chat.chats).toHaveLength(1);
  expect(ann.chat.invites[0]?.twice).toBe(true);
});

test("a revoked invite, an own one, a broken one and an old one each say what they are", async () => {
  const link = await invite(ann);
  expect(await ann.chat.lookUp(link)).toEqual({ kind: "fault", fault: "own" });
  expect(await ben.chat.lookUp(link.slice(0, 60))).toEqual({ kind: "fault", fault: "malformed" });
  await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
  await office.clock.advance(2_000);
  expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
  await office.clock.advance(9 * DAY);
  expect(await ben.chat.lookUp(link)).toEqual({ kind: "fault", fault: "expired" });
});

test("who answered an invite that is taken back, or that another has used, is told", async () => {
  const link = await invite(ann);
  const atBen = await answer(ben, link);
  await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
  await office.clock.advance(5_000);
  await office.clock.wait(ben.chat.openChat(atBen));
  await office.clock.advance(5_000);
  expect(ben.chat.chats[0]?.fault).toBe("revoked");

  const cleo = await newcomer(office, "cleo");
  const other = await invite(ann);
  const looked = await office.clock.wait(cleo.chat.lookUp(other));
  await answer(ben, other, "first");
  await office.clock.advance(2_000);
  await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats.at(-1)?.id ?? ""));
  if (looked.kind === "found") await office.clock.wait(cleo.chat.answer(looked, "too late"));
  await office.clock.advance(MINUTE);
  expect(cleo.chat.chats[0]?.fault).toBeUndefined();
  await office.clock.advance(HOUR);
  expect(cleo.chat.chats[0]?.fault).toBe("used");
});

test("what the opener writes on before any answer comes with the first text", async () => {
  const atBen = await answer(ben, await invite(ann));
  await send(ben, atBen, "and more");
  expect(await words(ann, ann.chat.chats[0]?.id ?? "")).toEqual(["hello", "and more"]);
});

test("the inviter may be away: what was sent waits", async () => {
  const link = await invite(ann);
  await ann.close();
  const atBen = await answer(ben, link);
  await office.clock.advance(MINUTE);
  expect(await lastDelivery(ben, atBen)).toMatchObject({ kind: "stored", held: 8, of: 8 });
  await ben.close();
  await ann.start();
  await office.clock.advance(MINUTE);
  expect(await words(ann, ann.chat.chats[0]?.id ?? "")).toEqual(["hello"]);
});
