/** A link whose other end was killed counts as living for up to a minute: what is said over it goes nowhere. */
import { expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { contacts, lastDelivery, texts, write } from "./people.ts";

test("acknowledgements that went into a dead link are said again over the next one", async () => {
  const { office, ann, ben, atAnn, atBen } = await contacts();
  ben.line.sendDirect = () => true;
  await write(ann, atAnn, "are you there?");
  await office.clock.advance(3_000);
  await office.clock.wait(ben.chat.markRead(atBen));
  await office.clock.advance(MINUTE);
  expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored" });

  ann.kill();
  await ann.start();
  ben.line.sendDirect = Object.getPrototypeOf(ben.line).sendDirect;
  await office.clock.advance(MINUTE);
  expect(ben.chat.direct(atBen)).toBe(true);
  expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "read" });
  expect(await texts(ben, atBen)).toHaveLength(2);
});

test("what was not read is not called read by a new link", async () => {
  const { office, ann, ben, atAnn, atBen } = await contacts();
  await office.clock.wait(ben.chat.markRead(atBen));
  await write(ann, atAnn, "one", "two");
  await office.clock.advance(1_000);
  ann.kill();
  await ann.start();
  await office.clock.advance(MINUTE);
  expect(ben.chat.direct(atBen)).toBe(true);
  const deliveries = (await texts(ann, atAnn)).map(({ delivery }) => delivery?.kind);
  expect(deliveries).toEqual([undefined, "delivered", "delivered"]);
});
