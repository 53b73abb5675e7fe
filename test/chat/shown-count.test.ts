/** What an own text shows of its copies falls only for a cause, and never because the other end fetched it. */
import { beforeEach, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import type { Placement } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import { DeleteReason } from "#node/ports.ts";
import type { Line } from "./line.ts";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, lastDelivery, newcomer, send } from "./people.ts";
import { restored } from "./scenes.ts";

let { office, ann, ben, atAnn } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn } = await contacts());
  office.links = false;
  for (const device of [ann, ben]) device.line.cut();
  const put = ann.line.put.bind(ann.line);
  ann.line.put = (box, cell, ...rest) => {
    if (box.kind === 1) lastPut = toHex(cell.subarray(4, 20));
    return put(box, cell, ...rest);
  };
});
/** Tag of the last cell that Ann put into a pair's box. */
let lastPut = "";
const EIGHT = { kind: "stored", held: 8, of: 8 };

/** Ann's text lies at eight holders, and nobody reads it. */
async function stored(): Promise<string> {
  await ben.close();
  await send(ann, atAnn, "for you");
  expect(await lastDelivery(ann, atAnn)).toMatchObject(EIGHT);
  return lastPut;
}
/** The copy of this tag at these holders: deleted by its owner, or lost. */
function change(tag: string, holders: readonly number[], how: "deleted" | "lost"): void {
  for (const at of holders)
    for (const box of office.holders[at]?.values() ?? []) {
      const kept = box.get(tag);
      if (kept === undefined) continue;
      if (how === "lost") box.delete(tag);
      else box.set(tag, { header: kept.header, reason: DeleteReason.read, signer: 2 });
    }
}
/** What Ann's last text shows, again and again. */
async function watched(ms: number, step: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let at = 0; at < ms; at += step) {
    await office.clock.advance(step);
    const delivery = await lastDelivery(ann, atAnn);
    const shown = delivery?.kind === "stored" ? `${delivery.held}/${delivery.of}` : delivery?.kind;
    if (all.at(-1) !== shown) all.push(shown);
  }
  return all;
}
/** Receipts come one by one, seconds apart. */
function slowly(line: Line): void {
  const put = line.put.bind(line);
  line.put = async (box, cell, signer, progress, bits) => {
    const all: Placement[] = [];
    const end = await put(box, cell, signer, (now) => all.push(now), bits);
    for (const now of all) {
      progress?.(now);
      await new Promise<void>((done) => void office.clock.after(2_000, done));
    }
    return end;
  };
}

test.each([1, 3, 6, 7])("stays where %i of eight holders have the deletion of who fetched it", async (count) => {
  const tag = await stored();
  change(tag, [0, 1, 2, 3, 4, 5, 6].slice(0, count), "deleted");
  expect(await watched(HOUR, MINUTE)).toEqual(["8/8"]);
});
test("stays where all have it, and while its text is asked for again", async () => {
  const tag = await stored();
  slowly(ann.line);
  change(tag, [0, 1, 2, 3, 4, 5, 6, 7], "deleted");
  const puts = ann.line.puts;
  expect(await watched(2 * HOUR, 1_000)).toEqual(["8/8"]);
  expect(ann.line.puts).toBeGreaterThan(puts);
});
test("stays where all have it and then nobody can be reached", async () => {
  const tag = await stored();
  change(tag, [0, 1, 2, 3, 4, 5, 6, 7], "deleted");
  await office.clock.advance(20 * MINUTE);
  ann.line.put = () => Promise.reject(new Fault("unanswered", "Nobody answered."));
  expect(await watched(2 * HOUR, MINUTE)).toEqual(["8/8"]);
});
test("falls by the copies that were lost, and no further while they are put again", async () => {
  const tag = await stored();
  slowly(ann.line);
  change(tag, [0, 1], "lost");
  expect(await watched(30 * MINUTE, 500)).toEqual(["8/8", "6/8", "7/8", "8/8"]);
});
test("falls by the copies that were lost, and no further where nobody answers", async () => {
  const tag = await stored();
  change(tag, [0, 1], "lost");
  ann.line.put = () => Promise.reject(new Fault("unanswered", "Nobody answered."));
  expect(await watched(HOUR, MINUTE)).toEqual(["8/8", "6/8"]);
});
test("a holder that goes on listing what seven have deleted does not keep a lost acknowledgement from being asked for", async () => {
  const tag = await stored();
  change(tag, [0, 1, 2, 3, 4, 5, 6], "deleted");
  expect(await watched(HOUR, MINUTE)).toEqual(["8/8"]);
  expect(lastPut).not.toBe(tag);
});
test("of a first contact stays while it is put again each day", async () => {
  const cleo = await newcomer(office, "cleo");
  const link = await invite(cleo);
  await cleo.close();
  atAnn = await answer(ann, link, "hello");
  await office.clock.advance(MINUTE);
  slowly(ann.line);
  expect(await watched(26 * HOUR, 8_000)).toEqual(["8/8"]);
});
test("of an invite stays while its bundle is put again", async () => {
  await invite(ann);
  await office.clock.advance(MINUTE);
  slowly(ann.line);
  const shown = new Set<number>();
  for (let at = 0; at < 3 * DAY; at += 8_000) {
    await office.clock.advance(8_000);
    shown.add(ann.chat.invites.at(-1)?.held ?? 0);
  }
  expect([...shown]).toEqual([8]);
});
test("ends with the life of the copies on a device that sends no more", async () => {
  await stored();
  await restored(ann, "phone", "ann");
  await office.clock.advance(HOUR);
  expect(ann.chat.superseded).toBe(true);
  expect(await lastDelivery(ann, atAnn)).toMatchObject(EIGHT);
  await office.clock.advance(8 * DAY);
  expect(await lastDelivery(ann, atAnn)).toEqual({ kind: "queued", reason: "superseded" });
});
