/** Drafts, and several tabs of one profile: a view, and who leads when the leader is closed. */
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { Person } from "../browser/people.ts";
import type { Tour } from "./tour.ts";
import { expect, leads, press, sees, toList, type World } from "./world.ts";

const DRAFT = "A thought that is not yet";

export async function tabs(tour: Tour, world: World): Promise<void> {
  await drafts(tour, world);
  const ann = () => world.find("Ann");
  let first: Person | undefined;
  let id = "";
  await tour.step(
    [13],
    "A second tab of Ann’s is a full view of the first: what she writes there is in both",
    ann,
    async () => {
      first = world.person("Ann");
      id = await first.nodeId();
      await first.open("Ben");
      const page = await first.context.newPage();
      await page.goto(world.relay.url);
      const view = new Person("Ann", first.context, page);
      await world.seat("Ann", view);
      await view.open("Ben");
      await view.write("From the second tab.");
      await expect(first.message("From the second tab.")).toBeVisible();
      await expect(world.person("Ben").message("From the second tab.")).toBeVisible();
      expect([await leads(first.page), await leads(page)]).toEqual([true, false]);
    },
  );
  await tour.step([13], "The settings say so", ann, async () => {
    const { page } = world.person("Ann");
    await press(page, say.settings);
    await sees(page, keep.thisViews);
    await page.getByText(keep.thisViews).scrollIntoViewIfNeeded();
  });
  await tour.step([13], "The first tab is closed: the second is the node, under the same id", ann, async () => {
    const view = world.person("Ann");
    await view.page.keyboard.press("Escape");
    const began = performance.now();
    await first?.page.close();
    await expect.poll(() => leads(view.page), { intervals: [100] }).toBe(true);
    const took = (performance.now() - began) / 1000;
    expect(await view.nodeId()).toBe(id);
    await view.open("Ben");
    await view.write("From the new leader.");
    await expect(world.person("Ben").message("From the new leader.")).toBeVisible();
    expect(await world.person("Ben").words(/From the (second tab|new leader)\./)).toHaveLength(2);
    await expect(view.status(/Delivered|Read/)).toBeVisible();
    return `${took.toFixed(1)} s`;
  });
}

async function drafts(tour: Tour, world: World): Promise<void> {
  const ben = () => world.find("Ben");
  await tour.step([14, 3], "Ben has begun a text and left the chat: the list shows the draft", ben, async () => {
    const person = world.person("Ben");
    await person.page.getByRole("textbox", { name: say.message }).fill(DRAFT);
    await toList(person);
    await sees(person.page, say.draft);
    await sees(person.page, DRAFT);
  });
  await tour.step([14], "After a reload it is still there, and nowhere on the disk to be read", ben, async () => {
    const person = world.person("Ben");
    await person.page.reload();
    await person.open("Ann");
    await expect(person.page.getByRole("textbox", { name: say.message })).toHaveValue(DRAFT);
    expect(await stored(person, DRAFT)).toEqual([]);
  });
  await world.person("Ben").page.getByRole("textbox", { name: say.message }).fill("");
}

/** Where in IndexedDB a text lies open. */
function stored({ page }: Person, text: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: string[] = [];
    const look = (value: unknown, where: string): void => {
      if (typeof value === "string" && value.includes(wanted)) found.push(where);
      else if (value instanceof ArrayBuffer) look(new TextDecoder().decode(value), where);
      else if (ArrayBuffer.isView(value)) look(new TextDecoder().decode(value), where);
      else if (typeof value === "object" && value !== null)
        for (const [key, each] of Object.entries(value)) look(each, `${where}/${key}`);
    };
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const values = await done(database.transaction(store).objectStore(store).getAll());
        for (const value of values) look(value, `${name}/${store}`);
      }
      database.close();
    }
    return found;
  }, text);
}
