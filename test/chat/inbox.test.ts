import { beforeEach, describe, expect, test } from "vitest";
import { SeededRandom } from "#adapters/memory-random.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { cardHash } from "#chat/card.ts";
import type { Context } from "#chat/context.ts";
import type { Me } from "#chat/driver/records.ts";
import { sealFirstContact, type Target } from "#chat/firstcontact.ts";
import { identityFrom, newEntropy } from "#chat/identity.ts";
import { inboxBox, inboxDay, inboxDays } from "#chat/inbox.ts";
import { messageId } from "#chat/items.ts";
import { Line } from "./line.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { answer, invite, meet, type Strangers, strangers, words, write } from "./people.ts";
import { chatState, gotAndSent, loseAllBut } from "./scenes.ts";
import { core, good } from "./support.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
  await office.clock.advance(MINUTE);
});

describe("days of an inbox", () => {
  const noon = Date.UTC(2026, 6, 10, 12);
  const today = inboxDay(noon);

  test("at a start eight back, then today, and the neighbour within three hours of midnight", () => {
    expect(inboxDays(noon, undefined)).toEqual(Array.from({ length: 9 }, (_, back) => today - back));
    expect(inboxDays(noon, noon - HOUR)).toEqual([today]);
    expect(inboxDays(noon - 9.5 * HOUR, noon - 10 * HOUR)).toEqual([today, today - 1]);
    expect(inboxDays(noon + 9.5 * HOUR, noon + 9 * HOUR)).toEqual([today + 1, today]);
    expect(inboxDays(noon, noon - 3 * DAY)).toEqual([today, today - 1, today - 2, today - 3]);
    expect(inboxDays(noon, noon - 30 * DAY)).toHaveLength(9);
  });
});

describe("an invite whose bundle is gone", () => {
  test("leads to the card, and its answer to the inbox: a request, then a chat", async () => {
    const link = await invite(ann);
    await ann.close();
    loseAllBut(ann);
    const looked = await office.clock.wait(ben.chat.lookUp(link));
    expect(looked).toMatchObject({ kind: "found", name: "" });
    const atBen = await answer(ben, link, "through your card");
    await office.clock.advance(3 * DAY);
    await ann.start();
    await office.clock.advance(2 * MINUTE);
    const [request] = ann.chat.chats;
    expect(request?.contact).toMatchObject({ phase: "request", name: "ben" });
    const atAnn = request?.id ?? "";
    expect(await words(ann, atAnn)).toEqual(["through your card"]);
    // Put again every day, where its owner would look now.
    expect(ann.chat.counters.get("inbox.copy")).toBeGreaterThanOrEqual(2);
    await office.clock.wait(ann.chat.acceptRequest(atAnn));
    await write(ann, atAnn, "there you are");
    await office.clock.advance(2 * MINUTE);
    expect(await words(ben, atBen)).toEqual(["through your card", "there you are"]);
    expect(chatState(ben, atBen).contact).toMatchObject({ phase: "open", name: "ann" });
  });

  test("whose card is gone too waits for the inviter", async () => {
    const link = await invite(ann);
    await ann.close();
    for (const holder of office.holders) holder.clear();
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "not-found" });
  });

  test("that was answered before goes on to the newest card when its first contact has lived out", async () => {
    const link = await invite(ann);
    await ann.close();
    const atBen = await answer(ben, link, "anybody?");
    await office.clock.advance(7 * DAY);
    await ann.start();
    await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
    await office.clock.advance(HOUR);
    loseAllBut(ann);
    await office.clock.advance(DAY);
    const { got, sent } = await gotAndSent([ben, atBen], [ann, ann.chat.chats[0]?.id ?? ""]);
    expect(got).toEqual(sent);
    expect(chatState(ben, atBen).fault).toBeUndefined();
  });
});

