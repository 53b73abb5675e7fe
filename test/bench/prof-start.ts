import { newProfile, Person, sayGoodbye } from "../browser/people.ts";
import { cleanUp, start } from "../relay/process.ts";
const RATE = Number(process.argv[2] ?? 4);
try {
  const relay = await start(["--network", "nodus/1/bench", "--bits", "22"]);
  const p: any = await Person.open(await newProfile("Ada"), "about:blank");
  const s = await p.context.newCDPSession(p.page);
  await s.send("Emulation.setCPUThrottlingRate", { rate: RATE });
  await p.context.addInitScript(() => { const g = globalThis as any; g.lt = []; new PerformanceObserver((l) => { for (const e of l.getEntries()) g.lt.push([Math.round(e.startTime), Math.round(e.duration)]); }).observe({ type: "longtask", buffered: true });
    const note = (w: string) => (g.marks ??= []).push([Math.round(performance.now()), w]);
    const W = Worker; (globalThis as any).Worker = class extends W { constructor(u: any, o: any) { super(u, o); const n = String(u).split("/").pop(); note("worker " + n); this.addEventListener("message", () => note("from " + n)); const pm = this.postMessage.bind(this); (this as any).postMessage = (...a: any) => { note("to " + n + " " + JSON.stringify(a[0])?.slice(0, 60)); (pm as any)(...a); }; } };
    const WSo = WebSocket; (globalThis as any).WebSocket = class extends WSo { constructor(u: any, q: any) { super(u, q); note("ws"); this.addEventListener("open", () => note("ws open")); } } as any;
    let last = ""; setInterval(() => { const d = document.querySelector("nodus-app") as any; const st = d?.ui?.app?.state; const k = st && `${st.phase} ${st.step ?? ""} ${st.connection ?? ""}`; if (k && k !== last) { note(k); last = k; } }, 5); });
  await s.send("Profiler.enable"); await s.send("Profiler.setSamplingInterval", { interval: 200 }); await s.send("Profiler.start");
  await p.page.goto(relay.url); await p.begin();
  await p.page.waitForFunction(() => { const st = (document.querySelector("nodus-app") as any)?.ui?.app?.state; return st?.phase === "ready" && st.connection === "online"; }, undefined, { timeout: 60000 });
  const { profile } = await s.send("Profiler.stop");
  console.log(JSON.stringify(await p.page.evaluate(() => ({ lt: (globalThis as any).lt, paint: performance.getEntriesByType("paint").map((e) => [e.name, Math.round(e.startTime)]) }))));
  for (const m of await p.page.evaluate(() => (globalThis as any).marks)) console.log(m[0], m[1]);
  console.log(JSON.stringify(await p.page.evaluate(() => performance.getEntriesByType("resource").map((e: any) => [e.name.split("/").pop(), Math.round(e.startTime), Math.round(e.responseEnd)]))));
  const byId = new Map<number, any>(profile.nodes.map((n: any) => [n.id, n])); const parent = new Map<number, number>();
  for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
  const self = new Map<string, number>(), total = new Map<string, number>();
  const label = (n: any) => `${n.callFrame.functionName || "(anon)"} ${n.callFrame.url.split("/").pop()}:${n.callFrame.lineNumber + 1}`;
  profile.samples.forEach((id: number, k: number) => { const dt = profile.timeDeltas[k] / 1000; const seen = new Set<string>(); let at: number | undefined = id; const l0 = label(byId.get(id)); self.set(l0, (self.get(l0) ?? 0) + dt); while (at !== undefined) { const l = label(byId.get(at)); if (!seen.has(l)) { seen.add(l); total.set(l, (total.get(l) ?? 0) + dt); } at = parent.get(at); } });
  const top = (m: Map<string, number>, n: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, n).map(([l, t]) => `   ${t.toFixed(0).padStart(7)} ms  ${l}`).join("\n");
  console.log("self\n" + top(self, 28)); console.log("total\n" + top(total, 60));
} finally { await sayGoodbye(); await cleanUp(); }
