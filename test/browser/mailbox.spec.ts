/** quality.md §4, scenario 2: left in the mailbox by somebody who is gone, found by somebody who was. */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, freePorts, start } from "../relay/process.ts";
import { friends } from "./friends.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

test("recipient closed, stored, sender closed, anchor restarted: it arrives once and in order", async () => {
  const port = String(await freePorts(9));
  const { relay: first, annProfile, benProfile, ...met } = await friends(["--peers", "8", "--port", port]);
  let { ann, ben } = met;
  await ben.close();
  for (let i = 1; i <= 5; i++) await ann.write(`note ${i}`);
  // A young network that is short of processor time finds its eighth holder at one of the top-ups.
  await expect(ann.status(/Stored 8\/8, until /)).toBeVisible({ timeout: 120_000 });
  await ann.close();

  await first.stop("SIGKILL");
  const second = await start(["--peers", "8", "--port", port, "--data", first.data]);
  expect(second.url).toBe(first.url);

  ben = await Person.open(benProfile, second.url);
  await ben.open("Ann");
  await expect(ben.message("note 5")).toBeVisible();
  expect(await ben.words(/note \d/)).toEqual(["note 1", "note 2", "note 3", "note 4", "note 5"]);

  ann = await Person.open(annProfile, second.url);
  await ann.open("Ben");
  await expect(ann.status("Read")).toBeVisible();
  await ben.page.reload();
  await ben.open("Ann");
  await expect(ben.message("note 5")).toBeVisible();
  expect(await ben.words(/note \d/)).toHaveLength(5);
});

test("an invite is answered while the inviter is away, and both have the text when they open", async () => {
  const relay = await start(["--peers", "8"]);
  const annProfile = await newProfile("Ann");
  let ann = await Person.open(annProfile, relay.url);
  await ann.begin();
  const link = await ann.invite();
  await ann.close();

  const ben = await Person.open(await newProfile("Ben"), link);
  await ben.begin();
  await ben.answer("are you there?");
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();
  await ben.write("I will be back");

  ann = await Person.open(annProfile, relay.url);
  await ann.open("Ben");
  expect(await ann.message("are you there?").count()).toBe(1);
  await expect(ann.message("I will be back")).toBeVisible();
});

test("without a network texts wait, and leave by themselves when it is back", async () => {
  const { ann, ben } = await friends();
  await ben.close();

  await ann.context.setOffline(true);
  await expect(ann.page.getByText(say.connection("device-offline"))).toBeVisible();
  await ann.write("written offline");
  await ann.page.reload();
  await ann.open("Ben");
  await expect(ann.message("written offline")).toBeVisible();
  await ann.context.setOffline(false);
  await expect(ann.status(/Stored \d\/\d, until /)).toBeVisible();
});
