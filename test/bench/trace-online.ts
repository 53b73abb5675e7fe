import { readFileSync } from "node:fs";
import { newProfile, Person, sayGoodbye } from "../browser/people.ts";
import { cleanUp, start } from "../relay/process.ts";
const LIMIT_MS = 90_000;
async function shown(person: any, words: any) { await person.page.getByText(words).last().waitFor({ timeout: LIMIT_MS }); }
const hook = () => {
  const g = globalThis as any; if (g.tr) return; g.tr = [];
  const now = () => performance.timeOrigin + performance.now();
  const note = (w: string, d?: any) => g.tr.push([now(), w, d]);
  g.note = note;
  const tx = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: any, s: any, m: any, o: any) { const t = tx.call(this, s, m, o); if (m === "readwrite") { const id = Math.random().toString(36).slice(2, 6); note("tx>" + this.name.split("/").pop(), id); t.addEventListener("complete", () => note("tx<", id)); } return t; } as any;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: any, v: any, k: any) { note("put", k + " " + v.length); return put.call(this, v, k); } as any;
  const del = IDBObjectStore.prototype.delete;
  IDBObjectStore.prototype.delete = function (this: any, k: any) { note("del", k); return del.call(this, k); } as any;
  const enc = SubtleCrypto.prototype.encrypt;
  SubtleCrypto.prototype.encrypt = async function (this: any, ...a: any) { note("enc>", a[2].byteLength); const r = await (enc as any).apply(this, a); note("enc<", a[2].byteLength); return r; } as any;
  const send = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (this: any, d: any) { if ((d.byteLength ?? d.length) > 1500) note("rtc send", d.byteLength ?? d.length); return (send as any).call(this, d); } as any;
  const p = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, "onmessage")!;
  Object.defineProperty(RTCDataChannel.prototype, "onmessage", { ...p, set(f: any) { p.set!.call(this, (e: any) => { const n = e.data?.byteLength ?? 0; if (n > 1500) note("rtc got", n); f(e); }); } });
};
try {
  const relay = await start(["--peers", "4"]);
  const open = async (name: string, url: string) => { const p = await Person.open(await newProfile(name), "about:blank"); await p.context.addInitScript(hook); await p.page.goto(url); return p; };
  const ada: any = await open("Ada", relay.url); await ada.begin();
  await ada.page.getByRole("button", { name: "New invite" }).click({ timeout: LIMIT_MS });
  await shown(ada, /^Ready: \d+ of \d+/);
  const link = await ada.page.getByRole("textbox", { name: "Invite link" }).inputValue();
  await ada.page.keyboard.press("Escape");
  const ben: any = await open("Ben", link);
  await shown(ben, "invites you to chat"); await ben.begin(); await ben.answer("hello"); await shown(ada, "hello"); await ada.accept("Ben");
  for (const one of [ada, ben]) await shown(one, "Linked directly");
  await ada.page.evaluate(() => addEventListener("keydown", (e) => e.key === "Enter" && (globalThis as any).note("ENTER"), { capture: true }));
  await ben.page.evaluate(() => {
    const log = (root: any): any => { for (const e of root.querySelectorAll("*")) { const f = e.matches('[role="log"]') ? e : e.shadowRoot && log(e.shadowRoot); if (f) return f; } };
    new MutationObserver(() => (globalThis as any).note("MUTATION")).observe(log(document), { childList: true, subtree: true, characterData: true });
  });
  for (let i = 0; i < 12; i++) {
    await ada.page.evaluate(() => void ((globalThis as any).tr.length = 0)); await ben.page.evaluate(() => void ((globalThis as any).tr.length = 0));
    const c = ada.page.getByRole("textbox", { name: "Message" }); await c.fill(`number ${i} of many`); await c.press("Enter");
    await shown(ben, `number ${i} of many`); await ada.page.waitForTimeout(400);
    if (i < 8) continue;
    const all = [...(await ada.page.evaluate(() => (globalThis as any).tr)).map((x: any) => ["A", ...x]), ...(await ben.page.evaluate(() => (globalThis as any).tr)).map((x: any) => ["   B", ...x])].sort((a: any, b: any) => a[1] - b[1]);
    const t0 = all.find((x: any) => x[2] === "ENTER")[1];
    console.log("----", i); for (const [who, t, w, d] of all) { if (t - t0 < 120) console.log((t - t0).toFixed(1).padStart(7), who, w, d ?? ""); }
  }
} finally { await sayGoodbye(); await cleanUp(); }
