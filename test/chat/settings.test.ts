import { beforeEach, expect, test } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import { prefsOf } from "#chat/driver/prefs.ts";
import { type Contacts, contacts } from "./people.ts";
import { core } from "./support.ts";

let { ann, atAnn } = {} as Contacts;
beforeEach(async () => {
  ({ ann, atAnn } = await contacts());
});
const drafts = () => [...ann.disk.keys()].filter((key) => key.startsWith("draft/"));

test("a draft is there after a kill, and gone when it is emptied", async () => {
  await ann.chat.setDraft(atAnn, "half a sen");
  ann.kill();
  await ann.start();
  expect(ann.chat.draft(atAnn)).toBe("half a sen");
  await ann.chat.setDraft(atAnn, "");
  expect([ann.chat.draft(atAnn), drafts()]).toEqual(["", []]);
});

test("a sent text takes the draft away in its own transaction", async () => {
  await ann.chat.setDraft(atAnn, "whole");
  ann.full = true;
  await expect(ann.chat.write(atAnn, "whole")).rejects.toMatchObject({ code: "storage-full" });
  expect(ann.chat.draft(atAnn)).toBe("whole");
  ann.full = false;
  await ann.chat.write(atAnn, "whole");
  expect([ann.chat.draft(atAnn), drafts()]).toEqual(["", []]);
});

test("no draft without a chat, and none beyond its limit", async () => {
  await ann.chat.setDraft("nobody", "hm");
  await expect(ann.chat.setDraft(atAnn, "é".repeat(32_001))).rejects.toMatchObject({ code: "too-large" });
  expect(drafts()).toEqual([]);
  await ann.chat.setDraft(atAnn, "é".repeat(32_000));
  expect(drafts()).toHaveLength(1);
});

test("preferences begin silent, are kept one by one, and are read without opening the chats", async () => {
  expect(ann.chat.prefs).toEqual({ notices: false, noticeContent: false, paused: false });
  await ann.chat.setPrefs({ notices: true });
  await ann.chat.setPrefs({ caps: { linksMax: 12 }, backupAsked: 5 });
  ann.kill();
  await ann.start();
  const expected = { notices: true, noticeContent: false, paused: false, caps: { linksMax: 12 }, backupAsked: 5 };
  expect(ann.chat.prefs).toEqual(expected);
  expect(prefsOf(core, await new MemoryStore(ann.disk).load("prefs"))).toEqual(expected);
});
