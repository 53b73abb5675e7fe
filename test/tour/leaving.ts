/** A third person: an invite read from a picture, declined; blocking; deleting everything; restoring. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { acts } from "../../web/src/ui/words/sentences-acts.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { see } from "../../web/src/ui/words/sentences-scan.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import type { Person } from "../browser/people.ts";
import { reveal } from "./keeping.ts";
import { makeInvite } from "./meeting.ts";
import type { Tour } from "./tour.ts";
import { button, expect, press, sees, toList, type World } from "./world.ts";

export async function leaving(tour: Tour, world: World): Promise<void> {
  await strangers(tour, world);
  await blocking(tour, world);
  await deleting(tour, world);
  await restoring(tour, world);
}

async function strangers(tour: Tour, world: World): Promise<void> {
  const [ann, cleo] = [() => world.find("Ann"), () => world.find("Cleo")];
  await tour.step([27], "Cleo reads Ann’s invite from a picture of its code", cleo, async () => {
    const { code } = await makeInvite(world);
    const person = world.person("Cleo");
    const { page } = person;
    await page.goto(world.relay.url);
    await press(page, say.openInvite);
    await press(page, see.scan);
    await sees(page, see.explain);
    await page.locator("input[type=file]").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: code });
    await sees(page, say.invitedBy("Ann"));
  });
  await tour.step([21], "Cleo’s answer is a request to Ann; declined, it is gone", ann, async () => {
    const person = world.person("Ann");
    await toList(person);
    await world.person("Cleo").answer("Hello, I am Cleo.");
    await person.open("Cleo");
    await sees(person.page, say.requestTitle("Cleo"));
    await press(person.page, say.decline);
    await expect(person.page.getByRole("button", { name: /Cleo/ })).toBeHidden();
    await expect(person.page.getByRole("heading", { name: say.requests })).toBeHidden();
  });
}

const chatMenu = async ({ page }: Person, item: string): Promise<void> => {
  await press(page, acts.chatMenu);
  await page.getByRole("menuitem", { name: item, exact: true }).click();
};
async function blocking(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  await tour.step([21], "Ann blocks Ben: nothing of his comes, and he is not told", ann, async () => {
    const person = world.person("Ann");
    await person.open("Ben");
    await chatMenu(person, acts.block);
    await sees(person.page, acts.blockedHint("Ben"));
    await world.person("Ben").write("Do you hear me?");
    await expect(world.person("Ben").status(/Stored|Waiting/)).toBeVisible();
    expect(await person.message("Do you hear me?").count()).toBe(0);
  });
  await tour.step([21], "The settings have a list of them", ann, async () => {
    const { page } = world.person("Ann");
    await press(page, say.settings);
    await expect(button(page, keep.unblockWhom("Ben"))).toBeVisible();
    await button(page, keep.unblockWhom("Ben")).scrollIntoViewIfNeeded();
  });
  await tour.step([21], "Unblocked, they talk on", ann, async () => {
    const person = world.person("Ann");
    await press(person.page, keep.unblockWhom("Ben"));
    await person.page.keyboard.press("Escape");
    await expect(person.page.getByText(acts.blockedHint("Ben"))).toBeHidden();
    await person.write("Now I do.");
    await expect(world.person("Ben").message("Now I do.")).toBeVisible();
    await world.person("Ben").write("Good.");
    await expect(person.message("Good.")).toBeVisible();
  });
}

async function deleting(tour: Tour, world: World): Promise<void> {
  const cleo = () => world.find("Cleo");
  await tour.step(
    [26],
    "Cleo deletes everything: what goes, what others keep, and a word to be typed",
    cleo,
    async () => {
      const { page } = world.person("Cleo");
      await toList(world.person("Cleo"));
      await press(page, say.settings);
      await press(page, keep.deleteDoor);
      for (const words of [keep.deleteHereKeys, keep.deleteOthersStored, keep.deleteOthersCard])
        await sees(page, words);
      await expect(button(page, keep.deleteNow)).toBeDisabled();
      await page.getByRole("textbox").last().fill(keep.deleteWord);
      await expect(button(page, keep.deleteNow)).toBeEnabled();
    },
  );
  await tour.step([26], "Nothing is left, not even a memory of her", cleo, async () => {
    const { page } = world.person("Cleo");
    await press(page, keep.deleteNow);
    await expect(page.getByRole("heading", { name: say.deleted })).toBeVisible();
    await expect.poll(() => page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
    expect(await page.evaluate(() => localStorage.getItem("nodus-identity"))).toBeNull();
  });
}

async function restoring(tour: Tour, world: World): Promise<void> {
  const [ben, cleo] = [() => world.find("Ben"), () => world.find("Cleo")];
  let [words, identity]: [string[], string] = [[], ""];
  await tour.step(
    [8],
    "On another device Ben enters his 24 words: a wrong one is named, and what is meant",
    cleo,
    async () => {
      const before = world.person("Ben");
      await toList(before);
      await press(before.page, mine.chip);
      words = await reveal(before);
      await before.page.keyboard.press("Escape");
      identity = await identityOf(before);
      const { page } = world.person("Cleo");
      await press(page, mine.startAnew);
      await press(page, mine.haveWords);
      await page.getByRole("textbox", { name: keep.restoreField }).fill(words.with(6, `${words[6]}x`).join("  "));
      await sees(page, keep.wordUnknown(7, `${words[6]}x`));
      await sees(page, keep.wordMeant);
      for (const text of [keep.restoreNotHistory, keep.restoreNotContacts]) await sees(page, text);
    },
  );
  await tour.step([8], "Four letters of each are enough, in any white space and case", cleo, async () => {
    const { page } = world.person("Cleo");
    const typed = words.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}`).join("\n");
    await page.getByRole("textbox", { name: keep.restoreField }).fill(typed);
    await sees(page, keep.wordsComplete);
    await page.getByRole("textbox", { name: say.yourName }).fill("Ben");
  });
  await tour.step([8], "He is the same person there, and nothing asks for his words any more", cleo, async () => {
    const person = world.person("Cleo");
    await press(person.page, keep.restore);
    await sees(person.page, mine.restoredTitle);
    await expect(person.page.getByText(mine.cardTitle)).toBeHidden();
    expect(await identityOf(person)).toBe(identity);
  });
  await tour.step(
    [8],
    "The device that he had looks when it starts: it sends no longer, and says why",
    ben,
    async () => {
      const { page } = world.person("Ben");
      // The new one publishes itself in the background.
      await expect(async () => {
        await page.reload();
        await expect(page.getByText(mine.superseded)).toBeVisible({ timeout: 8_000 });
      }).toPass({ timeout: 60_000 });
      await press(page, mine.whatNow);
      for (const text of [keep.supersededYouDo, keep.supersededNotYouDo]) await sees(page, text);
    },
  );
}
async function identityOf({ page }: Person): Promise<string> {
  await press(page, say.settings);
  const text = await page.getByText(/^[0-9a-f]{64}$/).textContent();
  await page.keyboard.press("Escape");
  return text ?? "";
}
