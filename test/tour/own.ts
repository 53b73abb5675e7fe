/** The own node and the own device: map, pause, caps, anchors, storage, installing, a newer version, the keyboard. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { acts } from "../../web/src/ui/words/sentences-acts.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { note } from "../../web/src/ui/words/sentences-node.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import type { Tour } from "./tour.ts";
import { updating } from "./updating.ts";
import { button, device, expect, press, sees, type World } from "./world.ts";

export async function own(tour: Tour, world: World): Promise<void> {
  await node(tour, world);
  await keys(tour, world);
  await kept(tour, world);
  await updating(tour, world);
}

async function node(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  await tour.step(
    [10, 30],
    "What Ann’s node does: the ring with her in it, and a line on few anchors",
    ann,
    async () => {
      const { page } = world.person("Ann");
      await press(page, say.settings);
      await press(page, tell.nodePage);
      await expect(page.getByRole("img", { name: /^Ring of all node ids/ })).toBeVisible();
      await sees(page, note.fewAnchors);
    },
  );
  await tour.step([10], "Numbers, what is allowed, and tables that say the same as the picture", ann, async () => {
    const { page } = world.person("Ann");
    for (const term of [note.carriedFrames, note.cellsKept, note.lookups, note.knownPeers, note.uptime]) {
      await expect(page.getByText(term, { exact: true })).toBeAttached();
    }
    const links = page.getByRole("region", { name: note.linksTitle });
    await expect.poll(() => links.getByRole("row").count()).toBeGreaterThan(1);
    await expect(page.getByRole("region", { name: note.contactsTitle }).getByText(note.directWay)).toBeVisible();
    await links.scrollIntoViewIfNeeded();
  });
  await tour.step([10], "Paused: nothing is carried for others, and the page says what that means", ann, async () => {
    const { page } = world.person("Ann");
    await page.getByRole("switch", { name: note.pause }).click();
    await sees(page, note.paused);
    await sees(page, note.noPaused);
    await page.getByRole("switch", { name: note.pause }).scrollIntoViewIfNeeded();
  });
  await tour.step([10], "On again, with a cap of 16 links and 10 MB", ann, async () => {
    const { page } = world.person("Ann");
    await page.getByRole("switch", { name: note.pause }).click();
    await expect(page.getByText(note.paused)).toBeHidden();
    await page.getByLabel(note.cap("linksMax")).selectOption("16");
    await sees(page, note.nowLimit("16"));
    await page.getByLabel(note.cap("storeBytes")).selectOption("10000000");
    await sees(page, note.nowLimit("10 MB"));
  });
  await tour.step([10], "And as it suits the device again", ann, async () => {
    const { page } = world.person("Ann");
    for (const cap of ["linksMax", "storeBytes"] as const) {
      await page.getByLabel(note.cap(cap)).selectOption("");
      await expect(page.getByLabel(note.cap(cap))).toHaveValue("");
      await expect(page.getByLabel(note.cap(cap))).toBeEnabled();
    }
    await expect(page.getByText(note.nowLimit("16"))).toBeHidden();
  });
}

async function keys(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  await tour.step([22], "Ctrl-K: jump to a chat", ann, async () => {
    const { page } = world.person("Ann");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: acts.jumpHint });
    await expect(field).toBeFocused();
    await page.keyboard.type("be");
    await expect(page.getByRole("option", { name: /Ben/ })).toHaveAttribute("aria-selected", "true");
  });
  await tour.step([22, 23], "Enter opens it, F6 goes from region to region, and the focus is seen", ann, async () => {
    const { page } = world.person("Ann");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: say.message })).toBeFocused();
    await page.keyboard.press("F6");
    await expect(page.getByRole("button", { name: /Ben/ }).first()).toBeFocused();
    await page.keyboard.press("F6");
    const log = page.getByRole("log", { name: say.messagesWith("Ben") });
    await expect(log).toBeFocused();
    await expect(log).not.toHaveCSS("outline-style", "none");
  });
  await tour.step([22], "Ctrl-/: the keys that there are", ann, async () => {
    const { page } = world.person("Ann");
    await page.keyboard.press("Control+/");
    await expect(page.getByRole("dialog", { name: acts.shortcuts })).toBeVisible();
    await sees(page, acts.keyRegions);
  });
}

async function kept(tour: Tour, world: World): Promise<void> {
  const [ann, cleo] = [() => world.find("Ann"), () => world.find("Cleo")];
  await tour.step([11], "What is stored, and whether the browser keeps it", ann, async () => {
    const { page } = world.person("Ann");
    await page.keyboard.press("Escape");
    await press(page, say.settings);
    await sees(page, / used of the /);
    if ((await device(page)).persisted !== true) {
      await press(page, keep.askToKeep);
      await expect(page.getByText(keep.keptNot).or(page.getByText(keep.persisted)).first()).toBeVisible();
    }
    await page.getByRole("heading", { name: keep.storageGroup }).scrollIntoViewIfNeeded();
  });
  await tour.step([11], "The app offers to be installed where the browser does", ann, async () => {
    const { page } = world.person("Ann");
    const { install } = await device(page);
    await expect(button(page, keep.install)).toBeVisible({ visible: install === "prompt" });
    if (install === "prompt") await button(page, keep.install).scrollIntoViewIfNeeded();
    return `this one says “${install}”`;
  });
  await tour.step([11], "On an iPhone or iPad: three pictures how it is done", cleo, async () => {
    const { page, context } = world.person("Cleo");
    await world.person("Ann").page.keyboard.press("Escape");
    // As Safari there: it makes no offer, and knows whether the page was opened from the home screen.
    await context.addInitScript(() => {
      Object.defineProperty(navigator, "standalone", { value: false });
      addEventListener("beforeinstallprompt", (event) => event.stopImmediatePropagation());
    });
    await page.goto(world.relay.url);
    await world.person("Cleo").begin();
    await press(page, say.settings);
    for (const words of [keep.guideIntro, keep.guideShare, keep.guideAdd, keep.guideOpen]) await sees(page, words);
    await page.getByText(keep.guideOpen).scrollIntoViewIfNeeded();
  });
}
