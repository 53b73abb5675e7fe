/** Weeks later: every process begins anew with its clock shifted, as network time would undo one shift alone. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { makeInvite } from "./meeting.ts";
import type { Tour } from "./tour.ts";
import { button, expect, press, STORED, sees, toList, type World } from "./world.ts";

const WEEK_AND_A_DAY_MS = 8 * 86_400_000;

export async function later(tour: Tour, world: World): Promise<void> {
  const [ann, cleo] = [() => world.find("Ann"), () => world.find("Cleo")];
  let link = "";
  await tour.step(
    [11],
    "The browser has thrown everything away: that is told before anything new begins",
    cleo,
    async () => {
      const { page, context } = world.person("Cleo");
      const session = await context.newCDPSession(page);
      await page.goto("about:blank"); // an open database is not taken away
      await session.send("Storage.clearDataForOrigin", { origin: world.relay.url, storageTypes: "indexeddb" });
      await page.goto(world.relay.url);
      await expect(page.getByRole("heading", { name: mine.evictedTitle })).toBeVisible();
      await expect(button(page, mine.restoreWithWords)).toBeVisible();
    },
  );
  await tour.step([4], "Eight days later Ann’s node gives a text that nobody fetched a second life", ann, async () => {
    const person = world.person("Ann");
    ({ link } = await makeInvite(world));
    await toList(person);
    await world.leave("Ben");
    await person.open("Ben");
    await person.write("Is anyone there?");
    await expect(person.status(STORED)).toBeVisible();
    const until = await person.status(STORED).textContent();
    await pass(world, 1);
    await expect.poll(() => world.person("Ann").status(STORED).textContent()).not.toBe(until);
  });
  await tour.step([2], "The invite of that day has ended", cleo, async () => {
    const { page } = await world.enter("Cleo", link, { wallOffset: WEEK_AND_A_DAY_MS });
    await press(page, mine.beginAnew);
    await sees(page, say.inviteFault("expired"));
  });
  await tour.step([4], "And eight days later still: failed, why, and Retry", ann, async () => {
    await pass(world, 2);
    const { page } = world.person("Ann");
    await sees(page, say.failure("not-fetched"));
    await expect(button(page, say.retry)).toBeVisible();
  });
  await tour.step([4], "Sent again, it is stored", ann, async () => {
    const person = world.person("Ann");
    await press(person.page, say.retry);
    await expect(person.status(STORED)).toBeVisible();
  });
}

/** All leave, the nodes too; Ann is back at her chat, `times` the span after the beginning. */
async function pass(world: World, times: number): Promise<void> {
  await world.allLeave();
  await world.relay.stop();
  await world.restart(times * WEEK_AND_A_DAY_MS);
  const person = await world.enter("Ann", world.relay.url, { wallOffset: times * WEEK_AND_A_DAY_MS });
  await person.open("Ben");
}
