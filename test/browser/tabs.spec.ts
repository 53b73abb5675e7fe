/** Several tabs of one profile: one node, full views, and somebody else who takes over when the leader is gone. */
import { expect, type Page, test } from "@playwright/test";
import { cleanUp } from "../relay/process.ts";
import { friends } from "./friends.ts";
import { Person, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** The one object that the interface draws. */
interface Drawn {
  ui: { app: { state: { phase: string; leads?: boolean; node?: { nodeId: string }; connection?: string } } };
}
const leads = (page: Page): Promise<boolean> =>
  page.evaluate(() => (document.querySelector("nodus-app") as unknown as Drawn | null)?.ui.app.state.leads === true);
const becomesLeader = (page: Page): Promise<unknown> => expect.poll(() => leads(page), { timeout: 30_000 }).toBe(true);

/** Ann in two tabs, the first of which leads, and Ben; they know each other. */
async function twoTabs(): Promise<{ ann: Person; ben: Person; view: Person }> {
  const { relay, ann, ben } = await friends(["--peers", "4"]);
  const page = await ann.context.newPage();
  await page.goto(relay.url);
  const view = new Person("Ann", ann.context, page);
  await view.open("Ben");
  await expect(view.message("hello from Ben")).toBeVisible();
  expect(await leads(ann.page)).toBe(true);
  expect(await leads(page)).toBe(false);
  return { ann, ben, view };
}

test("a second tab is a full view: it reads, writes and invites through the first", async () => {
  const { ann, ben, view } = await twoTabs();
  await view.write("from the second tab");
  await expect(ann.message("from the second tab")).toBeVisible();
  await expect(ben.message("from the second tab")).toBeVisible({ timeout: 30_000 });
  await ben.write("to both tabs");
  await expect(view.message("to both tabs")).toBeVisible({ timeout: 30_000 });
  await expect(ann.message("to both tabs")).toBeVisible();
  // Each tab is in a place of its own.
  await view.page.keyboard.press("Escape");
  await expect(ann.message("to both tabs")).toBeVisible();
  await view.invite();
  await expect(view.page.getByRole("log")).toBeHidden();
  expect([...ann.faults, ...view.faults]).toEqual([]);
});

test("the leader is closed, with a text on its way: the view leads under the same id, and nothing comes twice", async () => {
  const { ann, ben, view } = await twoTabs();
  const id = await view.nodeId();
  await view.open("Ben");
  await Promise.all([view.write("while the leader closes"), ann.page.close()]);
  await becomesLeader(view.page);
  expect(await view.nodeId()).toBe(id);
  await view.open("Ben");
  await view.write("from the new leader");
  await expect(ben.message("from the new leader")).toBeVisible({ timeout: 60_000 });
  await ben.write("back to you");
  await expect(view.message("back to you")).toBeVisible({ timeout: 60_000 });
  const words = /while the leader closes|from the new leader|back to you/;
  expect(await ben.words(words)).toEqual(["while the leader closes", "from the new leader", "back to you"]);
  expect(await view.words(words)).toEqual(["while the leader closes", "from the new leader", "back to you"]);
});

test("the leader crashes: the view takes over with the same id", async () => {
  const { ann, ben, view } = await twoTabs();
  const id = await view.nodeId();
  await ann.page.goto("chrome://crash").catch(() => undefined);
  await becomesLeader(view.page);
  expect(await view.nodeId()).toBe(id);
  await ben.write("after the crash");
  await view.open("Ben");
  await expect(view.message("after the crash")).toBeVisible({ timeout: 60_000 });
});

test("the leader freezes: a tab that is looked at takes over, and the one that wakes becomes a view", async () => {
  const { ann, ben, view } = await twoTabs();
  await view.page.bringToFront();
  const id = await view.nodeId();
  const session = await ann.context.newCDPSession(ann.page);
  // A page that the test sees as visible is not frozen by its lifecycle; one in the debugger does nothing at all.
  await session.send("Debugger.enable");
  await session.send("Debugger.pause");
  await becomesLeader(view.page);
  expect(await view.nodeId()).toBe(id);
  await ben.write("into the new leader");
  await view.open("Ben");
  await expect(view.message("into the new leader")).toBeVisible({ timeout: 60_000 });
  await session.send("Debugger.resume");
  await expect(ann.message("into the new leader")).toBeVisible({ timeout: 30_000 });
  expect(await leads(ann.page)).toBe(false);
  expect(await leads(view.page)).toBe(true);
  expect(await view.words(/into the new leader/)).toEqual(["into the new leader"]);
});

test("the leader of three is closed: one of the others leads, and what both write meanwhile is there once", async () => {
  const { ann, ben, view } = await twoTabs();
  const page = await ann.context.newPage();
  await page.goto(new URL("/", ann.page.url()).href);
  const third = new Person("Ann", ann.context, page);
  await third.open("Ben");
  await expect(third.message("hello from Ben")).toBeVisible();
  await Promise.all([ann.page.close(), view.write("from the second"), third.write("from the third")]);
  await expect.poll(async () => [await leads(view.page), await leads(page)].filter(Boolean).length).toBe(1);
  const words = /from the second|from the third/;
  for (const person of [view, third, ben]) {
    await expect.poll(async () => (await person.words(words)).sort()).toEqual(["from the second", "from the third"]);
  }
  expect([...view.faults, ...third.faults]).toEqual([]);
});
