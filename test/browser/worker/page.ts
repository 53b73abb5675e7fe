/** A page with the device of the app and nothing else: what worker-device.spec.ts asks of it goes through `tab`. */
import type { News } from "#app/notices.ts";
import { deviceOf } from "../../../web/src/device.ts";

/** TypeScript's library does not know it. */
interface Syncing {
  sync: { getTags(): Promise<string[]> };
}
const device = deviceOf();
const clicked: string[] = [];
const saved: string[] = JSON.parse(sessionStorage.getItem("saved") ?? "[]");
let failing = false;

device.beforeReload(async () => {
  if (failing) throw new Error("the disk is full");
  saved.push("draft");
  sessionStorage.setItem("saved", JSON.stringify(saved));
});
const loads = Number(sessionStorage.getItem("loads") ?? 0) + 1;
sessionStorage.setItem("loads", String(loads));

const prefs = { notices: true, noticeContent: true };
const tab = {
  device,
  /** How often this tab was loaded, and what it saved on the way. */
  loads: () => loads,
  saved: () => saved,
  failToSave: (fails: boolean) => {
    failing = fails;
  },
  controlled: () => navigator.serviceWorker.controller !== null,
  listen: () => device.onNoticeClicked((chat) => clicked.push(chat)),
  clicked: () => clicked,
  notify: (news: News[], content: boolean) => device.notify(news, { ...prefs, noticeContent: content }, []),
  async notices() {
    const there = (await (await navigator.serviceWorker.getRegistration())?.getNotifications()) ?? [];
    return there.map(({ title, body, tag }) => ({ title, body, tag }));
  },
  /** From now on something waits to be sent. */
  wait: () => device.onHidden(() => true),
  /** Syncs that were asked for and have not been given yet. */
  async asked() {
    const registration = (await navigator.serviceWorker.getRegistration()) as unknown as Syncing;
    return registration.sync.getTags();
  },
  checkForUpdate: async () => void (await (await navigator.serviceWorker.getRegistration())?.update()),
};
export type Tab = typeof tab;
Object.assign(globalThis, { tab });
