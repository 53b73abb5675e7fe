/** What is being written when a page begins anew, in one tab or several, or is killed with all of them. */
import { expect, type Page, test } from "@playwright/test";
import { cleanUp, start } from "../relay/process.ts";
import { endMortals, openMortal } from "./mortal.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

const KINDS: Readonly<Record<string, string>> = {
  lines: "first line\n\n  third line, indented\n",
  rtl: "نلتقي عند المدخل الجنوبي (7:00) — OK?",
  longest: "ä".repeat(8_000),
  "too long to send": "x".repeat(20_000),
};
/** List and chat side by side. */
const WIDE = { width: 1000, height: 700 };
/** The state shows a draft once it is on the disk. */
const saved = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction((wanted) => {
    const drawn = document.querySelector("nodus-app") as unknown as {
      ui: { app: { state: { chats: readonly { draft?: string }[] } } };
    };
    return drawn.ui.app.state.chats.some(({ draft }) => draft === wanted);
  }, text);

test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
});

const composer = (page: Page) => page.getByRole("textbox", { name: "Message" });
/** A profile with two contacts, whose browser is open. */
async function annWithFriends(): Promise<{ url: string; profile: Profile; ann: Person; kill: () => Promise<void> }> {
  const { url } = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  const { person: ann, kill } = await openMortal(profile, url);
  await ann.page.setViewportSize(WIDE);
  await ann.begin();
  for (const name of ["Ben", "Cid"]) {
    const friendProfile = await newProfile(name);
    const friend = await ann.befriend((link) => Person.open(friendProfile, link));
    await friend.close();
  }
  return { url, profile, ann, kill };
}
async function another(ann: Person, url: string): Promise<Person> {
  const page = await ann.context.newPage();
  await page.setViewportSize(WIDE);
  await page.goto(url);
  return new Person("Ann", ann.context, page);
}

test("a draft of any kind outlives a reload, in the leading tab and in another", async () => {
  const { url, ann } = await annWithFriends();
  const view = await another(ann, url);
  await view.open("Ben");
  await ann.open("Cid");
  for (const [kind, text] of Object.entries(KINDS)) {
    for (const [place, tab] of Object.entries({ leader: ann, view })) {
      await composer(tab.page).fill(text);
      await saved(tab.page, text);
      await tab.page.reload();
      await expect(composer(tab.page), `${kind} in the ${place}`).toHaveValue(text);
    }
  }
  expect([...ann.faults, ...view.faults]).toEqual([]);
});

test("the only tab is reloaded in the middle of saving: the text is there once, the draft is, and what was deleted is not", async () => {
  const { ann } = await annWithFriends();
  await ann.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await ann.open("Ben");
  await expect(ann.message("hello from Ben")).toBeVisible();
  // From here on no save of this page comes to its end.
  await ann.page.evaluate(() => Object.assign(crypto.subtle, { encrypt: () => new Promise(() => undefined) }));
  await ann.message("hello from Ben").click({ button: "right" });
  await ann.page.getByRole("menuitem", { name: "Delete" }).click();
  await composer(ann.page).fill("sent and not saved");
  await composer(ann.page).press("Enter");
  await composer(ann.page).fill("half a draft");
  await ann.page.reload();
  await expect(composer(ann.page)).toHaveValue("half a draft");
  await expect(ann.message("sent and not saved")).toBeVisible();
  expect(await ann.words(/sent and not saved/)).toHaveLength(1);
  await expect(ann.message("hello from Ben")).toBeHidden();
  await expect(ann.status(/Stored \d\/\d, until /)).toBeVisible();
  expect(ann.faults).toEqual([]);
});

test("three tabs are killed at once: drafts and texts are there again", async () => {
  const { url, profile, ann, kill } = await annWithFriends();
  const [second, third] = [await another(ann, url), await another(ann, url)];
  await ann.open("Ben");
  await second.open("Cid");
  await ann.write("before the end");
  await composer(ann.page).fill("to Ben, half");
  await composer(second.page).fill("to Cid, half");
  for (const text of ["to Ben, half", "to Cid, half"]) await saved(third.page, text);
  await kill();
  const { person: again } = await openMortal(profile, url);
  await again.page.setViewportSize(WIDE);
  await again.open("Ben");
  await expect(composer(again.page)).toHaveValue("to Ben, half");
  expect(await again.words(/before the end/)).toHaveLength(1);
  await expect(again.status(/Stored \d\/\d, until /)).toBeVisible();
  await again.open("Cid");
  await expect(composer(again.page)).toHaveValue("to Cid, half");
  expect(again.faults).toEqual([]);
});
