/** A folder that was copied, and both of it used: at the same time, and one after the other. */
import { cp } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { cleanUp } from "../relay/process.ts";
import { newProfile, type Profile, sayGoodbye } from "./people.ts";
import { World } from "./world.ts";

const CONFIRMED = /Delivered|Read/;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Of a browser that does not run. */
async function copyOf(profile: Profile): Promise<Profile> {
  const copy = await newProfile("Ann");
  await cp(profile.folder, copy.folder, { recursive: true, filter: (path) => !path.includes("Singleton") });
  return copy;
}

test("a profile that runs twice: the first says so, goes on under a new key when asked to, and the second has stopped", async () => {
  const world = await World.begin();
  const [annAt, benAt] = [await newProfile("Ann"), await newProfile("Ben")];
  let ann = await world.enter(annAt);
  await ann.begin();
  const ben = await ann.befriend((url) => world.enter(benAt, { url }));
  await ann.write("before");
  await expect(ben.message("before")).toBeVisible();
  await ann.close();
  const copyAt = await copyOf(annAt);

  ann = await world.enter(annAt);
  await ann.open("Ben");
  await ann.write("from the first");
  await expect(ben.message("from the first")).toBeVisible();
  const copy = await world.enter(copyAt);
  await expect(ann.page.getByText(mine.elsewhere)).toBeVisible({ timeout: 90_000 });

  await ann.page.getByRole("button", { name: mine.whatNow }).click();
  await ann.page.getByRole("button", { name: keep.continueHere }).click();
  await expect(ann.page.getByText(mine.elsewhere)).toBeHidden({ timeout: 90_000 });
  // The sheet stays for as long as the work for a new key takes.
  await expect(ann.page.getByRole("button", { name: keep.continueHere })).toBeHidden({ timeout: 120_000 });
  await ann.write("on we go");
  await expect(ben.message("on we go")).toBeVisible({ timeout: 90_000 });
  await expect(ann.status(CONFIRMED)).toBeVisible({ timeout: 90_000 });
  // It has seen records of the first, too, and asks, or it has seen the card of the one that went on.
  const stopped = copy.page.getByText(mine.superseded).or(copy.page.getByText(mine.elsewhere));
  await expect(stopped).toBeVisible({ timeout: 90_000 });
  await ben.write("and back");
  await expect(ann.message("and back")).toBeVisible({ timeout: 90_000 });
  await world.leave();
});
