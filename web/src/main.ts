/**
 * Composition root of the page: paints first, then loads the engine and hands it to the app. Nothing here decides
 * anything about the protocol.
 */
import { systemClock } from "#adapters/clock.ts";
import { framesOf } from "#adapters/frames.ts";
import { leaveBehind, takeLeft } from "#adapters/handover.ts";
import { runsSoon } from "#adapters/soon.ts";
import { tabChannel } from "#adapters/tabs.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { inviteIn } from "#app/address.ts";
import { NodusApp } from "#app/app.ts";
import type { Left } from "#app/commands.ts";
import type { Host, Missing } from "#app/host.ts";
import { version } from "../../package.json";
import { build } from "./build.ts";
import { deviceOf } from "./device.ts";
import type { Engine, Testing } from "./engine.ts";
import { mount } from "./ui/main.ts";
import qrUrl from "./workers/qr.ts?worker&url";

/** In sessionStorage: of this tab alone, and gone with it. */
const INVITE = "nodus-invite";
/** Characters; a longer text is no invite. */
const LONGEST_KEPT = 4_096;

const testing = (globalThis as { unsafeTesting?: Testing }).unsafeTesting ?? {};
let engine: Promise<Engine> | undefined;
const load = (): Promise<Engine> => {
  engine ??= import("./engine.ts").then((root) => root.Engine.load(testing));
  return engine;
};
const soon = runsSoon();
const frame = framesOf(soon);
let lost: () => void = () => undefined;

const host: Host = {
  version,
  build,
  base: `${location.origin}/`,
  anchor: undefined,
  device: deviceOf(),
  get keptInvite() {
    return sessionStorage.getItem(INVITE) ?? undefined;
  },
  set keptInvite(link) {
    if (link === undefined || link.length > LONGEST_KEPT) sessionStorage.removeItem(INVITE);
    else sessionStorage.setItem(INVITE, link);
  },
  tabs: tabChannel("nodus-tabs"),
  missing,
  lead: async (how, stop) => (await load()).lead(how, stop, () => lost()),
  onLost: (heard) => {
    lost = heard;
  },
  openChat: async (changed, arrived, moving) => (await load()).openChat(changed, arrived, moving),
  startNode: async (chat, work) => (await load()).startNode(chat, work),
  prepareKeys: async (next) => (await load()).prepareKeys(next),
  words: async () => {
    const { englishWords, readWords } = await import("#adapters/words.ts");
    return { ...englishWords, read: readWords };
  },
  release: async () => (await load()).release(),
  closeDisk: async () => (await load()).closeDisk(),
  online: () => navigator.onLine,
  onOnline: (heard) => {
    for (const event of ["online", "offline", "pageshow"]) addEventListener(event, heard);
    for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, heard);
  },
  onLeave: (heard) => {
    addEventListener("pagehide", () => {
      ui.handOver(); // its own listeners come later
      heard();
    });
    // A page taken back from the browser's memory has said goodbye already.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  },
  leaveBehind,
  takeLeft: async () => (await takeLeft()) as readonly Left[],
  visible: () => !document.hidden,
  onVisible: (heard) => document.addEventListener("visibilitychange", heard),
  messageId: () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  frame,
  painted: () => new Promise((done) => frame(() => soon(done))),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

function missing(): Missing | undefined {
  if (!isSecureContext) return "secure-context";
  if (!("WebAssembly" in globalThis)) return "wasm";
  if (!("indexedDB" in globalThis)) return "indexeddb";
  return "locks" in navigator ? undefined : "locks";
}

/** An invite leaves the address bar at once: nobody shall copy it from there by accident. */
function takeInvite(): string | undefined {
  const found = inviteIn(new URL(location.href));
  if (found !== undefined) history.replaceState(history.state, "", found.path);
  return found?.link;
}

const app = new NodusApp(host);
const invite = takeInvite();
const ui = mount(app, document.body, {
  now: systemClock(testing.wallOffset).wall,
  qr: async (text) => (await import("#adapters/qr.ts")).qrPath(text),
  reader: async () => {
    const { WorkerReader } = await import("#adapters/qr-read.ts");
    return new WorkerReader(new Worker(scriptUrl(qrUrl), { type: "module" }));
  },
  skeleton: async () => (await import("#adapters/confusables.ts")).skeleton,
  notice: (heard) => host.device.onNoticeClicked(heard),
});
host.device.beforeReload(() => {
  ui.handOver();
  return app.drafted;
});
addEventListener("hashchange", () => {
  const later = takeInvite();
  if (later !== undefined) void app.openInvite(later);
});
void app.start(invite);
