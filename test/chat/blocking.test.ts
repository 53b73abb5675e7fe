import { beforeEach, describe, expect, test } from "vitest";
import { inviteBox } from "#chat/bundle.ts";
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import { decodeChat } from "#chat/driver/codec.ts";
import { chatKey, type Me } from "#chat/driver/records.ts";
import type { InviteLink } from "#chat/link.ts";
import { boxToRead, boxToWrite, pairDay } from "#chat/pair.ts";
import { addressOf } from "./line.ts";
import { DAY, type Device, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, lastDelivery, meet, newcomer, send, words } from "./people.ts";
import { loseAllBut } from "./scenes.ts";
import { core } from "./support.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});
/** Cleo's first text is a request at Ann, who has blocked her. */
async function blockedRequest(): Promise<{ cleo: Device; request: string }> {
  const cleo = await newcomer(office, "cleo");
  await answer(cleo, await invite(ann), "buy this");
  await office.clock.advance(MINUTE);
  const request = ann.chat.chats.find(({ contact }) => contact.phase === "request")?.id ?? "";
  await office.clock.wait(ann.chat.block(request));
  return { cleo, request };
}
function parsed(link: string): InviteLink {
  const read = ben.chat.readLink(link);
  if (!read.ok) throw new Error(read.fault);
  return read.link;
}
/** What Ann asked holders for since `mark` that belongs to her chat with Ben. */
function asked(mark: number): string[] {
  const stored = ann.disk.get(chatKey(atAnn));
  const pair = stored && decodeChat(core, stored)?.pairs[0];
  if (pair === undefined) throw new Error("there is no pair");
  const days = Array.from({ length: 20 }, (_, at) => pairDay(pair, office.clock.wall()) + 3 - at);
  const living = days.filter((day) => day >= pair.boxes.oldest);
  const boxes = living.flatMap((day) => [boxToRead(core, pair, day), boxToWrite(core, pair, day)]);
  const card = cardAddress(core, (ben.chat.me as Me).identity.id);
  const ours = new Set([...boxes, { kind: 5 as const, address: card }].map(addressOf));
  return ann.line.asked.slice(mark).filter((address) => ours.has(address));
}

