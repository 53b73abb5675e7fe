/** Who leads among several tabs, and what becomes of a command that is given while that changes. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FRIEND, later, Profile, type Tab } from "./profile.ts";

const SILENT_MS = 12_000;
let profile: Profile;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

// The app loads it after its first paint, in real time.
beforeAll(() => import("#app/desk.ts"));
beforeEach(() => {
  vi.useFakeTimers();
  profile = new Profile();
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  vi.useRealTimers();
  await new Promise((done) => setImmediate(done));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

/** The first leads; each has the chat open. */
async function tabs(count: number): Promise<Tab[]> {
  const all: Tab[] = [];
  for (let at = 0; at < count; at++) {
    const opening = profile.open();
    await later(2_000);
    const tab = await opening;
    void tab.app.openChat(FRIEND);
    await later(100);
    all.push(tab);
  }
  expect(profile.leaders).toEqual([all[0]]);
  return all;
}
const told = async (command: Promise<unknown>): Promise<"done" | "failed"> =>
  command.then(
    () => "done",
    () => "failed",
  );

describe("one leader", () => {
  test.each(["close", "crash"] as const)("%s: of two views one leads, with one node", async (how) => {
    const [first, second, third] = (await tabs(3)) as [Tab, Tab, Tab];
    first[how]();
    await later(SILENT_MS);
    expect([profile.leaders.length, profile.nodes, profile.disk.epoch]).toEqual([1, 1, 2]);
    const sent = [told(second.app.send(FRIEND, "from 2")), told(third.app.send(FRIEND, "from 3"))];
    await later(100);
    expect(await Promise.all(sent)).toEqual(["done", "done"]);
    for (const tab of [second, third]) expect(tab.words).toEqual(["from 2", "from 3"]);
  });

  test("two visible views miss a frozen leader at the same moment: one leads in the end, and its saves hold", async () => {
    const [first, second, third] = (await tabs(3)) as [Tab, Tab, Tab];
    first.freeze();
    await later(SILENT_MS);
    expect(profile.leaders).toHaveLength(1);
    expect([second, third]).toContain(profile.leaders[0]);
    const sent = Promise.all([told(second.app.send(FRIEND, "from 2")), told(third.app.send(FRIEND, "from 3"))]);
    await later(1_000);
    expect(await sent).toEqual(["done", "done"]);
    void first.wake();
    await later(SILENT_MS);
    expect([profile.leaders.length, profile.nodes]).toEqual([1, 1]);
    for (const tab of profile.tabs) expect([...tab.words].sort()).toEqual(["from 2", "from 3"]);
  });

  test("a leader that is stolen from while it opens starts no node afterwards", async () => {
    const [first, second, third] = (await tabs(3)) as [Tab, Tab, Tab];
    profile.openMs = 7_000;
    first.crash();
    await later(1_000);
    const opening = [second, third].find((tab) => tab.epoch === 2) as Tab;
    opening.freeze();
    await later(SILENT_MS);
    void opening.wake();
    await later(30_000);
    expect([profile.leaders.length, profile.nodes]).toEqual([1, 1]);
    expect(opening.ready?.leads).toBe(false);
  });
});

describe("a command while the leader changes", () => {
  test.each(["close", "crash"] as const)("%s: what a third tab does is done once by the second", async (how) => {
    const [first, second, third] = (await tabs(3)) as [Tab, Tab, Tab];
    first[how]();
    const sent = [told(second.app.send(FRIEND, "from 2")), told(third.app.send(FRIEND, "from 3"))];
    void third.app.setDraft(FRIEND, "half");
    await later(150); // the next leader reads the chats
    sent.push(told(third.app.send(FRIEND, "while it opens")));
    await later(5_000);
    expect(await Promise.all(sent)).toEqual(["done", "done", "done"]);
    expect(profile.disk.texts.map(({ text }) => text).sort()).toEqual(["from 2", "from 3", "while it opens"]);
    expect(profile.disk.drafts.get(FRIEND)).toBe("half");
  });

  test("one that must not be done twice is told as failed", async () => {
    const [first, , third] = (await tabs(3)) as [Tab, Tab, Tab];
    first.crash();
    const made = told(third.app.createInvite());
    await later(5_000);
    expect([await made, profile.disk.invites]).toEqual(["failed", 0]);
  });

  test("sent from a frozen leader that is stolen from: it is sent once when that one wakes", async () => {
    const [first, second] = (await tabs(3)) as [Tab, Tab, Tab];
    first.freeze();
    await later(SILENT_MS);
    const sent = told(first.app.send(FRIEND, "from the one that slept"));
    await later(100);
    void first.wake();
    await later(5_000);
    const count = profile.disk.texts.length;
    expect([await sent, count]).toEqual(count === 1 ? ["done", 1] : ["failed", 0]);
    expect(second.words).toHaveLength(count);
  });

  test("a tab that comes to the front because the leader's was closed rejects nothing unheard", async () => {
    const [first, second] = (await tabs(2)) as [Tab, Tab];
    second.show(false);
    await later(100);
    first.crash();
    second.show(true);
    await later(SILENT_MS);
    expect(profile.leaders).toEqual([second]);
  });
});