/** A stranger who can write into inboxes, and what they would put. */
function contextOf(seed: string): Context {
  return { core, crypto: nobleCrypto, random: new SeededRandom(seed), network: core.network("nodus/1/test-driver") };
}
function targetOf(device: Device): Target {
  const { identity, card } = device.chat.me as Me;
  const bytes = card?.bytes as Uint8Array;
  return {
    ...(card as NonNullable<Me["card"]>).prekeys,
    id: identity.id,
    hash: cardHash(core, bytes),
    tag: new Uint8Array(16),
  };
}
async function letter(seed: string, to: Device): Promise<Uint8Array> {
  const context = contextOf(seed);
  const me = await identityFrom(context, newEntropy(context.random));
  const now = office.clock.wall();
  const text = { kind: "text", id: messageId(context.random.bytes(16)), sent: now, text: seed } as const;
  return good(await sealFirstContact(context, me, targetOf(to), [text], { now, life: "week" })).cell;
}
/** Into the inbox, `ahead` days from today. */
async function drop(to: Device, cell: Uint8Array, bits = 22, ahead = 0): Promise<void> {
  const stranger = office.device("stranger");
  const line = new Line(office, stranger, 1n, stranger.nodeId);
  line.up(true);
  const pk = (to.chat.me as Me).identity.inboxPk;
  const box = inboxBox(inboxDay(office.clock.wall()) + ahead, pk);
  await office.clock.wait(line.put(box, cell, "none", undefined, bits));
  line.gone();
}
/** Another header that is none. */
const twin = <T extends { header: Uint8Array }>(entry: T): T => {
  const header = entry.header.slice();
  header[8] = 1;
  return { ...entry, header };
};
const said = async (device: Device) => {
  const all = await Promise.all(device.chat.chats.map(({ id }) => words(device, id)));
  return all.flat();
};

