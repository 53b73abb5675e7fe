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
  await shown(ben, "invites you to chat"); await ben.begin(); await ben.answer("hello"); await shown(ada, "hello"); await ada.accept("Ben");
  for (const one of [ada, ben]) await shown(one, "Linked directly");
  for (let i = 0; i < 5; i++) { const c = ada.page.getByRole("textbox", { name: "Message" }); await c.fill(`w ${i} of many`); await c.press("Enter"); await ada.page.waitForTimeout(200); }
  const prof: any = {};
  for (const p of [ada, ben]) { const s = await p.context.newCDPSession(p.page); await s.send("Profiler.enable"); await s.send("Profiler.setSamplingInterval", { interval: 100 }); await s.send("Profiler.start"); prof[p.name] = s; }
  for (let i = 0; i < 30; i++) { const c = ada.page.getByRole("textbox", { name: "Message" }); await c.fill(`number ${i} of many`); await c.press("Enter"); await ada.page.waitForTimeout(200); }
  for (const [name, s] of Object.entries<any>(prof)) {
    const { profile } = await s.send("Profiler.stop");
    const byId = new Map<number, any>(profile.nodes.map((n: any) => [n.id, n])); const parent = new Map<number, number>();
    for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
    const self = new Map<string, number>(), total = new Map<string, number>();
    const label = (n: any) => `${n.callFrame.functionName || "(anon)"} ${n.callFrame.url.split("/").pop()}:${n.callFrame.lineNumber + 1}`;
    profile.samples.forEach((id: number, k: number) => { const dt = profile.timeDeltas[k] / 1000; const seen = new Set<string>(); let at: number | undefined = id; self.set(label(byId.get(id)), (self.get(label(byId.get(id))) ?? 0) + dt); while (at !== undefined) { const l = label(byId.get(at)); if (!seen.has(l)) { seen.add(l); total.set(l, (total.get(l) ?? 0) + dt); } at = parent.get(at); } });
    const top = (m: Map<string, number>, n: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, n).map(([l, t]) => `   ${(t / 30).toFixed(2).padStart(7)} ms/msg  ${l}`).join("\n");
    console.log(name, "self\n" + top(self, 22)); console.log(name, "total\n" + top(total, 45));
  }
} finally { await sayGoodbye(); await cleanUp(); }
