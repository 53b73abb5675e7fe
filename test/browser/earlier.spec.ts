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
import { newProfile, Person, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** In a page of the app's origin without the app: databases as the version had them, with a key that cannot be taken. */
async function fill({ databases, localStorage: entries }: KeptProfile): Promise<void> {
  for (const { name, version, store, entries } of databases) {
    const values = Object.entries(entries).map(async ([key, base64]) => {
      const raw = Uint8Array.fromBase64(base64);
      const isKey = name.endsWith("/key");
      return [
        key,
        isKey ? await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) : raw,
      ] as const;
    });
    const rows = await Promise.all(values);
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => void request.result.createObjectStore(store);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    await new Promise<void>((done, fail) => {
      const transaction = database.transaction(store, "readwrite");
      for (const [key, value] of rows) transaction.objectStore(store).put(value, key);
      transaction.oncomplete = () => done();
      transaction.onerror = () => fail(transaction.error);
    });
    database.close();
  }
  for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
}

/** Somebody whose browser holds this profile, minutes after it was taken; the app is open. */
async function bring(kept: KeptProfile, name: string, url: string): Promise<Person> {
  const person = await Person.open(await newProfile(name), `${url}/readyz`, { wallOffset: offsetTo(kept) });
  await person.page.evaluate(fill, kept);
  await person.page.goto(url);
  return person;
}
const network = (kept: { made: number }, args: readonly string[] = []): Promise<Running> =>
  start(args, { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset: offsetTo(kept) }) });

const stateOf = (page: Page): Promise<ReadyState> =>
  page.evaluate(() => {
    const drawn = document.querySelector("nodus-app") as unknown as { ui: { app: { state: ReadyState } } };
    return JSON.parse(JSON.stringify(drawn.ui.app.state)) as ReadyState;
  });
const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** The list, before anything is opened. */
async function showsList({ page }: Person, all: Expected): Promise<void> {
  for (const { name } of all.chats)
    await expect(page.getByRole("button", { name: new RegExp(name) }).first()).toBeVisible();
  const state = await stateOf(page);
  expect(state.me.name).toBe(all.name);
  expect(
    state.chats
      .map(({ name, phase, unread, draft }) => ({ name, phase, unread, draft: draft || undefined }))
      .sort(byName),
  ).toEqual(all.chats.map(({ name, phase, unread, draft }) => ({ name, phase, unread, draft })));
  expect(state.invites.map(({ state }) => state).sort()).toEqual(all.invites);
}
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

for (const version of VERSIONS) {
  test(`a profile of ${version} opens with its chats, invites, request, draft and words, and shows no deleted text`, async () => {
    const kept = openProfile(version);
    const all = expected(version);
    const relay = await network(kept);
    const ann = await bring(kept, "Ann", relay.url);
    await showsList(ann, all);
    for (const chat of all.chats) {
      await ann.open(chat.name);
      for (const { text } of chat.texts) await expect(ann.message(firstLine(text))).toBeVisible();
      const { open } = await stateOf(ann.page);
      expect(open?.messages.map(({ text }) => text)).toEqual(chat.texts.map(({ text }) => text));
      for (const [at, { state }] of chat.texts.entries()) {
        const kind = open?.messages[at]?.delivery?.kind;
        expect(state === "waiting" ? /^(queued|stored)$/.test(String(kind)) : kind === state).toBe(true);
      }
      for (const text of chat.deleted ?? []) await expect(ann.page.getByText(text)).toHaveCount(0);
      if (chat.phase === "request") await expect(ann.page.getByRole("button", { name: say.decline })).toBeVisible();
      else await expect(ann.page.getByRole("textbox", { name: say.message })).toHaveValue(chat.draft ?? "");
    }
    await ann.page.keyboard.press("Escape");
    expect((await ann.takeWords()).split(" ")).toHaveLength(24);
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
    const relay = await network(node, ["--data", folder]);
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
