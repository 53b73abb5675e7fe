/** The 24 words: asked for after the first sent message, put off once, shown, proved and erased. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import type { Person } from "../browser/people.ts";
import type { Tour } from "./tour.ts";
import { button, expect, press, sees, toList, type World } from "./world.ts";

/** At the words; the sheet stays open. */
export async function reveal({ page }: Person): Promise<string[]> {
  await press(page, keep.reveal);
  const items = page.getByRole("list", { name: keep.wordsLabel }).getByRole("listitem");
  await expect(items).toHaveCount(24);
  return items.allTextContents();
}

export async function keeping(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  let words: string[] = [];
  await tour.step([7], "After the first sent message, not before, Ann is asked to keep her words", ann, async () => {
    const person = world.person("Ann");
    const card = person.page.getByRole("heading", { name: mine.cardTitle });
    await expect(card).toBeHidden();
    await person.write("Hello Ben!");
    await expect(card).toBeVisible();
    await sees(person.page, mine.cardText);
  });
  await tour.step([7], "Ben has put it off: a chip stays above his chats", ben, async () => {
    const person = world.person("Ben");
    await toList(person);
    await press(person.page, mine.later);
    await expect(button(person.page, mine.chip)).toBeVisible();
    await expect(button(person.page, mine.later)).toBeHidden();
  });
  await tour.step([7], "What the words do, and what they do not", ann, async () => {
    const { page } = world.person("Ann");
    await press(page, mine.showWords);
    for (const text of [keep.wordsDoSame, keep.wordsNotHistory, keep.wordsNotContacts]) await sees(page, text);
  });
  await tour.step([7], "24 words to be copied, downloaded or printed", ann, async () => {
    const person = world.person("Ann");
    words = await reveal(person);
    for (const name of [keep.copyWords, keep.download, keep.print]) {
      await expect(button(person.page, name).first()).toBeVisible();
    }
  });
  await tour.step([7], "The proof: pasted back, or a tick; nothing to be remembered", ann, async () => {
    const { page } = world.person("Ann");
    await press(page, keep.haveThem);
    await press(page, keep.confirm);
    await sees(page, keep.proofMissing);
    await expect(page.getByRole("checkbox")).toBeVisible();
    await page.getByRole("textbox", { name: keep.proofField }).fill(words.join("\n  "));
    await sees(page, keep.wordsComplete);
  });
  await tour.step([7], "Proved: the words are erased here, and nothing asks for them any more", ann, async () => {
    const { page } = world.person("Ann");
    await press(page, keep.confirm);
    await sees(page, keep.confirmed);
  });
  await tour.step([7, 23], "Also after a reload the settings know that they are kept", ann, async () => {
    const person = world.person("Ann");
    await press(person.page, keep.done);
    await person.page.reload();
    await expect(button(person.page, say.settings)).toBeVisible();
    await expect(person.page.getByText(mine.cardTitle)).toBeHidden();
    await expect(person.page.getByText(mine.chip)).toBeHidden();
    await press(person.page, say.settings);
    await sees(person.page, keep.backupKept);
    await expect(button(person.page, mine.showWords)).toBeHidden();
    await smallTargets(person);
  });
  await person(world, "Ann").page.keyboard.press("Escape");
  await person(world, "Ann").open("Ben");
  await person(world, "Ben").open("Ann");
}
const person = (world: World, name: "Ann" | "Ben"): Person => world.person(name);

const LEAST_PX = 44;
/** Whatever is to be hit is as large as a finger. */
async function smallTargets({ page }: Person): Promise<void> {
  const small = await page
    .getByRole("dialog")
    .locator("button:visible, input:visible, select:visible")
    .evaluateAll(
      (elements, least) =>
        elements
          .filter((element) => {
            const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
            return Math.min(width, height) < least - 0.5;
          })
          .map((element) => element.outerHTML.slice(0, 80)),
      LEAST_PX,
    );
  expect(small).toEqual([]);
}
