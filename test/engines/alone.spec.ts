/** One person in each engine: the first run, and all that a profile goes through. */
import { expect } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { newProfile } from "../browser/people.ts";
import { start } from "../relay/process.ts";
import { enter } from "./engines.ts";
import { test } from "./fixture.ts";

test("a person begins, is the same after a restart of the browser, and elsewhere with 24 words", async ({ engine }) => {
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  const ann = await enter(engine, profile, relay.url);
  await ann.begin();
  await ann.page.getByText(say.emptyTitle).waitFor();
  const identity = await ann.identity();
  expect(identity).toMatch(/^[0-9a-f]{64}$/);
  await ann.close();

  const again = await enter(engine, profile, relay.url);
  await again.page.getByText(say.emptyTitle).waitFor();
  expect(await again.identity()).toBe(identity);
  const words = await again.takeWords();
  await again.close();

  const elsewhere = await enter(engine, await newProfile("Ann again"), relay.url);
  await elsewhere.restore(words);
  expect(await elsewhere.identity()).toBe(identity);
  expect([...ann.faults, ...again.faults, ...elsewhere.faults]).toEqual([]);
});

test("deleting everything leaves nothing, and no memory of it", async ({ engine }) => {
  const relay = await start(["--peers", "4"]);
  const ann = await enter(engine, await newProfile("Ann"), relay.url);
  const { page } = ann;
  await ann.begin();
  await page.getByRole("button", { name: say.settings, exact: true }).click();
  await page.getByRole("button", { name: keep.deleteDoor, exact: true }).click();
  await page.getByRole("textbox").last().fill("Ann");
  await page.getByRole("button", { name: keep.deleteNow, exact: true }).click();
  await page.getByRole("heading", { name: say.deleted }).waitFor();
  const left = (): Promise<number> => page.evaluate(async () => (await indexedDB.databases()).length);
  await expect.poll(left).toBe(0);
  await page.getByRole("button", { name: mine.startAnew, exact: true }).click();
  await page.getByRole("button", { name: say.start, exact: true }).waitFor();
  expect(await page.getByText(mine.evictedTitle).isVisible()).toBe(false);
  expect(ann.faults).toEqual([]);
});

test("a private window is enough to begin, and holds while it is open", async ({ engine }) => {
  const relay = await start(["--peers", "4"]);
  const ann = await enter(engine, await newProfile("Ann"), relay.url, { private: true });
  await ann.begin();
  await ann.page.getByText(say.emptyTitle).waitFor();
  const identity = await ann.identity();
  await ann.page.reload();
  expect(await ann.identity()).toBe(identity);
  expect(ann.faults).toEqual([]);
});

test("the app opens where the system's language is none", async ({ engine }) => {
  const relay = await start([]);
  const ann = await enter(engine, await newProfile("Ann"), relay.url, { locale: "C.UTF-8" });
  await ann.page.getByRole("button", { name: say.start, exact: true }).waitFor();
  expect(ann.faults).toEqual([]);
});