describe("what strangers write", () => {
  test("comes at once, is deleted after the decision, and does nothing when it is put again", async () => {
    const cell = await letter("hello from nobody", ann);
    await drop(ann, cell);
    await office.clock.advance(MINUTE);
    expect(await said(ann)).toEqual(["hello from nobody"]);
    const left = () => office.cells().filter(({ stampBits }) => stampBits !== undefined);
    expect(left()).toHaveLength(8);
    await drop(ann, cell, 22, -1);
    ann.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(ann.chat.counters.get("inbox.copy")).toBe(1);
    await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[0]?.id ?? ""));
    await office.clock.advance(7 * HOUR);
    expect(left()).toEqual([]);
    await drop(ann, cell, 22, -2);
    ann.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(ann.chat.chats).toEqual([]);
  });

  test("still opens after the card was signed anew, and not after its prekeys were destroyed", async () => {
    const [soon, late] = [await letter("soon", ann), await letter("late", ann)];
    await office.clock.advance(3 * DAY);
    await drop(ann, soon);
    await office.clock.advance(HOUR);
    expect(await said(ann)).toEqual(["soon"]);
    await office.clock.advance(9 * DAY);
    await drop(ann, late);
    await office.clock.advance(HOUR);
    expect(await said(ann)).toEqual(["soon"]);
  });

  test("for less work than the card asks is not even opened", async () => {
    await drop(ann, await letter("cheap", ann), 20);
    await office.clock.advance(MINUTE);
    expect(ann.chat.chats).toEqual([]);
    expect(ann.chat.counters.get("inbox.cheap")).toBe(1);
  });

  test("fills no more than 64 requests, and contacts come through all the same", async () => {
    const { atAnn, atBen } = await meet(ann, ben);
    await ann.close();
    for (let i = 0; i < 70; i++) await drop(ann, await letter(`stranger ${i}`, ann));
    ben.kill();
    office.links = false;
    await office.clock.advance(HOUR);
    ann.moveOn();
    await ann.start();
    await write(ann, atAnn, "out of reach");
    await office.clock.advance(HOUR);
    expect(ann.chat.chats.filter(({ contact }) => contact.phase === "request")).toHaveLength(64);
    expect(ann.chat.counters.get("inbox.over-requests")).toBe(6);
    await ben.start();
    await office.clock.advance(HOUR);
    expect(chatState(ann, atAnn).notes).toHaveLength(1);
    const { got, sent } = await gotAndSent([ann, atAnn], [ben, atBen]);
    expect(got).toEqual(sent);
  });

  test("finds room when one of 64 is decided, and when the oldest has stood for a day", async () => {
    for (let i = 0; i < 67; i++) await drop(ann, await letter(`stranger ${i}`, ann));
    await office.clock.advance(HOUR);
    expect(ann.chat.chats).toHaveLength(64);
    await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[3]?.id ?? ""));
    await office.clock.advance(MINUTE);
    expect(await said(ann)).toContain("stranger 64");
    await office.clock.wait(ann.chat.block(ann.chat.chats[7]?.id ?? ""));
    await office.clock.advance(MINUTE);
    expect(await said(ann)).toContain("stranger 65");
    expect(await said(ann)).toContain("stranger 0");
    await office.clock.advance(DAY);
    const all = await said(ann);
    expect(all).toContain("stranger 66");
    expect(all).not.toContain("stranger 0");
    expect(ann.chat.counters.get("inbox.gave-way")).toBe(1);
    expect(ann.chat.chats.filter(({ blocked }) => blocked !== true)).toHaveLength(64);
  });

  test("while the disk is full, or while nobody gives it, comes later", async () => {
    ann.full = true;
    await drop(ann, await letter("no room", ann));
    await office.clock.advance(MINUTE);
    ann.full = false;
    await office.clock.advance(20 * MINUTE);
    expect(await said(ann)).toEqual(["no room"]);
    const get = ann.line.get.bind(ann.line);
    ann.line.get = async () => ({ cells: [], tombstones: [], answered: 8 });
    await drop(ann, await letter("not yet", ann));
    await office.clock.advance(MINUTE);
    ann.line.get = get;
    await office.clock.advance(20 * MINUTE);
    expect(await said(ann)).toEqual(["no room", "not yet"]);
  });

  test("is found among what a holder made up, which is asked for three times", async () => {
    await ann.close();
    await drop(ann, await letter("real", ann));
    const [start, line] = [ann.start.bind(ann), Line.prototype.list];
    let asked = 0;
    Line.prototype.list = async function (box) {
      const listed = await line.call(this, box);
      if (box.kind !== 2) return listed;
      const made = Array.from({ length: 1_000 }, (_, i) => {
        const header = new Uint8Array(20);
        header.set([box.day & 255, i >> 8, i & 255], 4);
        return { header, held: 1, deleted: 0 };
      });
      return { ...listed, entries: [...made, ...made.map(twin), ...listed.entries] };
    };
    try {
      await start();
      const get = ann.line.get.bind(ann.line);
      ann.line.get = (box, tags) => {
        if (box.kind === 2 && box.day === inboxDay(office.clock.wall())) asked += tags.length;
        return get(box, tags);
      };
      await office.clock.advance(5 * MINUTE);
      expect(await said(ann)).toEqual(["real"]);
      await office.clock.advance(2 * HOUR);
      expect(asked).toBeLessThan(15_000);
    } finally {
      Line.prototype.list = line;
    }
  });

  test("and is none of ours is looked at no more than 1,024 times", async () => {
    await ann.close();
    for (const at of [1, 2, 3, 4, 5, 6, 7]) office.living.delete(at);
    const junk = await letter("junk", ben);
    for (let i = 0; i < 1_100; i++) {
      const cell = junk.slice();
      cell.set([i >> 8, i & 255], 4);
      await drop(ann, cell);
    }
    await ann.start();
    let asked = 0;
    const get = ann.line.get.bind(ann.line);
    ann.line.get = (box, tags) => {
      if (box.kind === 2) asked += tags.length;
      return get(box, tags);
    };
    await office.clock.advance(2 * HOUR);
    expect(ann.chat.counters.get("inbox.not-ours")).toBe(1_024);
    expect(asked).toBe(1_024);
    expect(ann.chat.counters.get("inbox.over-looks")).toBeGreaterThanOrEqual(76);
    expect(ann.chat.chats).toEqual([]);
  });
});
