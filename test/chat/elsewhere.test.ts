/** A profile that runs somewhere else as well asks where to go on; until then it leaves alone what lies out there, and does
 * at home what is due. */
import { beforeEach, expect, test } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Part } from "#chat/ports.ts";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, newcomer, send, words } from "./people.ts";
import { chatState } from "./scenes.ts";

const renewed: Part[] = [];
class Renewing extends MemoryStore {
  async renew(part: Part): Promise<void> {
    renewed.push(part);
  }
}

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  office.links = false;
  for (const device of [ann, ben]) device.line.cut();
});
async function told(): Promise<void> {
  ann.line.tellTwin();
  await office.clock.advance(1_000);
  expect([ann.chat.superseded, ann.chat.elsewhere]).toEqual([true, true]);
}

test("asks and changes nothing out there, whatever else the person does with it", async () => {
  const { clock } = office;
  const [cleo, dora] = [await newcomer(office, "cleo"), await newcomer(office, "dora")];
  await answer(cleo, await invite(ann), "let me in");
  await answer(dora, await invite(ann), "me, too");
  await invite(ann);
  await clock.advance(MINUTE);
  const [first = "", second = ""] = ann.chat.chats.flatMap(({ id, contact }) =>
    contact.phase === "request" ? [id] : [],
  );
  await told();
  await send(ben, atBen, "for the other");
  const asked = ann.line.asked.length;
  await clock.wait(ann.chat.openChat(atAnn));
  await clock.wait(ann.chat.acceptRequest(first));
  await clock.wait(ann.chat.declineRequest(second));
  for (const { id } of ann.chat.invites) await clock.wait(ann.chat.revokeInvite(id));
  await clock.wait(ann.chat.block(atAnn));
  await clock.wait(ann.chat.unblock(atAnn));
  await clock.wait(ann.chat.setName("Ann"));
  await clock.wait(ann.chat.deleteChat(first));
  await clock.advance(DAY);
  expect(ann.line.asked.slice(asked)).toEqual([]);
  expect(await words(ann, atAnn)).not.toContain("for the other");
  await clock.wait(ann.chat.continueHere());
  await clock.advance(HOUR);
  expect(await words(ann, atAnn)).toContain("for the other");
});

test("takes no invite back when all of it is deleted: the other goes on with it", async () => {
  const link = await invite(ann);
  await office.clock.advance(MINUTE);
  await told();
  await office.clock.wait(ann.chat.farewell());
  await ann.close();
  const cleo = await newcomer(office, "cleo");
  expect((await office.clock.wait(cleo.chat.lookUp(link))).kind).toBe("found");
});

test("goes on dropping what is due by the clock, and erasing it", async () => {
  await ann.close();
  ann.store = (disk) => new Renewing(disk);
  await ann.start();
  await office.clock.advance(MINUTE);
  const [before] = chatState(ann, atAnn).pairs;
  await told();
  renewed.length = 0;
  await office.clock.advance(12 * DAY);
  expect(chatState(ann, atAnn).pairs[0]?.boxes.oldest).toBeGreaterThan(before?.boxes.oldest ?? 0);
  expect(renewed).toContain("secrets");
});

test("takes nothing of what was being fetched when it was told", async () => {
  const link = await invite(ann);
  await office.clock.advance(MINUTE);
  const get = ann.line.get.bind(ann.line);
  ann.line.get = async (box, tags, breadth) => {
    const got = await get(box, tags, breadth);
    await new Promise<void>((done) => void office.clock.after(2_000, done));
    return got;
  };
  const cleo = await newcomer(office, "cleo");
  const looked = await office.clock.wait(cleo.chat.lookUp(link));
  if (looked.kind !== "found") throw new Error(looked.fault);
  await office.clock.wait(Promise.all([cleo.chat.answer(looked, "let me in"), ben.chat.write(atBen, "for the other")]));
  await office.clock.advance(500);
  await told();
  const held = office.cells().length;
  await office.clock.advance(HOUR);
  expect(await words(ann, atAnn)).not.toContain("for the other");
  expect(ann.chat.chats).toHaveLength(1);
  expect(office.cells().length).toBeGreaterThanOrEqual(held);
});
