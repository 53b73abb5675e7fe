import { newProfile, Person, sayGoodbye } from "../browser/people.ts";
import { cleanUp, start } from "../relay/process.ts";
const LIMIT_MS = 90_000;
async function shown(person: any, words: any) { await person.page.getByText(words).last().waitFor({ timeout: LIMIT_MS }); }
try {
  const relay = await start(["--peers", "4"]);
  const ada: any = await Person.open(await newProfile("Ada"), relay.url); await ada.begin();
  await ada.page.getByRole("button", { name: "New invite" }).click({ timeout: LIMIT_MS });
  await shown(ada, /^Ready: \d+ of \d+/);
  const link = await ada.page.getByRole("textbox", { name: "Invite link" }).inputValue();
  await ada.page.keyboard.press("Escape");
  const ben: any = await Person.open(await newProfile("Ben"), link);
  await shown(ben, "invites you to chat"); await ben.begin(); await ben.answer("hello"); await shown(ada, "hello"); await ada.accept("Ben"); await shown(ada, "Linked directly");
  await ben.close();
  await ada.page.goto(relay.url + "/favicon.svg");
  const made = await ada.page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((d) => d.name!);
    const open = (n: string) => new Promise<IDBDatabase>((ok) => { const r = indexedDB.open(n); r.onsuccess = () => ok(r.result); });
    const kdb = await open(names.find((n) => n.endsWith("/key"))!), db = await open(names.find((n) => n.endsWith("/personal"))!);
    const get = (d: IDBDatabase, s: string, k: string) => new Promise<any>((ok) => { const r = d.transaction(s).objectStore(s).get(k); r.onsuccess = () => ok(r.result); });
    const key = await get(kdb, "keys", "keys");
    const keys = await new Promise<any[]>((ok) => { const r = db.transaction("entries").objectStore("entries").getAllKeys(); r.onsuccess = () => ok(r.result); });
    const enc = new TextEncoder();
    const seal = async (k: string, v: Uint8Array) => { const iv = crypto.getRandomValues(new Uint8Array(12)); const c = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: enc.encode(k) }, key, v as any)); const w = new Uint8Array(12 + c.length); w.set(iv); w.set(c, 12); return w; };
    const chatKey = keys.find((k) => String(k).startsWith("chat/"))!;
    const raw = await get(db, "entries", chatKey);
    const state = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: raw.slice(0, 12), additionalData: enc.encode(chatKey) }, key, raw.slice(12))));
    const words = "the ferry leaves at seven from platform four, bring *the map* and https://a.example/x too ".split(" ");
    const ids = [state.id, ...Array.from({ length: 11 }, (_, i) => state.id.slice(0, 15) + i.toString(16))].filter((x, i, a) => a.indexOf(x) === i).slice(0, 10);
    const N = 10000, t0 = Date.now() - N * 40000;
    for (const id of ids) {
      let last: any; let batch: [string, Uint8Array][] = [];
      const flush = () => new Promise<void>((ok) => { const t = db.transaction("entries", "readwrite"); for (const [k, v] of batch) t.objectStore("entries").put(v, k); t.oncomplete = () => ok(); batch = []; });
      for (let n = 0; n < N; n++) {
        const mine = Math.random() < 0.5, at = t0 + n * 40000, len = Math.random() < 0.05 ? 200 : 1 + Math.floor(Math.random() * 30);
        last = { id: n.toString(16).padStart(32, "0"), number: n, mine, text: Array.from({ length: len }, () => words[Math.floor(Math.random() * words.length)]).join(" "), sent: at, arrived: at, ...(mine ? { delivery: { kind: "read", at } } : { path: "direct" }) };
        const k = `text/${id}/${String(n).padStart(10, "0")}`; batch.push([k, await seal(k, enc.encode(JSON.stringify(last)))]);
        if (batch.length === 1000) await flush();
      }
      const c = { ...state, id, next: N, last, unread: 0, queue: [], waiting: [] };
      batch.push([`chat/${id}`, await seal(`chat/${id}`, enc.encode(JSON.stringify(c)))]); await flush();
    }
    return ids.length;
  });
  console.log("chats", made);
  await ada.context.addInitScript(() => { const g = globalThis as any; g.lt = []; g.at = "start"; new PerformanceObserver((l) => { for (const e of l.getEntries()) g.lt.push([g.at, Math.round(e.startTime), Math.round(e.duration)]); }).observe({ type: "longtask", buffered: true }); });
  await ada.page.goto(relay.url);
  const s = await ada.context.newCDPSession(ada.page); const events: any[] = []; s.on("Tracing.dataCollected", (d: any) => { for (const e of d.value) if (e.tdur > 15000 || e.name === "thread_name") events.push(e); });
  const rows = ada.page.locator("nodus-list .chat"); await rows.first().waitFor({ timeout: LIMIT_MS }); await ada.page.waitForTimeout(6000);
  await s.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "devtools.timeline", "v8"] } });
  const step = (w: string) => ada.page.evaluate((x: string) => { (globalThis as any).at = x; }, w);
  for (let round = 0; round < 2; round++) for (let i = 0; i < 10; i++) { await step(`open ${round}.${i}`); const t = Date.now(); await rows.nth(i).click(); await ada.page.locator("nodus-timeline [data-row]").last().waitFor(); if (i < 3) console.log("open", round, i, Date.now() - t, "ms"); await ada.page.waitForTimeout(round === 0 ? 2500 : 300); }
  await step("scroll");
  const box = await ada.page.locator("nodus-timeline .scroll").boundingBox(); await ada.page.mouse.move(box.x + 100, box.y + 200);
  for (let i = 0; i < 400; i++) { await ada.page.mouse.wheel(0, -600); await ada.page.waitForTimeout(15); }
  console.log("loaded rows: scrollHeight", await ada.page.locator("nodus-timeline .scroll").evaluate((e: any) => e.scrollHeight));
  await step("scroll down"); for (let i = 0; i < 150; i++) { await ada.page.mouse.wheel(0, 900); await ada.page.waitForTimeout(15); }
  await step("write"); const c = ada.page.getByRole("textbox", { name: "Message" }); for (let i = 0; i < 5; i++) { await c.fill("x" + i); await c.press("Enter"); await ada.page.waitForTimeout(200); }
  await step("switch back"); await rows.nth(3).click(); await ada.page.waitForTimeout(500);
  const ended = new Promise((ok) => s.on("Tracing.tracingComplete", ok)); await s.send("Tracing.end"); await ended;
  const lt = await ada.page.evaluate(() => (globalThis as any).lt);
  const by = new Map<string, number[]>(); for (const [w, , d] of lt) by.set(w, [...(by.get(w) ?? []), d]);
  for (const [w, d] of by) console.log(w.padEnd(12), d.length, "longest wall", Math.max(...d), d.slice(0, 20).join(" "));
  const mains = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map((e) => e.pid + "/" + e.tid));
  const tasks = events.filter((e) => mains.has(e.pid + "/" + e.tid) && e.tdur && /RunTask/.test(e.name)).sort((a, b) => b.tdur - a.tdur);
  console.log("longest tasks, CPU ms", tasks.slice(0, 15).map((e) => (e.tdur / 1000).toFixed(0) + " (wall " + (e.dur / 1000).toFixed(0) + ")").join(", "));
  for (const t of tasks.slice(0, 4)) console.log((t.tdur / 1000).toFixed(0), events.filter((e) => e.tid === t.tid && e !== t && e.ts >= t.ts && e.ts <= t.ts + t.dur && e.tdur > 15000).map((e) => `${e.name} ${(e.tdur / 1000).toFixed(0)} ${e.args?.data?.functionName ?? e.args?.data?.type ?? ""}`).join(" | "));
} finally { await sayGoodbye(); await cleanUp(); }
