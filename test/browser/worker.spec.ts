/**
 * quality.md §4, scenario 5: the app can be installed, opens without its host, and the service worker that ships fetches
 * mail while no page is open, on a push and on syncs.
 */
import { type CDPSession, expect, test, type Worker } from "@playwright/test";
import { say } from "../../web/src/ui/sentences.ts";
import { keep } from "../../web/src/ui/sentences-keep.ts";
import { cleanUp, type Running, start } from "../relay/process.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Two who have written to each other, and the node in between. */
async function friends(): Promise<{ relay: Running; ann: Person; ben: Person; benProfile: Profile }> {
  const relay = await start(["--peers", "8"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const ben = await Person.open(benProfile, await ann.invite());
  await ben.begin();
  await ben.answer("hello");
  await ann.accept("Ben");
  await expect(ben.status("Read")).toBeVisible();
  return { relay, ann, ben, benProfile };
}
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

/** The worker of a person whose pages are all closed, woken by hand. */
class Sleeper {
  readonly #person: Person;
  readonly #cdp: CDPSession;
  readonly #about: { origin: string; registrationId: string };

  private constructor(person: Person, cdp: CDPSession, about: { origin: string; registrationId: string }) {
    this.#person = person;
    this.#cdp = cdp;
    this.#about = about;
  }

  /** Leaves the app for an empty page, which keeps the browser running. */
  static async of(person: Person, origin: string): Promise<Sleeper> {
    const cdp = await person.context.newCDPSession(person.page);
    const found = new Promise<string>((done) => {
      cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        const ours = registrations.find(({ scopeURL, isDeleted }) => !isDeleted && scopeURL === `${origin}/`);
        if (ours) done(ours.registrationId);
      });
    });
    await cdp.send("ServiceWorker.enable");
    const registrationId = await found;
    await person.page.goto("about:blank");
    return new Sleeper(person, cdp, { origin, registrationId });
  }

  push(): Promise<unknown> {
    return this.#cdp.send("ServiceWorker.deliverPushMessage", { ...this.#about, data: "" });
  }
  sync(): Promise<unknown> {
    return this.#cdp.send("ServiceWorker.dispatchSyncEvent", { ...this.#about, tag: "nodus-pull", lastChance: true });
  }
  periodicSync(): Promise<unknown> {
    return this.#cdp.send("ServiceWorker.dispatchPeriodicSyncEvent", { ...this.#about, tag: "nodus-pull" });
  }
  /** What the system shows, all of it that could name anybody. */
  async notices(): Promise<{ title: string; body: string }[]> {
    return (await this.#worker()).evaluate(async () => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }));
    });
  }
  /** As if the person had clicked the only notice; a click that is none opens no window, so one must be there. */
  async click(): Promise<void> {
    await (await this.#worker()).evaluate(async () => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      const [notification] = await registration.getNotifications();
      dispatchEvent(Object.assign(new Event("notificationclick"), { notification, waitUntil: () => undefined }));
    });
  }
  async #worker(): Promise<Worker> {
    return this.#person.context.serviceWorkers()[0] ?? this.#person.context.waitForEvent("serviceworker");
  }
}
/** Allowed beforehand, as nobody answers the browser's question here; the choice is made in the app. */
async function wantNotices(person: Person, origin: string): Promise<void> {
  await person.context.grantPermissions(["notifications"], { origin });
  await person.page.getByRole("button", { name: "Settings" }).click();
  const wanted = person.page.getByRole("switch", { name: keep.notices });
  await wanted.click();
  await expect(wanted).toBeChecked();
  await person.page.keyboard.press("Escape");
}
/** The page solves the worker's key while it has nothing else to do. */
const prepared = (person: Person): Promise<unknown> =>
  person.page.waitForFunction(
    () =>
      new Promise((done) => {
        const request = indexedDB.open("nodus/1/test/node");
        request.onsuccess = () => {
          const wanted = request.result.transaction("entries").objectStore("entries").get("leaf/keys");
          wanted.onsuccess = () => {
            request.result.close();
            done(wanted.result !== undefined);
          };
        };
      }),
  );

test("with the app closed the worker fetches texts, says so without content, and acknowledges them", async () => {
  const { relay, ann, ben } = await friends();
  await wantNotices(ann, relay.url);
  await prepared(ann);
  const worker = await Sleeper.of(ann, relay.url);

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
  await ann.context.setOffline(false);
  await worker.sync();
  const later = await Person.open(benProfile, relay.url);
  await later.open("Ann");
  await expect(later.message("written on a train")).toBeVisible();
});