test("a leader that was left behind shows nobody its old state when it wakes", async () => {
  const [first, second, third] = (await tabs(3)) as [Tab, Tab, Tab];
  first.freeze();
  await later(SILENT_MS);
  const sent = told(second.app.send(FRIEND, "new"));
  await later(1_000);
  expect(await sent).toBe("done");
  const drawn: string[][] = [];
  for (const tab of [second, third]) tab.app.subscribe(() => drawn.push(tab.words));
  // What the other tabs said meanwhile may be heard before the loss of the lock.
  void first.wake((held) => held.reverse());
  await later(SILENT_MS);
  expect(drawn).not.toContainEqual([]);
  for (const tab of profile.tabs) expect(tab.words).toEqual(["new"]);
});

test("everything is deleted in a view: every tab says so, and none begins a new profile", async () => {
  const [, second] = (await tabs(3)) as [Tab, Tab, Tab];
  const deleted = told(second.app.deleteEverything());
  await later(SILENT_MS);
  expect(await deleted).toBe("done");
  expect(profile.tabs.map(({ app }) => app.state.phase)).toEqual(["deleted", "deleted", "deleted"]);
  expect(profile.disk.epoch).toBe(1);
  const opening = profile.open();
  await later(2_000);
  await opening;
  expect(profile.disk.epoch).toBe(2);
});

test("a view that restores while an identity is being made in another is told that it was not", async () => {
  profile.disk.me = false;
  const opening = profile.open();
  await later(2_000);
  const first = await opening;
  const other = profile.open();
  await later(2_000);
  const view = await other;
  const begun = told(first.app.begin("Ann"));
  await later(10);
  const restored = told(view.app.restore("any words", "Ann"));
  await later(2_000);
  expect([await begun, await restored]).toEqual(["done", "failed"]);
});

test("a tab that crashed before somebody's eyes is seen by nobody: what comes then deserves a notice", async () => {
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  first.show(false);
  await later(1_000);
  first.arrive();
  second.crash();
  await later(15_000);
  first.arrive();
  expect(first.screens).toEqual([[{ chat: FRIEND }], []]);
});

test("what a leader that was stolen from still reads is not shown in place of the new one's state", async () => {
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  first.pageMs = 20_000;
  void first.app.openChat(FRIEND);
  first.freeze();
  await later(SILENT_MS);
  expect(await told(Promise.race([second.app.send(FRIEND, "new"), later(1_000)]))).toBe("done");
  void first.wake();
  await later(2_000);
  const drawn: unknown[] = [];
  first.app.subscribe(() => drawn.push([first.words, first.ready?.leads]));
  await later(30_000);
  expect(drawn.length).toBeGreaterThan(0);
  for (const state of drawn) expect(state).toEqual([["new"], false]);
});

test("a disk that breaks with the leader is told by the tab that would have taken its place", async () => {
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  profile.diskBroken = true;
  first.crash();
  await later(SILENT_MS);
  expect(second.app.state).toEqual({ phase: "broken", fault: "storage-broken" });
});

test("what an older version stored is moved: every tab says how far that is, and then shows the chats", async () => {
  profile.moves = 40;
  void profile.open();
  await later(2_000);
  void profile.open();
  await later(4_000);
  for (const { app } of profile.tabs) {
    expect(app.state).toMatchObject({ phase: "starting", step: "moving", progress: expect.closeTo(0.5, 1) });
  }
  await later(9_000);
  expect(profile.tabs.map(({ ready }) => ready?.chats.length)).toEqual([1, 1]);
  expect(profile.leaders).toEqual([profile.tabs[0]]);
});

test("a node that did not come is tried again", async () => {
  const said = vi.spyOn(console, "error").mockReturnValue();
  const opening = profile.open();
  const [tab] = profile.tabs as [Tab];
  tab.fault = new Error("a part of the app did not load");
  await later(2_000);
  await opening;
  expect([tab.nodes, tab.ready?.connection]).toEqual([0, "connecting"]);
  expect(said).toHaveBeenCalledOnce();
  said.mockRestore();
  await later(70_000);
  expect([tab.nodes, tab.ready?.connection]).toEqual([1, "online"]);
});

test("the browser deletes what was stored while tabs are open: each says so, instead of taking texts it cannot keep", async () => {
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  profile.disk.gone = true;
  const sent = told(second.app.send(FRIEND, "kept nowhere"));
  await later(1_000);
  expect(await sent).toBe("failed");
  for (const { app } of [first, second]) expect(app.state).toEqual({ phase: "broken", fault: "storage-gone" });
});

test("an invite that was opened outlives a reload of its tab, until it is put aside", async () => {
  const link = "https://chat.example.org/#an-invite";
  const opening = profile.open(link);
  await later(2_000);
  const tab = await opening;
  expect([tab.keptInvite, tab.ready?.invite?.kind]).toEqual([link, "found"]);
  tab.close();
  const again = profile.open(undefined, tab.keptInvite);
  await later(2_000);
  const reloaded = await again;
  expect(reloaded.ready?.invite?.kind).toBe("found");
  reloaded.app.dismissInvite();
  expect(reloaded.keptInvite).toBeUndefined();
});

