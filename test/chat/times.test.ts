import { beforeEach, expect, test } from "vitest";
import { type Device, Office } from "./office.ts";
import { meet, texts } from "./people.ts";

const MINUTE = 60_000;

let office: Office;
let ann: Device;
let ben: Device;
let atAnn: string;
let atBen: string;

beforeEach(async () => {
  office = new Office();
  ann = office.device("ann");
  ben = office.device("ben");
  ({ atAnn, atBen } = await meet(office, ann, ben));
});

test("an own text knows when it reached each state, also in later ones", async () => {
  await ben.close();
  const written = office.clock.wall();
  await office.clock.wait(ann.chat.write(atAnn, "when?"));
  await office.clock.advance(MINUTE);
  const back = office.clock.wall();
  await ben.start();
  await office.clock.advance(MINUTE);
  const read = office.clock.wall();
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.advance(20 * MINUTE);
  const [text] = (await texts(office, ann, atAnn)).slice(-1);
  const { stored = 0, delivered = 0, read: seen = 0 } = text?.times ?? {};
  expect(text?.delivery).toMatchObject({ kind: "read", at: seen });
  expect(stored).toBeGreaterThan(written);
  expect(stored).toBeLessThan(back);
  expect(delivered).toBeGreaterThan(back);
  expect(delivered).toBeLessThan(read);
  expect(seen).toBeGreaterThan(read);
});

test("a text that went over a link was never stored, and does not say so", async () => {
  await office.clock.wait(ann.chat.write(atAnn, "straight"));
  await office.clock.advance(1_000);
  const [text] = (await texts(office, ann, atAnn)).slice(-1);
  expect(Object.keys(text?.times ?? {})).toEqual(["delivered"]);
});
