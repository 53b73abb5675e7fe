/** Profiles of earlier versions in a real browser: the app opens them as they lie there, shows all of it, and goes on. */
import { expect, type Page, test } from "@playwright/test";
import type { ReadyState } from "../../web/src/app/api.ts";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import {
  copyNode,
  type Expected,
  expected,
  type KeptProfile,
  offsetTo,
  openProfile,
  VERSIONS,
} from "../fixtures/open.ts";
import { cleanUp, freshFolder, type Running, start } from "../relay/process.ts";
import { fill } from "./kept.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Somebody whose browser holds this profile, so much later than it was taken; the app is open. */
async function bring(kept: KeptProfile, name: string, url: string, later = MINUTE): Promise<Person> {
  const person = await Person.open(await newProfile(name), `${url}/readyz`, { wallOffset: offsetTo(kept, later) });
  await person.page.evaluate(fill, kept);
  await person.page.goto(url);
  return person;
}
const network = (kept: { made: number }, later = MINUTE, args: readonly string[] = []): Promise<Running> =>
  start(args, { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset: offsetTo(kept, later) }) });

const stateOf = (page: Page): Promise<ReadyState> =>
  page.evaluate(() => {
    const drawn = document.querySelector("nodus-app") as unknown as { ui: { app: { state: ReadyState } } };
    return JSON.parse(JSON.stringify(drawn.ui.app.state)) as ReadyState;
  });

/** What can be seen before a chat is opened. */
async function showsList({ page }: Person, all: Expected, invites: readonly unknown[] = all.invites): Promise<void> {
  for (const { name } of all.chats) {
    await expect(page.getByRole("button", { name: new RegExp(name) }).first()).toBeVisible();
  }
  const seen = async () => {
    const { me, chats, invites } = await stateOf(page);
    return {
      name: me.name,
      chats: chats
        .map(({ name, phase, unread, draft = "" }) => ({ name, phase, unread, draft }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      invites: invites.map(({ state }) => state).sort(),
    };
  };
  // The holders of an invite are counted again.
  await expect.poll(seen).toEqual({
    name: all.name,
    chats: all.chats.map(({ name, phase, unread, draft = "" }) => ({ name, phase, unread, draft })),
    invites,
  });
}

/** Chat by chat; `waiting`: what may be said of texts that were on their way. */
async function showsChats(person: Person, all: Expected, waiting: RegExp): Promise<void> {
  const { page } = person;
  for (const { name, phase, texts, draft = "", deleted = [] } of all.chats) {
    await person.open(name);
    for (const { text } of texts) await expect(person.message(text.split("\n")[0] ?? "")).toBeVisible();
    const messages = (await stateOf(page)).open?.messages ?? [];
    expect(messages.map(({ mine, text }) => ({ mine, text }))).toEqual(texts.map(({ mine, text }) => ({ mine, text })));
    for (const [at, { state }] of texts.entries()) {
      const kind = messages[at]?.delivery?.kind;
      if (state === "waiting") expect(kind).toMatch(waiting);
      else expect(kind).toBe(state);
    }
    for (const text of deleted) await expect(page.getByText(text)).toHaveCount(0);
    if (phase === "request") await expect(page.getByRole("button", { name: say.decline })).toBeVisible();
    else await expect(page.getByRole("textbox", { name: say.message })).toHaveValue(draft);
  }
  await page.keyboard.press("Escape");
}

for (const version of VERSIONS) {
  test(`a profile of ${version} opens with its chats, invites, request, draft and words, and shows no deleted text`, async () => {
    const kept = openProfile(version);
    const all = expected(version);
    const ann = await bring(kept, "Ann", (await network(kept)).url);
    await showsList(ann, all);
    await showsChats(ann, all, /^(queued|stored)$/);
    expect((await ann.takeWords()).split(" ")).toHaveLength(24);
    expect(ann.faults).toEqual([]);
  });

  test(`a profile of ${version} that is opened 200 days later has lost nothing but time`, async () => {
    const kept = openProfile(version);
    const all = expected(version);
    const ann = await bring(kept, "Ann", (await network(kept, 200 * DAY)).url, 200 * DAY);
    // Once there is a network, those that brought somebody end by time too.
    const ended = all.invites.map(() => expect.stringMatching(/^(accepted|expired)$/));
    await showsList(ann, all, ended);
    await showsChats(ann, all, /^(queued|stored|failed)$/);
    expect(ann.faults).toEqual([]);
  });

  test(`a profile of ${version} whose words are confirmed opens without them`, async () => {
    const kept = openProfile(version, "confirmed");
    const all = expected(version, "confirmed");
    const cleo = await bring(kept, "Cleo", (await network(kept)).url);
    await showsList(cleo, all);
    await cleo.page.getByRole("button", { name: say.settings, exact: true }).click();
    await expect(cleo.page.getByText(keep.backupKept)).toBeVisible();
    await expect(cleo.page.getByRole("button", { name: mine.showWords })).toBeHidden();
    expect(cleo.faults).toEqual([]);
  });

  test(`two profiles of ${version} and the folder of their node: what waited arrives, and the chat goes on`, async () => {
    const folder = await freshFolder();
    const node = copyNode(version, "killed", folder);
    const relay = await network(node, MINUTE, ["--data", folder]);
    const cleo = await bring(openProfile(version, "confirmed"), "Cleo", relay.url);
    await cleo.open("Ann");
    // Its author is away: the node had it.
    await expect(cleo.message("This waits for Cleo at its holders.")).toBeVisible();
    const ann = await bring(openProfile(version), "Ann", relay.url);
    await expect(cleo.message("This waits at Ann’s")).toBeVisible();
    await ann.open("Cleo");
    await cleo.write("after all that");
    await expect(ann.message("after all that")).toBeVisible();
    const { open } = await stateOf(cleo.page);
    const texts =
      expected(version)
        .chats.find(({ name }) => name === "Cleo")
        ?.texts.map(({ text }) => text) ?? [];
    expect(open?.messages.map(({ text }) => text)).toEqual([...texts, "after all that"]);
    expect([...ann.faults, ...cleo.faults]).toEqual([]);
  });
}
