/**
 * quality.md §4, scenario 5: the app can be installed, opens without its host, and the service worker that ships fetches
 * mail while no page is open, on a push and on syncs.
 */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, start } from "../relay/process.ts";
import { friends } from "./friends.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";
import { prepared, Sleeper, wantNotices } from "./sleeper.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

const controlled = (person: Person): Promise<unknown> =>
  person.page.waitForFunction(() => navigator.serviceWorker.controller !== null);

test("the app can be installed", async () => {
  const relay = await start();
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await controlled(ann);
  const cdp = await ann.context.newCDPSession(ann.page);
  const { errors, data, url } = await cdp.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(url).toBe(`${relay.url}/manifest.webmanifest`);
  expect(JSON.parse(data ?? "{}")).toMatchObject({ id: "/", start_url: "/", display: "standalone" });
  await expect.poll(async () => (await cdp.send("Page.getInstallabilityErrors")).installabilityErrors).toEqual([]);
});

test("with its host gone the app opens, shows what was written, takes a text, and sends it on return", async () => {
  const { relay, ann, ben } = await friends();
  await controlled(ann);
  await ben.close();
  await relay.stop("SIGKILL");
  await ann.context.setOffline(true);

  await ann.page.reload();
  await ann.open("Ben");
  await expect(ann.message("hello")).toBeVisible();
  await expect(ann.page.getByText(say.connection("device-offline"))).toBeVisible();
  await ann.write("written without a host");
  await ann.page.reload();
  await ann.open("Ben");
  await expect(ann.message("written without a host")).toBeVisible();

  await start(["--peers", "8", "--port", new URL(relay.url).port, "--data", relay.data]);
  await ann.context.setOffline(false);
  await expect(ann.status(/Stored \d\/\d, until /)).toBeVisible();
  expect(ann.faults).toEqual([]);
});

test("with the app closed the worker fetches texts, says so without content, and acknowledges them", async () => {
  const { relay, ann, ben } = await friends();
  await wantNotices(ann, relay.url);
  await prepared(ann);
  const worker = await Sleeper.of(ann, relay.url);
  await worker.alone();

  await ben.write("are you asleep?");
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();
  await worker.push();
  await expect.poll(() => worker.notices()).toEqual([{ title: "Nodus", body: "New message" }]);
  await expect(ben.status("Delivered")).toBeVisible();

  await ben.write("wake up");
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();
  await worker.sync();
  await expect.poll(() => worker.notices()).toEqual([{ title: "Nodus", body: "2 new messages" }]);
  await ben.write("please");
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();
  await worker.periodicSync();
  await expect.poll(() => worker.notices()).toEqual([{ title: "Nodus", body: "3 new messages" }]);

  await ann.page.goto(relay.url);
  await expect(ann.page.getByRole("button", { name: /Ben/ }).first()).toBeVisible();
  await worker.click();
  await expect(ann.message("please"), "the chat of the notice").toBeVisible();
  expect(ann.page.url(), "and its id stands nowhere").toBe(`${relay.url}/`);
  expect(await ann.words(/are you asleep\?|wake up|please/)).toEqual(["are you asleep?", "wake up", "please"]);
  await expect(ben.status("Read")).toBeVisible();
  await expect.poll(() => worker.notices(), "the chat was seen").toEqual([]);
});

test("a page that opens while the worker fetches becomes the node", async () => {
  const { relay, ann, ben } = await friends();
  await prepared(ann);
  const worker = await Sleeper.of(ann, relay.url);
  await worker.alone();
  await ben.write("are you there?");
  await expect(ben.status(/Stored \d\/\d, until /)).toBeVisible();

  await worker.push();
  await ann.page.goto(relay.url);
  await ann.open("Ben");
  await expect(ann.message("are you there?")).toBeVisible();
  expect(await ann.words(/are you there\?/)).toHaveLength(1);
  await ann.write("I am");
  await expect(ben.message("I am")).toBeVisible();
});

test("what was written without a network is sent by the worker when there is one", async () => {
  const { relay, ann, ben, benProfile } = await friends();
  await prepared(ann);
  await ben.close();
  await ann.context.setOffline(true);
  await expect(ann.page.getByText(say.connection("device-offline"))).toBeVisible();
  await ann.write("written on a train");
  const worker = await Sleeper.of(ann, relay.url);
  await worker.alone();
  await ann.context.setOffline(false);
  await worker.synced();
  const later = await Person.open(benProfile, relay.url);
  await later.open("Ann");
  await expect(later.message("written on a train")).toBeVisible();
});

test("a push shows nothing while somebody looks, and without the app only that there may be messages", async () => {
  const relay = await start();
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await controlled(ann);
  await ann.context.grantPermissions(["notifications"], { origin: relay.url });
  const worker = await Sleeper.of(ann, relay.url);
  for (const _push of [1, 2]) {
    const through = worker.through();
    await worker.push();
    await through;
  }
  // The first is all over by now: one run follows the other.
  expect(await worker.notices()).toEqual([]);

  await worker.alone();
  await worker.push();
  const body = "There may be new messages. Open Nodus to look.";
  await expect.poll(() => worker.notices()).toEqual([{ title: "Nodus", body }]);
  await ann.page.goto(relay.url);
  await expect.poll(() => worker.notices(), "who looks needs no notice").toEqual([]);
});
