/** Two people, one of them in the engine of the project: they meet, talk, go away and come back. */
import { expect } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { newProfile, type Person } from "../browser/people.ts";
import { freePorts, start } from "../relay/process.ts";
import { type Engine, enter, hasLinks, secondTab } from "./engines.ts";
import { test } from "./fixture.ts";

const PEERS = 4;
/** As the app tells the interface. */
interface Drawn {
  ui: { app: { state: { leads?: boolean } } };
}
const leads = ({ page }: Person): Promise<boolean> =>
  page.evaluate(() => (document.querySelector("nodus-app") as unknown as Drawn | null)?.ui.app.state.leads === true);

/** A mailbox is looked into every minute or so, and answers take their time, so that nobody can pair the two. */
const BY_MAIL = { timeout: 120_000 };

/** Ann meets who comes in by her invite. */
async function meet(ann: Person, enter: (link: string) => Promise<Person>): Promise<Person> {
  await ann.begin();
  const ben = await enter(await ann.invite());
  await ben.begin();
  await ben.answer("hello from Ben");
  await ann.accept("Ben");
  await ben.status(/^(Delivered|Read)/).waitFor(BY_MAIL);
  return ben;
}

/** They talk; what each writes is read, and goes directly where both engines can. */
async function talk(ann: Person, ben: Person, direct: boolean): Promise<void> {
  if (direct) for (const { page } of [ann, ben]) await page.getByText(say.linkedNow).first().waitFor();
  await ann.write("nice to meet you");
  await ben.message("nice to meet you").waitFor(BY_MAIL);
  await ben.write("and you <b>too</b>");
  await ann.message("and you <b>too</b>").waitFor(BY_MAIL);
  const through = direct ? "Read" : /^(Delivered|Read)/;
  for (const each of [ann, ben]) await each.status(through).waitFor(BY_MAIL);
  expect(await ann.page.getByRole("log").getByText("direct", { exact: true }).count()).toBe(direct ? 2 : 0);
}

async function meetIn(inviter: Engine, guest: Engine): Promise<{ url: string; ann: Person; ben: Person }> {
  const { url } = await start(["--peers", String(PEERS)]);
  const ann = await enter(inviter, await newProfile("Ann"), url);
  const profile = await newProfile("Ben");
  return { url, ann, ben: await meet(ann, (link) => enter(guest, profile, link)) };
}
const faultsOf = (...people: Person[]): string[] => people.flatMap(({ faults }) => faults);

test("two people in the same engine meet through an invite and talk", async ({ engine }) => {
  const { ann, ben } = await meetIn(engine, engine);
  await talk(ann, ben, hasLinks(engine));
  expect(faultsOf(ann, ben)).toEqual([]);
});

test("a person meets somebody in Chromium, whose invite they answer, and they talk", async ({ engine }) => {
  const { ann, ben } = await meetIn("chromium", engine);
  await talk(ann, ben, hasLinks(engine));
  expect(faultsOf(ann, ben)).toEqual([]);
});

test("without a network the app opens and texts wait, and they leave by themselves when it is back", async ({
  engine,
}) => {
  const args = ["--peers", String(PEERS), "--port", String(await freePorts(1 + PEERS))];
  const relay = await start(args);
  const profile = await newProfile("Ann");
  const ann = await enter(engine, profile, relay.url);
  const benAt = await newProfile("Ben");
  const ben = await meet(ann, (link) => enter("chromium", benAt, link));
  await ben.close();
  await ann.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined)); // the app is kept
  await relay.stop("SIGKILL");

  await ann.page.getByText(say.connection("no-peers")).first().waitFor();
  await ann.write("written without a network");
  await ann.page.reload();
  await ann.open("Ben");
  await ann.message("written without a network").waitFor();
  await ann.close();

  const again = await enter(engine, profile, relay.url);
  await again.open("Ben");
  await again.message("written without a network").waitFor();
  await start([...args, "--data", relay.data]);
  await again.status(/Stored \d\/\d, until /).waitFor(BY_MAIL);
  const back = await enter("chromium", benAt, relay.url);
  await back.open("Ann");
  await back.message("written without a network").waitFor(BY_MAIL);
  expect(await back.words(/written without/)).toHaveLength(1);
  expect(faultsOf(ann, again)).toEqual([]);
});

test("a second tab reads and writes through the first, and leads when that is closed", async ({ engine }) => {
  const { url, ann, ben } = await meetIn(engine, "chromium");
  const view = await secondTab(ann, url);
  await view.open("Ben");
  await view.message("hello from Ben").waitFor();
  expect([await leads(ann), await leads(view)]).toEqual([true, false]);
  await view.write("from the second tab");
  await ann.message("from the second tab").waitFor();
  await ben.message("from the second tab").waitFor(BY_MAIL);
  await Promise.all([view.write("while the first closes"), ann.page.close()]);
  await expect.poll(() => leads(view), BY_MAIL).toBe(true);
  await ben.write("to the new leader");
  await view.message("to the new leader").waitFor(BY_MAIL);
  const words = /from the second tab|while the first closes|to the new leader/;
  const said = ["from the second tab", "while the first closes", "to the new leader"];
  await expect.poll(() => ben.words(words), BY_MAIL).toEqual(said);
  expect(await view.words(words)).toEqual(said);
  expect(faultsOf(view)).toEqual([]);
});
