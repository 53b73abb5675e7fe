/**
 * A click on a notice: an open window comes to the front, else one is opened, and it is told which chat is meant. By a
 * message: a chat's id stands in no address, no history and no request.
 */
/// <reference lib="webworker" />
import { unlessRefused } from "#adapters/refused.ts";

declare const self: ServiceWorkerGlobalScope;

export async function showChat(chat: string | undefined): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.visibilityState === "visible") ?? windows[0];
  // Browsers let a worker do either only for a real click.
  const shown = there
    ? await unlessRefused("focus", there.focus(), there)
    : await unlessRefused("window", self.clients.openWindow("/"), null);
  // One that has just been opened gets it as soon as its page has begun.
  if (chat !== undefined) shown?.postMessage({ open: chat });
}
