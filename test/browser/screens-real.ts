/** Pictures of the built app at work: two people over a bootstrap node, from the first run to mail that waits. */
import type { Page } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { note } from "../../web/src/ui/words/sentences-node.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import { cleanUp, start } from "../relay/process.ts";
import { faults, LOOKS, look } from "./look.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";
import { rest } from "./rest.ts";

const LIMIT_MS = 90_000;
const WINDOW = { width: 1000, height: 700 };

async function looks({ page }: Person, name: string): Promise<void> {
  for (const { size, theme, name: how } of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await rest(page);
    await look(page, `real-${name}-${how}`);
  }
  await page.setViewportSize(WINDOW);
}
const seen = (page: Page, words: string | RegExp): Promise<void> =>
  page.getByText(words).last().waitFor({ timeout: LIMIT_MS });
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).first().click();

export async function realScreens(): Promise<void> {
  try {
    const relay = await start(["--peers", "8"]);
    const ann = await Person.open(await newProfile("Ann"), relay.url);
    await seen(ann.page, say.yourName);
    await looks(ann, "first-run");
    await ann.begin();
    await seen(ann.page, say.emptyTitle);
    await looks(ann, "empty");
    await press(ann.page, say.newInvite);
    await seen(ann.page, /^Ready: 8 of 8/);
    await looks(ann, "invite");
    const link = await ann.page.getByRole("textbox", { name: tell.link }).inputValue();
    await ann.page.keyboard.press("Escape");

    const ben = await Person.open(await newProfile("Ben"), link);
    await seen(ben.page, "invites you to chat");
    await looks(ben, "first-run-invited");
    await ben.begin();
    await seen(ben.page, tell.foundHint);
    await looks(ben, "open-invite");
    await ben.answer("Hello Ann, the link works!");
    await looks(ben, "pending");
    await ann.open("Ben");
    await looks(ann, "request");
    await press(ann.page, say.accept);
    await seen(ben.page, say.linkedNow);
    await ann.write("So there is no server between us now?");
    await seen(ben.page, /no server between/);
    await ben.write("None. See https://nodus.example/how for the long answer.");
    await seen(ann.page, /the long answer/);
    await ann.write("Good.");
    await seen(ann.page, /^Read$/);
    await looks(ann, "chat");
    await ben.close();
    await ann.write("I write on while you are away.");
    await seen(ann.page, /^Stored [3-8]\/8/);
    await looks(ann, "stored");
    await ann.page.getByRole("button", { name: say.details }).last().click();
    await seen(ann.page, tell.storedMeaning);
    await looks(ann, "details");
    await ann.page.goBack();
    await press(ann.page, say.settings);
    await seen(ann.page, tell.myIdentity);
    await looks(ann, "settings");
    await press(ann.page, tell.nodePage);
    await seen(ann.page, note.linksTitle);
    await looks(ann, "node");
    for (const person of [ann, ben]) faults.push(...person.faults.map((fault) => `real app: ${fault}`));
  } finally {
    await sayGoodbye();
    await cleanUp();
  }
}
