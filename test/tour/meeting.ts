/** From nothing to a chat: first run, invites and what may be wrong with them, the request and its answer. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { tell } from "../../web/src/ui/words/sentences-pages.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import type { Tour } from "./tour.ts";
import { button, expect, press, sees, toList, type World } from "./world.ts";

/** A link with its code is to be read by any camera. */
const LINK_MOST = 200;
const FIRST_RUN_S = 60;

export interface Invite {
  link: string;
  /** Its code, as a picture. */
  code: Buffer;
}
/** One that holders keep; the sheet with it stays open. */
export async function makeInvite(world: World): Promise<Invite> {
  const { page } = world.person("Ann");
  await press(page, say.newInvite);
  await sees(page, tell.ready(8, 8));
  const link = await page.getByRole("textbox", { name: tell.link }).inputValue();
  const code = await page.getByRole("img", { name: tell.qrLabel }).screenshot();
  return { link, code };
}
/** The open sheet's. */
async function takeBack(world: World): Promise<void> {
  const { page } = world.person("Ann");
  await press(page, tell.revoke);
  await expect(page.getByText(tell.revokeAsk)).toBeVisible();
  await press(page, tell.revoke);
  await expect(page.getByRole("dialog")).toBeHidden();
}

export async function meeting(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  let link = "";
  await firstRun(tour, world);

  await tour.step(
    [2, 27],
    "Ann’s invite: a link, its QR code, copy, how many nodes keep it, until when",
    ann,
    async () => {
      const { page } = world.person("Ann");
      ({ link } = await makeInvite(world));
      expect(link.startsWith(`${world.relay.url}/#`)).toBe(true);
      expect(link.length).toBeLessThanOrEqual(LINK_MOST);
      await expect(button(page, tell.copyLink)).toBeVisible();
      await sees(page, /It works once, until /);
      return `${link.length} characters`;
    },
  );
  await tour.step([2], "Ben is sent a link that Ann has taken back, and is told so", ben, async () => {
    await toList(world.person("Ann"));
    const { link: gone } = await makeInvite(world);
    await takeBack(world);
    const { page } = await world.enter("Ben", gone);
    await sees(page, say.inviteFault("revoked"));
    await sees(page, say.inviteFaultAtStart);
  });
  await tour.step(
    [2],
    "The good link: who invites is seen before anything is made, and the secret has left the address",
    ben,
    async () => {
      const { page } = world.person("Ben");
      await page.goto("about:blank");
      await page.goto(link);
      await sees(page, say.invitedBy("Ann"));
      expect(page.url()).toBe(`${world.relay.url}/`);
    },
  );
  await tour.step([2], "Started from the invite, Ben is at his first message to Ann", ben, async () => {
    const person = world.person("Ben");
    await person.begin();
    await sees(person.page, tell.foundHint);
    await sees(person.page, say.invitedBy("Ann"));
  });
  await tour.step([2], "Ben has written before Ann answers: a pending chat, with his text in it", ben, async () => {
    const person = world.person("Ben");
    await person.answer("Hello Ann, the link works!");
    await sees(person.page, say.isPending);
    await sees(person.page, say.pendingHint("Ann"));
    await person.write("I write on while you decide.");
  });
  await request(tour, world);
  await tour.step(
    [2],
    "A third person opens the used link",
    () => world.find("Cleo"),
    async () => {
      const { page } = await world.enter("Cleo", link);
      await sees(page, say.inviteFault("used"));
    },
  );
}

async function firstRun(tour: Tour, world: World): Promise<void> {
  const ann = () => world.find("Ann");
  let began = 0;
  await tour.step([1], "First run: an optional name and one button", ann, async () => {
    began = performance.now();
    const { page } = await world.enter("Ann");
    await expect(page.getByRole("textbox", { name: say.yourName })).toBeVisible();
    expect(await page.getByRole("textbox").count()).toBe(1);
    await expect(button(page, say.start)).toBeVisible();
    await expect(page.getByText(mine.evictedTitle)).toBeHidden();
  });
  await tour.step([1], "The list of chats after one click", ann, async () => {
    const person = world.person("Ann");
    await person.begin();
    await sees(person.page, say.emptyTitle);
    const took = (performance.now() - began) / 1000;
    expect(took).toBeLessThan(FIRST_RUN_S);
    return `${took.toFixed(1)} s after the page was opened`;
  });
}

async function request(tour: Tour, world: World): Promise<void> {
  const [ann, ben] = [() => world.find("Ann"), () => world.find("Ben")];
  await tour.step([21], "Ann finds a request, apart from the chats; Ben learns nothing of that", ann, async () => {
    const person = world.person("Ann");
    await toList(person);
    await expect(person.page.getByRole("heading", { name: say.requests })).toBeVisible();
    await person.open("Ben");
    await sees(person.page, say.requestTitle("Ben"));
    for (const name of [say.accept, say.decline]) await expect(button(person.page, name)).toBeVisible();
    await expect(person.message("the link works!")).toBeVisible();
    await expect(world.person("Ben").page.getByText(say.isPending)).toBeVisible();
    await expect(world.person("Ben").page.getByText(say.read, { exact: true })).toBeHidden();
  });
  await tour.step([21, 4], "Accepted: both are linked directly, and Ben’s texts are read", ben, async () => {
    await press(world.person("Ann").page, say.accept);
    const person = world.person("Ben");
    await sees(person.page, say.linkedNow);
    await expect(person.status(say.read)).toBeVisible();
    await sees(world.person("Ann").page, say.linkedNow);
  });
}
