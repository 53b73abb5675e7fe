/** One-time means one: who else answers an invite is told to its maker, and to nobody outside. */
import { beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import { type ChatState, sharedLink } from "#chat/driver/records.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { answer, invite, meet, newcomer, type Strangers, send, strangers, texts, words } from "./people.ts";
import { chatState } from "./scenes.ts";

let { office, ann, ben } = {} as Strangers;
let cleo: Device;
let link: string;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
  cleo = await newcomer(office, "cleo");
  link = await invite(ann);
});
const requestOf = (text: string): Promise<string> => chatWhere(text, "request");
async function chatWhere(text: string, phase: string): Promise<string> {
  for (const { id, contact } of ann.chat.chats) {
    if (contact.phase === phase && (await words(ann, id)).includes(text)) return id;
  }
  throw new Error(`no ${phase} says ${text}`);
}
const theInvite = () => ann.chat.invites[0];
const askedWith = (chat: ChatState) => sharedLink(chat, ann.chat.invites);
const shared = (): boolean => theInvite()?.shared === true;

describe("two people who answer one invite", () => {
  beforeEach(async () => {
    await answer(ben, link, "I am Ben");
    await answer(cleo, link, "I am Cleo");
    await office.clock.advance(MINUTE);
  });

  test("both ask, and both are known to have had the same link, also after a restart", async () => {
    expect(ann.chat.chats.map(({ contact }) => contact.phase)).toEqual(["request", "request"]);
    expect(shared()).toBe(true);
    expect(ann.chat.chats.map(askedWith)).toEqual(["asked", "asked"]);
    ann.kill();
    await ann.start();
    expect(ann.chat.chats.map(askedWith)).toEqual(["asked", "asked"]);
  });

  test("are not both let in without a question, and the first sees nothing of the second", async () => {
    const [first, second] = [await requestOf("I am Ben"), await requestOf("I am Cleo")];
    await office.clock.wait(ann.chat.acceptRequest(first));
    await office.clock.advance(MINUTE);
    expect(askedWith(chatState(ann, second))).toBe("accepted");
    await expect(office.clock.wait(ann.chat.acceptRequest(second))).rejects.toMatchObject({ code: "used-twice" });
    expect(chatState(ann, second).contact.phase).toBe("request");
    const before = [ann.line.puts, (await texts(ben, ben.chat.chats[0]?.id ?? "")).length];
    await office.clock.advance(8 * HOUR);
    const bens = ben.line.asked.length;
    await office.clock.wait(ann.chat.acceptRequest(second, true));
    await office.clock.advance(10_000);
    expect(theInvite()?.twice).toBe(true);
    expect(chatState(ann, second).contact.phase).toBe("open");
    expect(ben.line.asked.length - bens).toBeLessThan(3);
    expect((await texts(ben, ben.chat.chats[0]?.id ?? "")).length).toBe(before[1]);
    expect(chatState(ann, first).contact.phase).toBe("open");
  });

  test("of whom two tabs accept one each at once are one contact and one question", async () => {
    const both = [await requestOf("I am Ben"), await requestOf("I am Cleo")];
    const ends = await office.clock.wait(Promise.allSettled(both.map((id) => ann.chat.acceptRequest(id))));
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(ann.chat.chats.map(({ contact }) => contact.phase).sort()).toEqual(["open", "request"]);
  });

  test("are told apart from one when the first was declined before the second came", async () => {
    await office.clock.wait(ann.chat.declineRequest(await requestOf("I am Ben")));
    expect(askedWith(chatState(ann, await requestOf("I am Cleo")))).toBe("asked");
    await office.clock.wait(ann.chat.acceptRequest(await requestOf("I am Cleo")));
  });

  test("a request that was accepted in a tab that died then stays accepted, and the other is a question", async () => {
    const [first, second] = [await requestOf("I am Ben"), await requestOf("I am Cleo")];
    await office.clock.wait(ann.chat.acceptRequest(first));
    ann.kill();
    await ann.start();
    await office.clock.wait(ann.chat.acceptRequest(first)); // given again by the tab that had no answer
    await expect(office.clock.wait(ann.chat.acceptRequest(second))).rejects.toMatchObject({ code: "used-twice" });
  });
});

test("the same person who answers twice is one request, and nobody is warned", async () => {
  await answer(ben, link, "one");
  await office.clock.advance(MINUTE);
  await answer(ben, link, "two");
  await office.clock.advance(MINUTE);
  expect(ann.chat.chats).toHaveLength(1);
  const [chat] = ann.chat.chats;
  expect(chat && askedWith(chat)).toBeUndefined();
  await office.clock.wait(ann.chat.acceptRequest(chat?.id ?? ""));
  await office.clock.advance(HOUR);
  expect(theInvite()).toMatchObject({ invite: { phase: "used" } });
  expect(theInvite()?.twice).toBeUndefined();
});

test("a second answer that a worker finds marks both", async () => {
  await answer(ben, link, "I am Ben");
  await office.clock.advance(MINUTE);
  await ann.close();
  await answer(cleo, link, "I am Cleo");
  await ann.start({ leaf: true });
  await office.clock.wait(ann.chat.catchUp());
  await ann.close();
  await ann.start();
  expect(ann.chat.chats.map(askedWith)).toEqual(["asked", "asked"]);
});

