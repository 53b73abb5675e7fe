/** An identity of the real app kept as 24 words, restored in another browser, lost to the browser, and deleted. */
import { expect, type Page, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
/** Where everything that is personal stands. */
const databases = (page: Page): Promise<number> => page.evaluate(async () => (await indexedDB.databases()).length);

test("24 words are shown until they are proved, and make the same person elsewhere", async () => {
  const relay = await start(["--peers", "4"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const before = await ann.identity();
  await press(ann.page, say.settings);
  await press(ann.page, mine.showWords);
  await press(ann.page, keep.reveal);
  const words = await ann.page.getByRole("list", { name: keep.wordsLabel }).getByRole("listitem").allTextContents();
  expect(words).toHaveLength(24);
  await press(ann.page, keep.haveThem);
  await ann.page.getByRole("textbox", { name: keep.proofField }).fill(words.join(" "));
  await press(ann.page, keep.confirm);
  await expect(ann.page.getByText(keep.confirmed)).toBeVisible();
  await press(ann.page, keep.done);
  await ann.page.reload();
  await press(ann.page, say.settings);
  await expect(ann.page.getByText(keep.backupKept)).toBeVisible();
  await expect(ann.page.getByRole("button", { name: mine.showWords })).toBeHidden();

  const elsewhere = await Person.open(await newProfile("Ann again"), relay.url);
  await press(elsewhere.page, mine.haveWords);
  const field = elsewhere.page.getByRole("textbox", { name: keep.restoreField });
  await field.fill(words.toReversed().join(" "));
  await expect(elsewhere.page.getByText(keep.wordsChecksum)).toBeVisible();
  await field.fill(words.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}`).join("\n"));
  await expect(elsewhere.page.getByText(keep.wordsComplete)).toBeVisible();
  await press(elsewhere.page, keep.restore);
  await expect(elsewhere.page.getByText(mine.restoredTitle)).toBeVisible();
  expect(await elsewhere.identity()).toBe(before);
  expect([...ann.faults, ...elsewhere.faults]).toEqual([]);
});

test("what the browser has thrown away is told before anything new begins", async () => {
  const relay = await start([]);
  const { page, context } = await Person.open(await newProfile("Ann"), relay.url);
  await page.getByRole("button", { name: say.start }).click();
  await expect(page.getByText(say.emptyTitle)).toBeVisible();
  const session = await context.newCDPSession(page);
  await page.goto("about:blank"); // an open database is not taken away
  await session.send("Storage.clearDataForOrigin", { origin: relay.url, storageTypes: "indexeddb" });
  await page.goto(relay.url);
  await expect(page.getByRole("heading", { name: mine.evictedTitle })).toBeVisible();
  await press(page, mine.beginAnew);
  await press(page, say.start);
  await expect(page.getByText(say.emptyTitle)).toBeVisible();
});

test("deleting everything leaves nothing, and no memory of it", async () => {
  const relay = await start(["--peers", "4"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  const { page } = ann;
  await ann.begin();
  await press(page, say.settings);
  await press(page, keep.deleteDoor);
  await page.getByRole("textbox").last().fill("Ann");
  await press(page, keep.deleteNow);
  await expect(page.getByRole("heading", { name: say.deleted })).toBeVisible();
  await expect.poll(() => databases(page)).toBe(0);
  await press(page, mine.startAnew);
  await expect(page.getByRole("button", { name: say.start })).toBeVisible();
  await expect(page.getByText(mine.evictedTitle)).toBeHidden();
  expect(ann.faults).toEqual([]);
});
