/** A newer version of the app, served by a site of the tour's own: the built app whose worker can be made another. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readApp, type StaticFile } from "../../relay-bootstrap/src/files.ts";
import { answering, type Site } from "../../relay-bootstrap/src/http.ts";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { Person } from "../browser/people.ts";
import type { Tour } from "./tour.ts";
import { expect, press, sees, type World } from "./world.ts";

const APP = join(import.meta.dirname, "../../dist/web");

async function ownSite(world: World): Promise<{ url: string; renew(): void; close(): void }> {
  const document = await (await fetch(`${world.relay.url}/.well-known/nodus.json`)).json();
  const app = new Map<string, StaticFile>(readApp(APP));
  const site: Site = { app, document: () => document, ready: () => true };
  const server = createServer(answering(site));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const renew = (): void => {
    const worker = app.get("/sw.js");
    if (!worker) throw new Error("the app has no worker");
    const body = Buffer.concat([worker.body, Buffer.from("\n// newer\n")]);
    app.set("/sw.js", { ...worker, body, etag: "newer", encoded: new Map() });
  };
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url, renew, close };
}

export async function updating(tour: Tour, world: World): Promise<void> {
  const site = await ownSite(world);
  const window = (): Person | undefined => person;
  let person: Person | undefined;
  await tour.step([12], "A newer version is there: it waits until the person wants it", window, async () => {
    const { context } = world.person("Cleo");
    person = new Person("Cleo", context, await context.newPage());
    const { page } = person;
    await page.setViewportSize({ width: 820, height: 760 });
    await page.goto(site.url);
    await person.begin();
    await sees(page, say.emptyTitle);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.evaluate(() => Object.assign(globalThis, { same: true }));
    site.renew();
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await sees(page, mine.updateReady);
    expect(await page.evaluate(() => "same" in globalThis)).toBe(true);
  });
  await tour.step([12], "Reloaded when asked; About tells the version and what it was built from", window, async () => {
    if (!person) throw new Error("there is no window");
    const { page } = person;
    await press(page, say.reload);
    await page.waitForFunction(() => !("same" in globalThis) && document.querySelector("nodus-app") !== null);
    await press(page, say.settings);
    await expect(page.getByText(mine.updateReady)).toBeHidden();
    await sees(page, keep.version(""));
    await expect(page.getByText(/^[0-9a-f]{12}$/)).toBeVisible();
    await page.getByText(keep.build).scrollIntoViewIfNeeded();
  });
  if (person) world.faults.push(...person.faults.map((fault) => `update: ${fault}`));
  await person?.page.close();
  site.close();
}
