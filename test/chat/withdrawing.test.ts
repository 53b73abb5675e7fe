/** What others are told of an invite that ended while its owner reached nobody. */
import { expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { answer, invite, newcomer, strangers } from "./people.ts";

test("an invite that ends without a network is ended for others, too, as soon as there is one", async () => {
  const { office, ann, ben } = await strangers();
  const cleo = await newcomer(office, "cleo");
  const [revoked, used] = [await invite(ann), await invite(ann)];
  await answer(ben, used);
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