describe("a second answer after the invite was used", () => {
  beforeEach(async () => {
    await ann.close(); // Cleo looks the invite up while it is there
    const looked = await office.clock.wait(cleo.chat.lookUp(link));
    await ann.start();
    await answer(ben, link, "I am Ben");
    await office.clock.advance(MINUTE);
    await office.clock.wait(ann.chat.acceptRequest(await requestOf("I am Ben")));
    if (looked.kind !== "found") throw new Error(looked.fault);
    late = () => office.clock.wait(cleo.chat.answer(looked, "I am Cleo"));
  });
  let late: () => Promise<unknown>;

  test("cannot be opened, is counted, and told", async () => {
    await office.clock.advance(MINUTE);
    expect(theInvite()?.twice).toBeUndefined();
    await late();
    await office.clock.advance(20 * MINUTE);
    expect(ann.chat.chats).toHaveLength(1);
    expect(theInvite()?.twice).toBe(true);
    expect(ann.chat.counters.get("invite.used-twice")).toBe(1);
  });

  test("is not told where a holder only says that there is one", async () => {
    const list = ann.line.list.bind(ann.line);
    ann.line.list = async (box) => {
      const listed = await list(box);
      const made = { header: Uint8Array.from({ length: 20 }, (_, at) => at + 1), held: 1, deleted: 0 };
      return box.kind === 3 ? { ...listed, entries: [...listed.entries, made] } : listed;
    };
    await office.clock.advance(HOUR);
    expect(theInvite()?.invite.phase).toBe("used");
    expect(theInvite()?.twice).toBeUndefined();
  });
});

describe("a contact who comes through an invite", () => {
  let [atAnn, atBen] = ["", ""];
  beforeEach(async () => {
    ({ atAnn, atBen } = await meet(ann, ben));
    await office.clock.advance(MINUTE);
  });
  const open = (): number => ann.chat.invites.filter(({ invite: { phase } }) => phase === "open").length;

  test("renews the session, and leaves no invite open", async () => {
    expect(open()).toBe(1);
    await answer(ben, link, "it is me again");
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("it is me again");
    expect(open()).toBe(0);
    expect(chatState(ann, atAnn).renewals?.theirs).toHaveLength(1);
    await send(ann, atAnn, "welcome");
    expect((await words(ben, atBen)).at(-1)).toBe("welcome");
    const looked = await office.clock.wait(cleo.chat.lookUp(link));
    expect(looked).toEqual({ kind: "fault", fault: "used" });
  });

  test("renews three times a day, through however many invites", async () => {
    await answer(ben, link, "again 0");
    for (let at = 1; at < 6; at++) {
      await answer(ben, await invite(ann), `again ${at}`);
      await office.clock.advance(MINUTE);
    }
    expect(chatState(ann, atAnn).renewals?.theirs).toHaveLength(3);
    expect(ann.chat.counters.get("renewal.limit")).toBeGreaterThanOrEqual(3);
    expect(chatState(ann, atAnn).pairs.length).toBeLessThanOrEqual(4);
    expect(open()).toBe(0);
  });

  test("after a stranger asked through it leaves the stranger a question", async () => {
    await answer(cleo, link, "I am Cleo");
    await office.clock.advance(MINUTE);
    await answer(ben, link, "it is me again");
    await office.clock.advance(MINUTE);
    const request = await requestOf("I am Cleo");
    expect(askedWith(chatState(ann, request))).toBe("accepted");
    await expect(office.clock.wait(ann.chat.acceptRequest(request))).rejects.toMatchObject({ code: "used-twice" });
  });

  test("and is blocked takes nothing, and the invite waits on for somebody else", async () => {
    await office.clock.wait(ann.chat.block(atAnn));
    await answer(ben, link, "let me in");
    await office.clock.advance(MINUTE);
    expect(await words(ann, atAnn)).not.toContain("let me in");
    expect(open()).toBe(1);
  });
});

test("phantoms at an invite's address are asked for three times, and an answer among them comes", async () => {
  await ann.close();
  await answer(ben, link, "real");
  await ann.start({ online: false });
  const asked = new Map<string, number>();
  const [list, get] = [ann.line.list.bind(ann.line), ann.line.get.bind(ann.line)];
  ann.line.list = async (box) => {
    const listed = await list(box);
    if (box.kind !== 3) return listed;
    const made = Array.from({ length: 300 }, (_, at) => {
      const header = new Uint8Array(20);
      header.set([1, at >> 8, at & 255], 4);
      return { header, held: 1, deleted: 0 };
    });
    return { ...listed, entries: [...made, ...listed.entries] };
  };
  ann.line.get = (box, tags) => {
    for (const tag of box.kind === 3 ? tags : []) asked.set(toHex(tag), (asked.get(toHex(tag)) ?? 0) + 1);
    return get(box, tags);
  };
  ann.line.up(true);
  await office.clock.advance(20 * MINUTE);
  expect(await requestOf("real")).not.toBe("");
  await office.clock.advance(DAY / 2);
  expect(asked.size).toBeGreaterThan(300);
  expect(Math.max(...asked.values())).toBeLessThanOrEqual(3);
});

test("a request that is accepted right after somebody was unblocked is no second answer", async () => {
  const { atAnn } = await meet(ann, cleo);
  await office.clock.wait(ann.chat.block(atAnn));
  await answer(ben, link, "I am Ben");
  await office.clock.advance(MINUTE);
  ann.line.up(false);
  await office.clock.wait(ann.chat.unblock(atAnn));
  await office.clock.wait(ann.chat.acceptRequest(await requestOf("I am Ben")));
  ann.line.up(true);
  await office.clock.advance(20 * MINUTE);
  expect(ann.chat.invites.map(({ twice }) => twice === true)).toEqual([false, false]);
});
test("an invite and its answer that only the own store has are found, and taken", async () => {
  for (const { line } of [ann, ben]) {
    const get = line.get.bind(line);
    line.get = async (box, tags, breadth) => {
      const got = await get(box, tags, breadth);
      return box.kind === 3 ? { ...got, answered: 0 } : got;
    };
  }
  await answer(ben, link, "kept by ourselves");
  await office.clock.advance(1_000);
  expect(await requestOf("kept by ourselves")).not.toBe("");
});
