/** One of eight holders says "deleted" and cannot show it (docs/protocol/storage.md, Belief). */
import { expect, test } from "vitest";
import { type Answer, AnswerCode, CellState, type Request } from "#node/messages.ts";
import { answering, type Place } from "../node/mailbox-kit.ts";
import { DAY, MINUTE } from "./office.ts";
import { answer, contacts, invite, lastDelivery, strangers, write } from "./people.ts";
import { Holders } from "./true-line.ts";

/** Deleted, whatever it keeps. */
const liar = (request: Request, honest: () => Answer[]): Answer[] => {
  if (request.op === "have") return answering({ kind: "state", state: CellState.deleted })(request);
  if (request.op === "put") return answering({ kind: "none" }, AnswerCode.deleted)(request);
  if (request.op !== "list") return honest();
  return honest().map((given) => {
    if (given.body.kind !== "listed") return given;
    const entries = given.body.entries.map(({ header }) => ({ header, state: CellState.deleted }));
    return { ...given, body: { kind: "listed", entries } };
  });
};
const puts = (place: Place | undefined): number => place?.asked.filter(({ op }) => op === "put").length ?? 0;

test("a first contact that seven holders lost is put there again", async () => {
  const { office, ann, ben } = await strangers();
  const holders = new Holders(office);
  for (const device of [ann, ben]) holders.carry(device);
  const link = await invite(ann);
  ann.kill();
  const atBen = await answer(ben, link);
  await office.clock.advance(2 * MINUTE);
  expect(await lastDelivery(ben, atBen)).toMatchObject({ kind: "stored", held: 8, of: 8 });

  const [lying, ...others] = holders.world.places as [Place, ...Place[]];
  lying.script = liar;
  const lost = others.map((place) => ({ place, before: puts(place) }));
  for (const { place, before } of lost) {
    place.script = (request, honest) => {
      const absent = request.op === "have" && puts(place) === before;
      return absent ? answering({ kind: "state", state: CellState.absent })(request) : honest();
    };
  }
  await office.clock.advance(30 * MINUTE);
  expect(lost.filter(({ place, before }) => puts(place) > before)).toHaveLength(7);
  expect(await lastDelivery(ben, atBen)).toMatchObject({ kind: "stored", held: 7, of: 8 });
});

test("a waiting text keeps its one cell and its true count, day and night", async () => {
  const { office, ann, ben, atAnn } = await contacts();
  await ben.close();
  const holders = new Holders(office);
  holders.carry(ann);
  await office.clock.advance(MINUTE);
  holders.cells.clear();
  await write(ann, atAnn, "are you there?");
  await office.clock.advance(MINUTE);
  const [lying] = holders.world.places as [Place];
  lying.script = liar;
  await office.clock.advance(DAY);
  expect(holders.cells.size).toBe(1);
  expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored", held: 7, of: 8 });
});

test("what the owner did end is not put again, and asked for anew a few times a day", async () => {
  const { office, ann, ben, atAnn } = await contacts();
  await ben.close();
  const holders = new Holders(office);
  holders.carry(ann);
  await write(ann, atAnn, "are you there?");
  await office.clock.advance(MINUTE);
  // Whoever has the pair's key deletes each cell as it comes, and never says a word.
  const ended = new Set<string>();
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
    for (const [name, { box, header }] of holders.cells) {
      if (ended.has(name)) continue;
      ended.add(name);
      await office.clock.wait(ann.line.delete(box, header, 0));
    }
    await office.clock.advance(5 * MINUTE);
  }
  expect(ended.size).toBeGreaterThan(2);
  expect(ended.size).toBeLessThan(15);
});
