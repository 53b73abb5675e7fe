/**
 * Composition root of the page: paints first, then loads the engine and hands it to the app. Nothing here decides
 * anything about the protocol.
 */
import { Workbox } from "workbox-window";
import { qrPath } from "#adapters/qr.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { NodusApp } from "#app/app.ts";
import type { Host, Missing } from "#app/host.ts";
import { version } from "../../package.json";
import type { Engine, Testing } from "./engine.ts";
import { mount } from "./ui/main.ts";

const testing = (globalThis as { unsafeTesting?: Testing }).unsafeTesting ?? {};
let engine: Promise<Engine> | undefined;
const load = (): Promise<Engine> => {
  engine ??= import("./engine.ts").then((root) => root.Engine.load(testing));
  return engine;
};
let lost: () => void = () => undefined;

const host: Host = {
  version,
  base: `${location.origin}/`,
  anchor: undefined,
  missing,
  lead: async (take) => ((await (await load()).lead(take, () => lost())) ? "leads" : "held"),
  onLost: (heard) => {
    lost = () => {
      heard();
      void load().then((loaded) => loaded.release());
    };
  },
  openChat: async (changed) => (await load()).openChat(changed),
  startNode: async (chat, work) => (await load()).startNode(chat, work),
  online: () => navigator.onLine,
  onOnline: (heard) => {
    for (const event of ["online", "offline", "pageshow"]) addEventListener(event, heard);
    for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, heard);
  },
  onLeave: (heard) => {
    addEventListener("pagehide", heard);
    // A page taken back from the browser's memory has said goodbye already.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  },
  // A hidden page draws nothing, but what happens there must not wait for a frame.
  frame: (run) => (document.hidden ? setTimeout(run, 50) : requestAnimationFrame(run)),
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

/** An invite leaves the address bar at once: nobody shall copy it from there by accident. Nothing else of ours stands
 * behind the "#", so what is no whole invite is a broken one, and the person is told. */
function takeInvite(): string | undefined {
  const payload = location.hash.slice(1);
  if (payload === "") return undefined;
  history.replaceState(history.state, "", location.pathname);
  return payload;
}

const app = new NodusApp(host);
const invite = takeInvite();
mount(app, document.body, { qr: qrPath });
addEventListener("hashchange", () => {
  const later = takeInvite();
  if (later !== undefined) void app.openInvite(later);
});
void app.start(invite);
if ("serviceWorker" in navigator && isSecureContext) {
  void new Workbox(scriptUrl("/sw.js")).register().catch(() => undefined);
}
