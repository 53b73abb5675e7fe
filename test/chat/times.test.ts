import { beforeEach, expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { type Contacts, contacts, send, texts, write } from "./people.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

test("an own text knows when it reached each state, also in later ones", async () => {
  await ben.close();
  const written = office.clock.wall();
  await send(ann, atAnn, "when?");
  const back = office.clock.wall();
  await ben.start();
  await office.clock.advance(MINUTE);
  const read = office.clock.wall();
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.advance(20 * MINUTE);
  const [text] = (await texts(ann, atAnn)).slice(-1);
  const { stored = 0, delivered = 0, read: seen = 0 } = text?.times ?? {};
  expect(text?.delivery).toMatchObject({ kind: "read", at: seen });
  expect(stored).toBeGreaterThan(written);
  expect(stored).toBeLessThan(back);
  expect(delivered).toBeGreaterThan(back);
  expect(delivered).toBeLessThan(read);
  expect(seen).toBeGreaterThan(read);
});

test("a text that went over a link was never stored, and does not say so", async () => {
  await write(ann, atAnn, "straight");
  await office.clock.advance(1_000);
  const [text] = (await texts(ann, atAnn)).slice(-1);
  expect(Object.keys(text?.times ?? {})).toEqual(["delivered"]);
});