describe("a blocked contact", () => {
  test("is neither asked for, deleted for, sent to nor knocked at, and nothing of theirs comes in", async () => {
    office.links = false;
    ben.line.silent = true;
    ann.line.cut();
    await send(ann, atAnn, "left before");
    office.links = true;
    ben.line.silent = false;
    ben.line.linked.add(toHex(ann.nodeId));
    ann.line.linked.add(toHex(ben.nodeId));
    await office.clock.wait(ann.chat.block(atAnn));
    const mark = ann.line.asked.length;
    const counts = () => [ann.line.knocks, ann.line.sentDirect, ann.arrived.length];
    const before = counts();
    await send(ben, atBen, "over the link that still stands");
    ben.line.cut();
    for (let day = 0; day < 3; day++) {
      await send(ben, atBen, `day ${day}`);
      await send(ann, atAnn, `mine ${day}`);
      await office.clock.advance(DAY);
    }
    expect(asked(mark)).toEqual([]);
    expect(counts()).toEqual(before);
    expect(ann.chat.direct(atAnn)).toBe(false);
    expect(ann.chat.chats[0]?.queue).toHaveLength(3);
    expect(await words(ann, atAnn)).toEqual(["hello", "left before", "mine 0", "mine 1", "mine 2"]);
    expect(await lastDelivery(ann, atAnn)).toEqual({ kind: "queued", reason: "blocked" });
    expect(ann.chat.chats[0]?.last?.delivery).toEqual({ kind: "queued", reason: "blocked" });
    expect(ben.line.linked.size).toBe(0);
  });

  test("loses the direct link that stands, and has one again once unblocked", async () => {
    expect(ann.line.direct(ben.nodeId)).toBe(true);
    await office.clock.wait(ann.chat.block(atAnn));
    expect(ann.line.direct(ben.nodeId)).toBe(false);
    await send(ben, atBen, "for later");
    expect((await lastDelivery(ben, atBen))?.kind).toBe("stored");
    await office.clock.wait(ann.chat.unblock(atAnn));
    await office.clock.advance(MINUTE);
    expect(ann.line.direct(ben.nodeId)).toBe(true);
    expect((await words(ann, atAnn)).at(-1)).toBe("for later");
    expect((await lastDelivery(ben, atBen))?.kind).toBe("delivered");
  });

  test("stays blocked in the next run, page or worker", async () => {
    await office.clock.wait(ann.chat.block(atAnn));
    await ann.close();
    await send(ben, atBen, "are you there?");
    await ann.start({ leaf: true });
    expect(await office.clock.wait(ann.chat.catchUp())).toEqual({ complete: true });
    expect(asked(0)).toEqual([]);
    await ann.close();
    await ann.start();
    await office.clock.advance(DAY);
    expect(ann.chat.chats[0]?.blocked).toBe(true);
    expect(asked(0)).toEqual([]);
    expect([ann.line.knocks, ann.line.linked.size]).toEqual([0, 0]);
    expect(await words(ann, atAnn)).toEqual(["hello"]);
  });

  test("keeps a cell that was read just before in its box, and one on its way here", async () => {
    office.links = false;
    ben.line.cut();
    await ben.chat.write(atBen, "a moment ago");
    await office.clock.until(() => ann.arrived.some(({ text }) => text === "a moment ago"), MINUTE);
    const before = office.cells().length;
    await office.clock.wait(ann.chat.block(atAnn));
    await office.clock.advance(10 * MINUTE);
    expect(office.cells().length).toBe(before);
  });

  test("is not heard by what was being fetched when they were blocked", async () => {
    office.links = false;
    ben.line.cut();
    const get = ann.line.get.bind(ann.line);
    ann.line.get = async (...asked) => {
      const got = await get(...asked);
      await ann.chat.block(atAnn);
      return got;
    };
    await send(ben, atBen, "too late");
    expect(await words(ann, atAnn)).toEqual(["hello"]);
    ann.line.get = get;
    await office.clock.wait(ann.chat.unblock(atAnn));
    await office.clock.advance(MINUTE);
    expect(await words(ann, atAnn)).toEqual(["hello", "too late"]);
  });

  test("whose request it is cannot come back through another invite", async () => {
    const { cleo, request } = await blockedRequest();
    expect(ann.chat.mustChangeNodeKey).toBe(false);
    await answer(cleo, await invite(ann), "buy that");
    await office.clock.advance(30 * MINUTE);
    expect(await words(ann, request)).toEqual(["buy this"]);
    expect(ann.chat.chats).toHaveLength(2);
  });

  test("comes in through the inbox no more than through an invite", async () => {
    const { cleo, request } = await blockedRequest();
    const link = await invite(ann);
    loseAllBut(ann);
    await answer(cleo, link, "buy that");
    await office.clock.advance(30 * MINUTE);
    expect(ann.chat.counters.get("inbox.blocked")).toBe(1);
    expect(await words(ann, request)).toEqual(["buy this"]);
  });
});

test("what a blocked contact wrote before counts as unread only while they are not blocked", async () => {
  await office.clock.wait(ann.chat.markRead(atAnn));
  await send(ben, atBen, "read me");
  expect(ann.chat.unread).toBe(1);
  await office.clock.wait(ann.chat.block(atAnn));
  expect(ann.chat.unread).toBe(0);
  await office.clock.wait(ann.chat.unblock(atAnn));
  expect(ann.chat.unread).toBe(1);
});

