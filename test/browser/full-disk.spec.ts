/** A disk that is full when texts come: they wait where they are, and are there once when there is room. */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";
import { small } from "./room.ts";

const TEXTS = 8;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

test("texts that come while the disk is full, over a link and by mailbox, are all there once there is room", async () => {
  const relay = await start(["--peers", "4"]);
  const { person: ann, room } = await small("Ann", relay.url);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const ben = await ann.befriend((link) => Person.open(benProfile, link));
  await expect(ben.page.getByText("Linked directly").last()).toBeVisible();

  await room.fill();
  const texts = Array.from({ length: TEXTS }, (_, at) => `number ${at} of many`);
  for (const text of texts.slice(0, TEXTS / 2)) await ben.write(text);
  await expect(ann.page.getByText(say.storageFull).first()).toBeVisible();
  expect(await ann.words(/number \d of many/)).toEqual([]);
  // Nothing was acknowledged that is not on the disk.
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();
  for (const text of texts.slice(TEXTS / 2)) await ben.write(text);

  await room.free();
  await expect.poll(() => ann.words(/number \d of many/), { timeout: 60_000 }).toEqual(texts);
  await expect(ben.status(/Delivered|Read/)).toBeVisible();
  await ann.page.reload();
  await ann.open("Ben");
  await expect.poll(() => ann.words(/number \d of many/)).toEqual(texts);
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});
