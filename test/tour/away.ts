/** Without a network, without anchors, without anybody, and mail for those who are away. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { acts } from "../../web/src/ui/words/sentences-acts.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import { prepared, Sleeper, wantNotices } from "../browser/sleeper.ts";
import type { Tour } from "./tour.ts";
import { expect, press, row, STORED, sees, toList, type World } from "./world.ts";

export async function away(tour: Tour, world: World): Promise<void> {
  await closed(tour, world);
  await offline(tour, world);
  await asleep(tour, world);
  await noHost(tour, world);
}

async function closed(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  await tour.step([4], "Ben has closed his browser: stored on eight nodes, and until when", ann, async () => {
    await world.leave("Ben");
    await world.person("Cleo").page.goto("about:blank"); // a link to her would survive the network that is switched off
    const person = world.person("Ann");
    for (const text of ["While you are away: one,", "two,", "three."]) await person.write(text);
    await expect(person.status(/Stored 8\/8, until /)).toBeVisible();
  });
  await tour.step([4], "What stored means", ann, async () => {
    const { page } = world.person("Ann");
    await row(world.person("Ann"), "three.").getByRole("button", { name: say.details }).click();
    await sees(page, tell.copiesOf(8, 8));
    for (const words of [tell.keptUntil, tell.storedMeaning, say.path("mailbox")]) await sees(page, words);
  });
}

async function offline(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  await tour.step([5, 4], "Ann’s device is offline: a banner says so, and what she writes waits", ann, async () => {
    const person = world.person("Ann");
    await person.page.keyboard.press("Escape");
    await person.context.setOffline(true);
    await sees(person.page, say.connection("device-offline"));
    await person.write("This one waits.");
    await expect(person.status(say.waiting("offline"))).toBeVisible();
  });
  await tour.step([5], "A text that waits is deleted: it never leaves", ann, async () => {
    const person = world.person("Ann");
    await person.write("This one is a mistake.");
    const wrong = row(person, "This one is a mistake.");
    await wrong.hover();
    await wrong.getByRole("button", { name: acts.more }).click();
    await person.page.getByRole("menuitem", { name: acts.remove }).click();
    await sees(person.page, acts.removedQueued);
    await expect(person.message("This one is a mistake.")).toBeHidden();
  });
  await tour.step([5], "Online again: the queue drains by itself", ann, async () => {
    const person = world.person("Ann");
    await person.context.setOffline(false);
    await expect(person.status(STORED)).toBeVisible();
    await expect(person.page.getByText(say.connection("device-offline"))).toBeHidden();
  });
  await tour.step([6], "Ben opens again: all is there, once and in order, but for what was deleted", ben, async () => {
    const person = await world.enter("Ben");
    await person.open("Ann");
    await expect(person.message("This one waits.")).toBeVisible();
    const words = /away: one,|two,|three\.|This one (waits|is a mistake)\./;
    expect(await person.words(words)).toEqual(["away: one,", "two,", "three.", "This one waits."]);
    await expect(world.person("Ann").status(say.read)).toBeVisible();
  });
}

async function asleep(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  let worker: Sleeper | undefined;
  await tour.step(
    [20],
    "Notices: wanted with one switch, beside which the reason stands; content hidden unless asked for",
    ann,
    async () => {
      const person = world.person("Ann");
      await wantNotices(person, world.relay.url);
      await press(person.page, say.settings);
      await expect(person.page.getByRole("switch", { name: keep.noticeContent })).not.toBeChecked();
      await person.page.getByRole("switch", { name: keep.noticeContent }).scrollIntoViewIfNeeded();
    },
  );
  await tour.step(
    [6, 20],
    "Ann’s page is closed; her worker fetches, gives a notice without content, and Ben’s text is delivered",
    () => world.find("Ben"),
    async () => {
      const person = world.person("Ann");
      await person.page.keyboard.press("Escape");
      await prepared(person);
      worker = await Sleeper.of(person, world.relay.url);
      await worker.alone();
      const writer = world.person("Ben");
      await writer.write("Are you asleep?");
      await expect(writer.status(STORED)).toBeVisible();
      await worker.push();
      await expect.poll(() => worker?.notices()).toEqual([{ title: "Nodus", body: "New message" }]);
      await expect(writer.status(say.delivered)).toBeVisible();
    },
  );
  await tour.step(
    [6, 20],
    "She opens: the text is there, once, and the notice is gone when she has seen it",
    ann,
    async () => {
      const person = world.person("Ann");
      await person.page.goto(world.relay.url);
      await person.open("Ben");
      await expect(person.message("Are you asleep?")).toBeVisible();
      expect(await person.words(/Are you asleep\?/)).toHaveLength(1);
      await expect(world.person("Ben").status(say.read)).toBeVisible();
      await expect.poll(() => worker?.notices()).toEqual([]);
    },
  );
}

async function noHost(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  await tour.step(
    [5, 30],
    "All anchors are dead: both are told, and go on through the link between them",
    ben,
    async () => {
      await world.person("Ann").write("Do we need the others?");
      await expect(world.person("Ben").message("Do we need the others?")).toBeVisible();
      await sees(world.person("Ben").page, say.linkedNow);
      await world.relay.stop("SIGKILL");
      for (const name of ["Ann", "Ben"] as const) await sees(world.person(name).page, say.connection("no-anchors"));
      await world.person("Ben").write("It seems not.");
      await expect(world.person("Ann").message("It seems not.")).toBeVisible();
    },
  );
  await tour.step([5], "Ben leaves, too: no other node answers", ann, async () => {
    await toList(world.person("Ben"));
    await world.leave("Ben");
    await sees(world.person("Ann").page, say.connection("no-peers"));
    await world.person("Ann").write("Is anybody there?");
  });
  await tour.step([11, 5], "With its host gone the app still opens, with all that was written", ann, async () => {
    const person = world.person("Ann");
    await person.page.reload();
    await person.open("Ben");
    await expect(person.message("Is anybody there?")).toBeVisible();
    await expect(person.message("It seems not.")).toBeVisible();
  });
  await tour.step([5, 6], "The network is back: what waited is stored, and read when Ben comes", ben, async () => {
    await world.restart();
    await expect(world.person("Ann").status(/Stored|Delivered|Read/)).toBeVisible({ timeout: 90_000 });
    const person = await world.enter("Ben");
    await person.open("Ann");
    await expect(person.message("Is anybody there?")).toBeVisible();
    await expect(world.person("Ann").page.getByText(say.connection("no-peers"))).toBeHidden();
  });
}
