/**
 * The pictures of the README, taken of the app at work: two people meet over a real network of this machine and talk.
 * node test/browser/pictures.ts, after a build; writes test/browser/pictures.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";
import { rest } from "./rest.ts";

const FOLDER = join(import.meta.dirname, "pictures");
const LIMIT_MS = 90_000;
/** Of two panes, and of a telephone. */
const WIDE = { width: 900, height: 560 };
const NARROW = { width: 360, height: 640 };

async function shown(person: Person, words: string | RegExp): Promise<void> {
  await person.page.getByText(words).last().waitFor({ timeout: LIMIT_MS });
}
async function picture(person: Person, name: string, size = WIDE): Promise<void> {
  await person.page.setViewportSize(size);
  await person.page.emulateMedia({ reducedMotion: "reduce" });
  await rest(person.page);
  await person.page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await person.page.setViewportSize(WIDE);
}

mkdirSync(FOLDER, { recursive: true });
try {
  const relay = await start(["--peers", "8"]);
  const ada = await Person.open(await newProfile("Ada"), relay.url);
  await ada.begin();
  await ada.page.getByRole("button", { name: "New invite" }).click();
  await shown(ada, /^Ready: 8 of 8/);
  await picture(ada, "invite", NARROW);
  const link = await ada.page.getByRole("textbox", { name: "Invite link" }).inputValue();
  await ada.page.keyboard.press("Escape");

  const ben = await Person.open(await newProfile("Ben"), link);
  await shown(ben, "invites you to chat");
  await ben.begin();
  await ben.answer("Hello Ada, the link works!");
  await shown(ada, "Hello Ada");
  await ada.accept("Ben");
  await shown(ben, /^Read/);
  await shown(ada, /Linked directly/);
  await ada.write("So we have no server between us now?");
  await shown(ada, /^Read/);
  await ben.write("None. Close your tab, and my texts wait in eight mailboxes.");
  await ada.message("None. Close").waitFor({ timeout: LIMIT_MS });
  await ben.close();
  await ada.page.getByText("Linked directly").last().waitFor({ state: "hidden", timeout: LIMIT_MS });
  await ada.write("Then I write while you are away.");
  await shown(ada, /Stored 8\/8, until /);
  await picture(ada, "chat");
  await ada.page
    .getByRole("button", { name: /settings|menu/i })
    .first()
    .click();
  await ada.page.getByText("What my node does").click();
  await shown(ada, "Links to other nodes");
  await picture(ada, "node");
  console.log(`pictures are in ${FOLDER}`);
} finally {
  await sayGoodbye();
  await cleanUp();
}
