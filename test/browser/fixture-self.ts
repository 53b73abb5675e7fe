/** Screens about the own identity and the own device. Made over a ready state, which fixture.ts gives. */
import type { AppState, DeviceView, ReadyState } from "#app/api.ts";
import type { Route } from "../../web/src/ui/router.ts";

interface Screen {
  state: AppState;
  route?: Route;
  device?: Partial<DeviceView>;
  write?: string;
  press?: readonly string[];
}

export function selfScreens(ready: ReadyState, words: readonly string[], ends: number): Record<string, Screen> {
  const restore: Route = { page: "restore" };
  const due: ReadyState = { ...ready, backup: "due" };
  const [ben, ...others] = ready.chats.filter(({ unread }) => unread > 0);
  const blocked = [ben, ...others].flatMap((chat) => (chat ? [{ ...chat, blocked: true }] : []));
  return {
    evicted: { state: { phase: "first-run", evicted: true } },
    "evicted-invited": {
      state: {
        phase: "first-run",
        evicted: true,
        invite: { kind: "found", name: "Ada Nyström", identity: "ada0".repeat(16), ends },
      },
    },
    restore: { state: { phase: "first-run" }, route: restore },
    "restore-wrong": {
      state: { phase: "first-run" },
      route: restore,
      write: `${words.slice(0, 6).join(" ")} lengal ${words.slice(7, 17).join(" ")}`,
    },
    "restore-whole": { state: { phase: "first-run" }, route: restore, write: words.join(" ") },
    "restore-sum": { state: { phase: "first-run" }, route: restore, write: words.toReversed().join("\n") },
    deleted: { state: { phase: "deleted" } },
    "list-backup": { state: due },
    "list-backup-later": { state: { ...ready, backup: "later" } },
    backup: { state: due, route: { sheet: "backup" } },
    "backup-words": { state: due, route: { sheet: "backup" }, press: [".reveal"] },
    "backup-proof": { state: due, route: { sheet: "backup" }, press: [".reveal", ".have", "[type=checkbox]"] },
    "backup-kept": { state: ready, route: { sheet: "backup" } },
    "backup-erasing": { state: { ...ready, erasing: true }, route: { sheet: "backup" } },
    "settings-damaged": { state: { ...ready, erasing: true, damaged: 3 }, route: { sheet: "settings" } },
    moving: { state: { phase: "starting", step: "moving", progress: 0.4 } },
    "settings-new": {
      state: due,
      route: { sheet: "settings" },
      device: { install: "prompt", update: true },
    },
    "settings-guide": {
      state: { ...ready, backup: "later", leads: false },
      route: { sheet: "settings" },
      device: { install: "guide", notices: "unsupported" },
    },
    "settings-granted": {
      state: { ...ready, prefs: { notices: true, noticeContent: false }, chats: blocked },
      route: { sheet: "settings" },
      device: { install: "installed", notices: "granted", persisted: true },
    },
    "settings-denied": { state: ready, route: { sheet: "settings" }, device: { notices: "denied" } },
    update: { state: ready, device: { update: true } },
    superseded: { state: { ...ready, superseded: true, connection: "device-offline" } },
    "superseded-sheet": { state: { ...ready, superseded: true }, route: { sheet: "superseded" } },
    elsewhere: { state: { ...ready, superseded: true, elsewhere: true } },
    "elsewhere-sheet": { state: { ...ready, superseded: true, elsewhere: true }, route: { sheet: "superseded" } },
    restored: { state: { ...ready, chats: [], restored: true } },
    delete: { state: ready, route: { sheet: "delete" } },
    "delete-unsaved": { state: due, route: { sheet: "delete" } },
  };
}
