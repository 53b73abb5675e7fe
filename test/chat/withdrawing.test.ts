/** What others are told of an invite that ended while its owner reached nobody. */
import { expect, test } from "vitest";
import { Office } from "./office.ts";
import { answer, invite } from "./people.ts";

const MINUTE = 60_000;

test("an invite that ends without a network is ended for others, too, as soon as there is one", async () => {
  const office = new Office();
  const [ann, ben, cleo] = [office.device("ann"), office.device("ben"), office.device("cleo")];
  for (const device of [ann, ben, cleo]) await device.start();
  const [revoked, used] = [await invite(office, ann), await invite(office, ann)];
  await answer(office, ben, used);
  await office.clock.advance(2_000);
  ann.line.up(false);
  await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
  await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
  await office.clock.advance(MINUTE);
  ann.kill();
  await ann.start();
  await office.clock.advance(MINUTE);
  expect(await office.clock.wait(cleo.chat.lookUp(revoked))).toEqual({ kind: "fault", fault: "revoked" });
  expect(await office.clock.wait(cleo.chat.lookUp(used))).toEqual({ kind: "fault", fault: "used" });
  expect(ann.chat.invites.map(({ withdrawing }) => withdrawing)).toEqual([undefined, undefined]);
});
