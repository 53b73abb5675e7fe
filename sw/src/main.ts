/**
 * The service worker: keeps the shell, so that the app opens without a network, and fetches mail while no page is open.
 * Events only; what they do is in the files beside. A new version waits until the person asks for it or every tab of the
 * old one is closed: nothing reloads over a draft.
 */
/// <reference lib="webworker" />
import { PULL_TAG } from "#adapters/background.ts";
import { Left } from "#adapters/handover.ts";
import { chatOfNotice } from "#adapters/notices.ts";
import { showChat } from "./click.ts";
import { Mail } from "./mail.ts";
import { dropOthers, precache, served } from "./precache.ts";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };
const manifest = self.__WB_MANIFEST;
const mail = new Mail((url) => served(manifest, new Request(url), false));
/** TypeScript's library knows neither kind. `lastChance` is only told of one-off syncs. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
  readonly lastChance?: boolean;
}

self.addEventListener("install", (event) => {
  event.waitUntil(precache(manifest));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers(manifest).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  // What a node says of itself is never the shell's.
  if (pathname.startsWith("/.well-known/") || pathname === "/readyz") return;
  if (mode === "navigate") mail.stepDown();
  event.respondWith(served(manifest, event.request, mode === "navigate"));
});

self.addEventListener("push", (event) => event.waitUntil(mail.push()));
const synced = (event: Event): void => {
  const sync = event as SyncEvent;
  if (sync.tag === PULL_TAG) sync.waitUntil(fetchOrRetry(sync.lastChance ?? true));
};
self.addEventListener("sync", synced);
self.addEventListener("periodicsync", synced);

/** A sync that fails is tried again by the browser. */
async function fetchOrRetry(last: boolean): Promise<void> {
  if (!(await mail.sync()) && !last) throw new Error("The boxes were not all emptied.");
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showChat(chatOfNotice(event.notification)));
});
const left = new Left();
self.addEventListener("message", (event) => {
  if ((event.data as { type?: unknown } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
  else event.waitUntil(left.hear(event.data, event.ports[0]));
});
