/** Somebody is blocked in the real app: nothing of theirs is seen, our node leaves them behind, and others go on. */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { acts } from "../../web/src/ui/words/sentences-acts.ts";
import { cleanUp } from "../relay/process.ts";
import { newProfile, sayGoodbye } from "./people.ts";
import { World } from "./world.ts";

/** A node goes when it has settled, at the next idle moment: about a minute (desk.ts). */
const LEFT_BEHIND_MS = 150_000;
const STORED = /Stored \d\/\d, until /;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

test("a blocked contact is not heard and does not learn of the new node; others do, and unblocking brings what waited", async () => {
  const world = await World.begin();
  const ann = await world.enter(await newProfile("Ann"));
  await ann.begin();
  const [benProfile, cleoProfile] = [await newProfile("Ben"), await newProfile("Cleo")];
  const ben = await ann.befriend((url) => world.enter(benProfile, { url }));
  const cleo = await ann.befriend((url) => world.enter(cleoProfile, { url }));
  const before = await ann.nodeId();

  await ann.open("Ben");
  await expect(ann.page.getByText(say.linkedNow)).toBeVisible();
  await ann.page.getByRole("button", { name: acts.chatMenu }).click();
  await ann.page.getByRole("menuitem", { name: acts.block }).click();
  await expect(ann.page.getByText(acts.blockedHint("Ben"))).toBeVisible();
  await ben.write("unheard first");
  await expect(ben.status(STORED)).toBeVisible();
  await expect.poll(() => ann.nodeId(), { timeout: LEFT_BEHIND_MS }).not.toBe(before);
  await ben.write("unheard second");
  await expect(ben.status(STORED)).toBeVisible();

  await ann.open("Cleo");
  await ann.write("under a new id");
  await expect(cleo.message("under a new id")).toBeVisible();
  await cleo.write("I see you");
  await expect(ann.message("I see you")).toBeVisible();
  await expect(ann.page.getByText(say.linkedNow)).toBeVisible();
  await expect(ben.page.getByText(say.linkedNow)).toBeHidden();
  await expect(ann.page.getByText(/unheard/)).toHaveCount(0);

  await ann.open("Ben");
  expect(await ann.words(/hello from Ben|unheard \w+/)).toEqual(["hello from Ben"]);
  await ann.page.getByRole("button", { name: acts.unblock }).click();
  await expect(ann.message("unheard second")).toBeVisible();
  expect(await ann.words(/hello from Ben|unheard \w+/)).toEqual(["hello from Ben", "unheard first", "unheard second"]);
  await ann.write("heard again");
  await expect(ben.message("heard again")).toBeVisible();
  await world.leave();
});
