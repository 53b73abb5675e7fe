/** Two at their screens: what bubbles look like, the composer, the way to the newest, and the states up to read. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import type { Tour } from "./tour.ts";
import { expect, press, row, sees, toList, type World } from "./world.ts";

export async function talking(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  await tour.step(
    [3],
    "What is written within a minute is one group; the newest says its state in words",
    ann,
    async () => {
      const person = world.person("Ann");
      for (const text of ["So there is no server between us?", "None at all?", "Really?"]) await person.write(text);
      // A minute may end between two of the three.
      await expect(person.page.locator("[data-id].mine:not(.last)").first()).toBeVisible();
      await expect(person.status(say.read)).toBeVisible();
    },
  );
  await tour.step(
    [3, 24],
    "Marks that people type, an address, a large emoji, a text in the other direction",
    ann,
    async () => {
      const [writer, reader] = [world.person("Ben"), world.person("Ann")];
      const composer = writer.page.getByRole("textbox", { name: say.message });
      await composer.fill("*None.* _Only_ `browsers`: https://nodus.example/how"); // drawn, it is another text
      await composer.press("Enter");
      await writer.write("🎉");
      await writer.write("نلتقي عند المدخل الجنوبي");
      const marked = row(reader, "None.");
      for (const tag of ["strong", "em", "code"]) await expect(marked.locator(tag)).toBeVisible();
      await expect(marked.locator("a")).toHaveAttribute("href", "https://nodus.example/how");
      await expect(row(reader, "🎉").locator(".big")).toBeVisible();
      await expect(row(reader, "نلتقي").locator(".flow")).toHaveCSS("direction", "rtl");
      await expect(marked.locator(".flow")).toHaveCSS("direction", "ltr");
    },
  );
  await tour.step([3], "The composer grows: Shift-Enter breaks the line", ann, async () => {
    const composer = world.person("Ann").page.getByRole("textbox", { name: say.message });
    const low = (await composer.boundingBox())?.height ?? 0;
    for (const line of ["First line", "second line"]) {
      await composer.pressSequentially(line);
      await composer.press("Shift+Enter");
    }
    await composer.pressSequentially("third line");
    expect((await composer.boundingBox())?.height).toBeGreaterThan(low);
  });
  await tour.step([3], "Enter sends it, lines and all", ben, async () => {
    await world.person("Ann").page.getByRole("textbox", { name: say.message }).press("Enter");
    const lines = row(world.person("Ben"), "First line").locator(".words");
    await expect(lines).toHaveText(/First line\s+second line\s+third line/, { useInnerText: true });
  });
  await newest(tour, world);
  await states(tour, world);
}

async function newest(tour: Tour, world: World): Promise<void> {
  const ben = () => world.find("Ben");
  await tour.step(
    [3],
    "Ben has scrolled up: what comes meanwhile moves nothing, and waits behind a button",
    ben,
    async () => {
      const [writer, reader] = [world.person("Ann"), world.person("Ben")];
      for (let line = 1; line <= 8; line++) await writer.write(`Line ${line} of a longer story, which goes on and on.`);
      await expect(reader.message("Line 8")).toBeVisible();
      await reader.page.getByRole("log").hover();
      await reader.page.mouse.wheel(0, -700);
      await expect(reader.page.getByRole("button", { name: say.newest })).toBeVisible();
      await writer.write("And here it ends.");
      await sees(reader.page, say.newestCount(1));
      await expect(reader.message("And here it ends.")).not.toBeInViewport();
    },
  );
  await tour.step([3], "One press, and he is at the newest", ben, async () => {
    const { page } = world.person("Ben");
    await press(page, say.newestCount(1));
    await expect(world.person("Ben").message("And here it ends.")).toBeInViewport();
    await expect(page.getByRole("button", { name: say.newestCount(1) })).toBeHidden();
    await expect(world.person("Ann").status(say.read)).toBeVisible();
  });
}

async function states(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  await tour.step([3], "At Ben’s list: the last text, its time, what is unread", ben, async () => {
    const reader = world.person("Ben");
    await toList(reader);
    await world.person("Ann").write("Not looked at yet.");
    await sees(reader.page, say.unread(1));
    await expect(reader.page.getByRole("button", { name: /Not looked at yet/ })).toBeVisible();
  });
  await tour.step([4], "His browser has it, he has not seen it: delivered", ann, async () => {
    const person = world.person("Ann");
    await expect(person.status(say.delivered)).toBeVisible();
    expect(await row(person, "Not looked at yet").getByText(say.read, { exact: true }).count()).toBe(0);
  });
  await tour.step([4], "Read, and all that is known of it: times and way", ann, async () => {
    const person = world.person("Ann");
    await world.person("Ben").open("Ann");
    await expect(person.status(say.read)).toBeVisible();
    await row(person, "Not looked at yet").getByRole("button", { name: say.details }).click();
    for (const words of [tell.sentAt, tell.deliveredAt, tell.readAt, say.path("direct")])
      await sees(person.page, words);
  });
  await tour.step([25], "Who can see what, told whole", ann, async () => {
    const { page } = world.person("Ann");
    await page.keyboard.press("Escape");
    await press(page, say.settings);
    await press(page, tell.privacyPage);
    for (const words of [tell.holder, tell.asker, tell.anchorRole, tell.push, tell.host, tell.limits]) {
      await expect(page.getByText(words)).toBeAttached();
    }
  });
}
