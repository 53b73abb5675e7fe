/** When what was removed is made impossible to read: which part of the vault is made anew, when, and what holds until then. */
import { beforeEach, expect, test } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Part } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import { DAY, type Device, HOUR, MINUTE, Office } from "./office.ts";
import { answer, invite, meet, texts, write } from "./people.ts";

/** What was made anew, in order, and why it cannot be. */
const renewed: Part[] = [];
let refuse: Fault | undefined;
let meanwhile: () => Promise<unknown> = async () => undefined;
class Renewable extends MemoryStore {
  async renew(part: Part): Promise<void> {
    await meanwhile();
    if (refuse !== undefined) throw refuse;
    renewed.push(part);
  }
}

let office: Office;
let ann: Device;
let ben: Device;
beforeEach(async () => {
  office = new Office();
  [ann, ben] = [office.device("ann"), office.device("ben")];
  ann.store = (disk) => new Renewable(disk);
  await ann.start();
  await ben.start();
  await office.clock.advance(MINUTE);
  renewed.length = 0;
  refuse = undefined;
  meanwhile = async () => undefined;
});
const restart = async (): Promise<void> => {
  ann.kill();
  await ann.start();
  await office.clock.advance(MINUTE);
};

test("confirmed words are erased when that is through, not before", async () => {
  meanwhile = async () => expect([ann.chat.hasEntropy, ann.chat.erasing]).toEqual([false, true]);
  await office.clock.wait(ann.chat.confirmBackup());
  expect(renewed).toEqual(["secrets"]);
  expect(ann.chat.erasing).toBe(false);
});

test("what cannot be erased now is owed, through an end without a word, until it is done", async () => {
  refuse = new Fault("storage-full", "The disk is full.");
  await office.clock.wait(ann.chat.confirmBackup());
  expect([ann.chat.hasEntropy, ann.chat.erasing]).toEqual([false, true]);
  await restart();
  expect(ann.chat.erasing).toBe(true);
  refuse = undefined;
  await office.clock.advance(2 * HOUR);
  expect(ann.chat.erasing).toBe(false);
  expect(renewed).toEqual(["secrets"]);
});

test("what is destroyed while the rest is made anew is owed still", async () => {
  const link = await invite(ann);
  meanwhile = async () => {
    meanwhile = async () => undefined;
    await ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? "");
  };
  await office.clock.wait(ann.chat.confirmBackup());
  expect(link).not.toBe("");
  expect(ann.chat.erasing).toBe(true);
  await office.clock.advance(MINUTE);
  expect([ann.chat.erasing, renewed]).toEqual([false, ["secrets", "secrets"]]);
});

test("the keys of an invite are erased once it is used, and once it is taken back", async () => {
  await answer(ben, await invite(ann));
  await office.clock.advance(MINUTE);
  await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
  await office.clock.advance(MINUTE);
  expect(renewed).toEqual(["secrets"]);
  const open = await ann.chat.createInvite();
  await office.clock.wait(ann.chat.revokeInvite(open));
  await office.clock.advance(MINUTE);
  expect(renewed).toEqual(["secrets", "secrets"]);
});

test("the keys of a deleted chat are erased within a minute, its texts within a week", async () => {
  const { atAnn } = await meet(ann, ben);
  await office.clock.advance(MINUTE);
  renewed.length = 0;
  await office.clock.wait(ann.chat.deleteChat(atAnn));
  await office.clock.advance(MINUTE);
  expect(renewed).toEqual(["secrets"]);
  await restart();
  await office.clock.advance(8 * DAY);
  expect(renewed).toContain("history");
});

test("secrets are made anew weekly, the history only where something was removed from it", async () => {
  const { atAnn } = await meet(ann, ben);
  await write(ann, atAnn, "one");
  await office.clock.advance(MINUTE);
  renewed.length = 0;
  await office.clock.advance(15 * DAY);
  expect(renewed).toEqual(["secrets", "secrets"]);
  renewed.length = 0;
  const one = (await texts(ann, atAnn)).find(({ text }) => text === "one");
  await office.clock.wait(ann.chat.remove(atAnn, one?.id ?? ""));
  await office.clock.advance(8 * DAY);
  expect(renewed.filter((part) => part === "history")).toEqual(["history"]);
});

test("a clock that was years ahead puts nothing off", async () => {
  ann.offset = 900 * DAY;
  await restart();
  await office.clock.advance(9 * DAY);
  ann.offset = 0;
  renewed.length = 0;
  await restart();
  await office.clock.advance(9 * DAY);
  expect(renewed).toContain("secrets");
});

test("a worker of seconds leaves it to the next page", async () => {
  refuse = new Fault("busy", "Another tab holds it.");
  await office.clock.wait(ann.chat.confirmBackup());
  refuse = undefined;
  await ann.close();
  await ann.start({ leaf: true });
  await office.clock.advance(2 * HOUR);
  expect([ann.chat.erasing, renewed]).toEqual([true, []]);
  await ann.close();
  await ann.start();
  await office.clock.advance(MINUTE);
  expect([ann.chat.erasing, renewed]).toEqual([false, ["secrets"]]);
});
