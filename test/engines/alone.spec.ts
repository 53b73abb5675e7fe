/** One person in each engine: the first run, and all that a profile goes through. */
import { expect } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { newProfile } from "../browser/people.ts";
import { start } from "../relay/process.ts";
import { enter } from "./engines.ts";
import { test } from "./fixture.ts";

test("the first run ends at an empty list, and a restart of the browser finds the same person", async ({ engine }) => {
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  const ann = await enter(engine, profile, relay.url);
  await ann.begin();
  await ann.page.getByText(say.emptyTitle).waitFor();
  const identity = await ann.identity();
  expect(ann.faults).toEqual([]);
  await ann.close();

  const again = await enter(engine, profile, relay.url);
  await again.page.getByText(say.emptyTitle).waitFor();
  expect(await again.identity()).toBe(identity);
  expect(again.faults).toEqual([]);
});
