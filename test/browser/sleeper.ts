/** The service worker of a person, woken by hand; also while all of their pages are closed and the browser runs on. */
import { type CDPSession, expect, type Worker } from "@playwright/test";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import type { Person } from "./people.ts";

export class Sleeper {
  readonly #person: Person;
  readonly #cdp: CDPSession;
  readonly #about: { origin: string; registrationId: string };

  private constructor(person: Person, cdp: CDPSession, about: { origin: string; registrationId: string }) {
    this.#person = person;
    this.#cdp = cdp;
    this.#about = about;
  }

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
    return new Sleeper(person, cdp, { origin, registrationId });
  }

  /** The person leaves the app for an empty page, which keeps the browser running. */
  async alone(): Promise<void> {
    await this.#person.page.goto("about:blank");
  }

  /** Resolves when the worker has been through a run that begins after this call. */
  async through(): Promise<void> {
    const worker = await this.#worker();
    await worker.waitForEvent("console", (message) => message.text().includes("worker.pulled"));
  }
  /** As the browser does it: a sync that was not complete comes again. */
  async synced(): Promise<void> {
    const worker = await this.#worker();
    for (let complete = false; !complete; ) {
      const told = worker.waitForEvent("console", (message) => /worker\.(pulled|failed)/.test(message.text()));
      await this.sync();
      complete = (await told).text().includes("complete");
    }
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
export async function wantNotices(person: Person, origin: string): Promise<void> {
  await person.context.grantPermissions(["notifications"], { origin });
  await person.page.getByRole("button", { name: "Settings" }).click();
  const wanted = person.page.getByRole("switch", { name: keep.notices });
  await wanted.click();
  await expect(wanted).toBeChecked();
  await person.page.keyboard.press("Escape");
}
/** The page solves the worker's key while it has nothing else to do. */
export const prepared = (person: Person): Promise<unknown> =>
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
