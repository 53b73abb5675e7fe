/**
 * The service worker: keeps the shell, so that the app opens without a network. Events only; what they do is in the
 * files beside. A new version waits until every tab of the old one is closed: nothing reloads over a draft.
 */
/// <reference lib="webworker" />
import { dropOthers, precache, served } from "./precache.ts";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };
const manifest = self.__WB_MANIFEST;

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
  event.respondWith(served(manifest, event.request, mode === "navigate"));
});
