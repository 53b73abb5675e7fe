/** A link whose other end was killed counts as living for up to a minute: what is said over it goes nowhere. */
import { expect, test } from "vitest";
import { Office } from "./office.ts";
import { lastDelivery, meet, texts } from "./people.ts";

const MINUTE = 60_000;

async function people() {
  const office = new Office();
  const [ann, ben] = [office.device("Ann"), office.device("Ben")];
  const ids = await meet(office, ann, ben);
  return { office, ann, ben, ...ids };
}

test("acknowledgements that went into a dead link are said again over the next one", async () => {
  const { office, ann, ben, atAnn, atBen } = await people();
  ben.line.sendDirect = () => true;
  await office.clock.wait(ann.chat.write(atAnn, "are you there?"));
  await office.clock.advance(3_000);
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.advance(MINUTE);
  expect(await lastDelivery(office, ann, atAnn)).toMatchObject({ kind: "stored" });

  ann.kill();
  await ann.start();
  ben.line.sendDirect = Object.getPrototypeOf(ben.line).sendDirect;
  await office.clock.advance(MINUTE);
  expect(ben.chat.direct(atBen)).toBe(true);
  expect(await lastDelivery(office, ann, atAnn)).toMatchObject({ kind: "read" });
  expect(await texts(office, ben, atBen)).toHaveLength(2);
});

test("what was not read is not called read by a new link", async () => {
  const { office, ann, ben, atAnn, atBen } = await people();
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.wait(ann.chat.write(atAnn, "one"));
  await office.clock.wait(ann.chat.write(atAnn, "two"));
  await office.clock.advance(1_000);
  ann.kill();
  await ann.start();
  await office.clock.advance(MINUTE);
  expect(ben.chat.direct(atBen)).toBe(true);
  const deliveries = (await texts(office, ann, atAnn)).map(({ delivery }) => delivery?.kind);
  expect(deliveries).toEqual([undefined, "delivered", "delivered"]);
});
