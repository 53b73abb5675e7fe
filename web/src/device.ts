/**
 * The device of this page, as the app needs it: part of the composition root, made before anything else, since browsers
 * say some things only once and early. What each part does is in the adapters.
 */
import { wakeOnline, wakeRegularly } from "#adapters/background.ts";
import { showBadge } from "#adapters/badge.ts";
import { Installing } from "#adapters/install.ts";
import { Notices } from "#adapters/notices.ts";
import { unlessRefused } from "#adapters/refused.ts";
import { keepRoom, measureRoom, type Room } from "#adapters/room.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { Updates } from "#adapters/updates.ts";
import { wipeAll } from "#adapters/wipe.ts";
import type { DeviceView } from "#app/api.ts";
import type { Device } from "#app/device.ts";
import { type News, noticesOf, type Screen } from "#app/notices.ts";

/** Nothing but that somebody lived here. */
const MARK = "nodus-identity";
/** Room changes slowly, and asking for it makes the browser count. Tier 3. */
const ROOM_MS = 600_000;
const SETTLED_MS = 3_000;

export function deviceOf(): Device {
  return new PageDevice();
}

class PageDevice implements Device {
  view: DeviceView;
  #heard: () => void = () => undefined;
  #save: () => Promise<void> = async () => undefined;
  #room: Room = {};
  #measured = Number.NEGATIVE_INFINITY;
  readonly #installing = new Installing(() => this.#look());
  /** None where the browser gives this page no workers. */
  readonly #updates: Updates | undefined;
  readonly #registration: Promise<ServiceWorkerRegistration | undefined>;
  readonly #notices: Notices;
  #clicked: string | undefined;
  #open: ((chat: string) => void) | undefined;

  constructor() {
    const { serviceWorker: workers } = navigator as { serviceWorker?: ServiceWorkerContainer };
    const tab = { changed: () => this.#look(), leave: () => this.#save(), reload: () => location.reload() };
    this.#updates = workers && new Updates(scriptUrl("/sw.js"), tab);
    this.#registration = this.#updates?.start() ?? Promise.resolve(undefined);
    this.#notices = new Notices(() => this.#registration);
    this.view = this.#viewed();
    workers?.addEventListener("message", ({ data }: MessageEvent<{ open?: unknown } | null>) => {
      if (typeof data?.open === "string") this.#opened(data.open);
    });
    void this.#registration.then((there) => there && wakeRegularly(there));
    document.addEventListener("visibilitychange", () => this.#shown());
    void unlessRefused("permission", this.#watchPermission(), undefined);
    this.#shown();
  }

  onChanged(heard: () => void): void {
    this.#heard = heard;
  }

  async install(): Promise<boolean> {
    const taken = await this.#installing.ask();
    const there = taken ? await this.#registration : undefined;
    if (there) await wakeRegularly(there);
    if (taken) await this.keepStorage(); // whoever installs it wants it kept, and browsers agree then
    this.#look();
    return taken;
  }
  async keepStorage(): Promise<boolean> {
    const kept = await keepRoom();
    await this.#measure();
    return kept;
  }
  async allowNotices(): Promise<boolean> {
    if (!("Notification" in globalThis)) return false;
    const said = await Notification.requestPermission();
    this.#look();
    return said === "granted";
  }
  async applyUpdate(): Promise<void> {
    await this.#updates?.apply();
  }
  beforeReload(save: () => Promise<void>): void {
    this.#save = save;
  }

  notify(news: readonly News[], prefs: { notices: boolean; noticeContent: boolean }, screens: readonly Screen[]): void {
    const shown = this.#notices.show((before) => noticesOf(news, prefs, screens, before));
    void unlessRefused("notices", shown, undefined);
  }
  seen(chat: string): void {
    void unlessRefused("notices", this.#notices.clear(chat), undefined);
  }
  badge(unread: number): void {
    void showBadge(unread);
  }
  onNoticeClicked(heard: (chat: string) => void): void {
    this.#open = heard;
    const waiting = this.#clicked;
    this.#clicked = undefined;
    if (waiting !== undefined) heard(waiting);
  }
  onHidden(waits: () => boolean): void {
    const ask = (): void => {
      if (waits()) void this.#registration.then((there) => there && wakeOnline(there));
    };
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && ask());
    addEventListener("pagehide", ask);
  }

  markIdentity(): void {
    if (!this.marked) setTimeout(() => void this.#measure(), SETTLED_MS); // there was nothing to measure before
    localStorage.setItem(MARK, "1");
  }
  get marked(): boolean {
    return localStorage.getItem(MARK) !== null;
  }
  async wipe(): Promise<void> {
    await unlessRefused("notices", this.#notices.clearAll(), undefined);
    await showBadge(0);
    await wipeAll();
  }

  #opened(chat: string): void {
    if (this.#open) this.#open(chat);
    else this.#clicked = chat;
  }

  /** The person may change it in the browser's own settings. */
  async #watchPermission(): Promise<void> {
    const status = await navigator.permissions?.query({ name: "notifications" });
    status?.addEventListener("change", () => this.#look());
  }

  /** Perhaps it can be seen now. */
  #shown(): void {
    if (document.visibilityState !== "visible") return;
    void unlessRefused("notices", this.#notices.clear(), undefined);
    if (performance.now() - this.#measured > ROOM_MS) void this.#measure();
    this.#look();
  }
  #look(): void {
    this.view = this.#viewed();
    this.#heard();
  }
  async #measure(): Promise<void> {
    this.#measured = performance.now();
    this.#room = await measureRoom();
    this.#look();
  }
  #viewed(): DeviceView {
    const able = "Notification" in globalThis && this.#updates !== undefined;
    return {
      ...this.#room,
      install: this.#installing.state,
      notices: able ? Notification.permission : "unsupported",
      update: this.#updates?.waiting ?? false,
    };
  }
}
