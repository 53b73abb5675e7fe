/**
 * What the app needs of the device beside network and storage: installing, room, notices, new versions, and the marks of
 * an identity that was here. The composition root gives it (web/src/device.ts). Layer: app.
 */
import type { DeviceView, Prefs } from "./api.ts";
import type { News, Screen } from "./notices.ts";

export interface Device {
  /** A new object whenever something in it has changed. */
  readonly view: DeviceView;
  onChanged(heard: () => void): void;

  /** Each of the following belongs into a click. Resolves with whether it was granted. */
  install(): Promise<boolean>;
  keepStorage(): Promise<boolean>;
  allowNotices(): Promise<boolean>;
  /** Starts the newer version in every tab of the profile. */
  applyUpdate(): Promise<void>;
  /** What must be on disk before this page may begin anew: drafts. A rejection keeps the page as it is. */
  beforeReload(save: () => Promise<void>): void;

  /** Texts that came here; `screens`: what the tabs show that can be seen. */
  notify(news: readonly News[], prefs: Prefs, screens: readonly Screen[]): void;
  /** This chat stands on a screen that can be seen: its notice is over. */
  seen(chat: string): void;
  /** The number on the icon. */
  badge(unread: number): void;
  /** The notice of this chat was clicked. What was clicked before somebody listens, is told to the first. */
  onNoticeClicked(heard: (chat: string) => void): void;

  /** Something waits here for others, or does no longer: asked when the page goes out of sight, so that the browser wakes
   * the worker when there is a network. */
  onHidden(waits: () => boolean): void;

  /** An identity lives here from now on. */
  markIdentity(): void;
  /** One lived here and was never deleted: where there is none now, the browser has thrown it away. */
  readonly marked: boolean;
  /** Everything of ours leaves this browser: databases, caches, marks, notices, the worker. Whatever is open must be
   * closed before. Rejects with Fault("busy") where another tab holds a database open. */
  wipe(): Promise<void>;
}