describe("unblocked", () => {
  test("what has waited comes, in order, and what waited here goes", async () => {
    await office.clock.wait(ann.chat.block(atAnn));
    ben.line.cut();
    for (let day = 0; day < 6; day++) {
      await send(ben, atBen, `day ${day}`);
      await office.clock.advance(DAY);
    }
    await send(ann, atAnn, "first of mine");
    await office.clock.wait(ann.chat.unblock(atAnn));
    await office.clock.advance(5 * MINUTE);
    expect((await words(ann, atAnn)).filter((text) => text.startsWith("day"))).toEqual(
      Array.from({ length: 6 }, (_, day) => `day ${day}`),
    );
    expect((await words(ben, atBen)).at(-1)).toBe("first of mine");
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
    expect((await lastDelivery(ben, atBen))?.kind).not.toBe("queued");
    await office.clock.advance(30 * MINUTE);
    expect(ann.chat.direct(atAnn)).toBe(true);
  });

  test("what came through an invite or the inbox meanwhile comes, too", async () => {
    const { cleo, request } = await blockedRequest();
    await answer(cleo, await invite(ann), "through an invite");
    await office.clock.advance(30 * MINUTE);
    const link = await invite(ann);
    for (const holder of office.holders) {
      const { secret, ownerPk } = parsed(link);
      holder.delete(addressOf(inviteBox(core, secret, ownerPk)));
    }
    await answer(cleo, link, "through the inbox");
    await office.clock.advance(30 * MINUTE);
    expect(await words(ann, request)).toEqual(["buy this"]);
    await office.clock.wait(ann.chat.unblock(request));
    await office.clock.advance(2 * MINUTE);
    expect(await words(ann, request)).toEqual(["buy this", "through an invite", "through the inbox"]);
    expect(ann.chat.invites.map(({ twice }) => twice)).not.toContain(true);
  });

  test("a cell that no holder had yet when they were blocked goes out then", async () => {
    office.links = false;
    ann.line.cut();
    ann.line.silent = true;
    await send(ann, atAnn, "stuck");
    await office.clock.wait(ann.chat.block(atAnn));
    expect(await lastDelivery(ann, atAnn)).toEqual({ kind: "queued", reason: "blocked" });
    ann.line.silent = false;
    await office.clock.advance(DAY);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("queued");
    await office.clock.wait(ann.chat.unblock(atAnn));
    await office.clock.advance(30 * MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("stuck");
  });
});

describe("the node key", () => {
  test("is to change once somebody who knows the node is blocked, until it has", async () => {
    expect(ann.chat.mustChangeNodeKey).toBe(false);
    await office.clock.wait(ann.chat.block(atAnn));
    expect(ann.chat.mustChangeNodeKey).toBe(true);
    ann.kill();
    await ann.start();
    expect(ann.chat.mustChangeNodeKey).toBe(true);
    await office.clock.wait(ann.chat.nodeKeyChanged());
    ann.kill();
    await ann.start();
    expect(ann.chat.mustChangeNodeKey).toBe(false);
  });

  test("need not wait for texts to who is blocked", async () => {
    ann.line.up(false);
    for (let i = 0; i < 20; i++) await send(ann, atAnn, `${i} ${"long ".repeat(300)}`);
    expect(ann.chat.chats[0]?.queue.length).toBeGreaterThan(0);
    expect(ann.chat.idle).toBe(false);
    await office.clock.wait(ann.chat.block(atAnn));
    expect(ann.chat.chats[0]?.queue.length).toBeGreaterThan(0);
    expect(ann.chat.idle).toBe(true);
  });

  test("contacts are told of the new node, the blocked one is not", async () => {
    const cleo = await newcomer(office, "cleo");
    const { atBen: atCleo } = await meet(ann, cleo);
    await office.clock.wait(ann.chat.block(atAnn));
    await ann.close();
    const old = ann.nodeId;
    ann.nodeId = core.hash("test-node", core.utf8("ann's other")) as typeof old;
    await ann.start();
    await office.clock.advance(10 * MINUTE);
    const known = (device: Device, chat: string) => device.chat.chats.find(({ id }) => id === chat)?.contact.at?.nodeId;
    expect(known(cleo, atCleo)).toEqual(ann.nodeId);
    expect(known(ben, atBen)).toEqual(old);
  });
});