test.each([
  ["used", undefined],
  ["unreachable", "https://chat.example.org/#an-invite"],
] as const)("an invite that is %s is kept for a reload only where it may still be good", async (fault, kept) => {
  const [tab] = (await tabs(1)) as [Tab];
  tab.looked = { kind: "fault", fault };
  void tab.app.openInvite("https://chat.example.org/#an-invite");
  await later(10_000);
  expect([tab.ready?.invite, tab.keptInvite]).toEqual([{ kind: "fault", fault }, kept]);
});

const LINK = "https://chat.example.org/#an-invite";
test.each([
  ["answered from here", true, { kind: "found", to: { bundle: {} } }],
  ["used, of a contact", false, { kind: "fault", fault: "used" }],
  ["expired, of a contact", false, { kind: "fault", fault: "expired" }],
  ["gone, of a contact whose card is there", false, { kind: "found", to: { card: {} } }],
])("an invite that was %s leads to the chat", async (_, through, looked) => {
  const [tab] = (await tabs(1)) as [Tab];
  tab.known = { chat: FRIEND, through };
  tab.looked = looked as Tab["looked"];
  void tab.app.openInvite(LINK);
  await later(10_000);
  expect([tab.ready?.invite, tab.keptInvite]).toEqual([{ kind: "known", chat: FRIEND }, undefined]);
});

test("a new invite of a contact is shown as any other, and one that cannot be looked up is said to be so", async () => {
  const [tab] = (await tabs(1)) as [Tab];
  tab.known = { chat: FRIEND, through: false };
  tab.looked = { ...tab.looked, to: { bundle: {} } } as Tab["looked"];
  void tab.app.openInvite(LINK);
  await later(10_000);
  expect(tab.ready?.invite?.kind).toBe("found");
  tab.looked = { kind: "fault", fault: "unreachable" };
  void tab.app.openInvite(LINK);
  await later(10_000);
  expect(tab.ready?.invite).toEqual({ kind: "fault", fault: "unreachable" });
});

test("the only tab is reloaded in the middle of saving: the text is sent once, and the draft is there", async () => {
  const [tab] = (await tabs(1)) as [Tab];
  const sent = told(tab.app.send(FRIEND, "before the reload"));
  void tab.app.setDraft(FRIEND, "half");
  tab.close();
  profile.disk.epoch += 1; // nothing of a page that is gone reaches the disk
  await later(100);
  expect([await sent, profile.disk.texts, profile.disk.drafts.size]).toEqual(["failed", [], 0]);
  const opening = profile.open();
  await later(2_000);
  const again = await opening;
  expect(profile.disk.texts.map(({ text }) => text)).toEqual(["before the reload"]);
  expect([profile.disk.drafts.get(FRIEND), profile.left, again.ready?.leads]).toEqual(["half", [], true]);
});

test("a draft that was left behind does not take the place of what was typed before it came", async () => {
  const [tab] = (await tabs(1)) as [Tab];
  void tab.app.setDraft(FRIEND, "older");
  tab.close();
  profile.disk.epoch += 1;
  profile.leftMs = 1_000;
  const opening = profile.open();
  await later(500);
  const again = await opening;
  void again.app.setDraft(FRIEND, "newer");
  await later(2_000);
  expect(profile.disk.drafts.get(FRIEND)).toBe("newer");
});

test("what a tab has saved is not left behind when it is closed", async () => {
  const [tab] = (await tabs(1)) as [Tab];
  const sent = told(tab.app.send(FRIEND, "saved"));
  await later(100);
  expect(await sent).toBe("done");
  tab.close();
  expect(profile.left).toEqual([]);
});

test("the profile runs somewhere else: Continue here, asked for in any tab, brings the node back under a new key", async () => {
  profile.disk.elsewhere = true;
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  expect([first.ready?.elsewhere, second.ready?.elsewhere]).toEqual([true, true]);
  const done = told(second.app.continueHere());
  await later(5_000);
  expect(await done).toBe("done");
  expect([first.ready?.elsewhere, second.ready?.elsewhere, profile.disk.nodeKeyDue]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  expect([first.starts, profile.nodes]).toEqual([2, 1]);
});

test("the leader dies just after it answered an invite: a second try is the same answer", async () => {
  const [first, second] = (await tabs(2)) as [Tab, Tab];
  void told(second.app.openInvite("https://chat.example.org/#invite"));
  await later(2_000);
  first.answerMs = 60_000;
  const answered = told(second.app.acceptInvite("hello"));
  await later(100);
  expect(profile.disk.answers).toHaveLength(1);
  first.crash();
  await later(5_000);
  expect(await answered).toBe("failed");
  const again = told(second.app.acceptInvite("hello"));
  await later(5_000);
  expect(await again).toBe("done");
  expect(new Set(profile.disk.answers).size).toBe(1);
});
