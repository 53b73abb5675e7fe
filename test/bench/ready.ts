/**
 * A new person: from the first paint of the page to a list of chats on a node that has its key, at the 22 bits of work of
 * the real networks, and a verified link. Twenty profiles, one after the other; the name is typed at once. And the same on
 * a page slowed down to a quarter.
 */
import { newProfile, Person, sayGoodbye } from "../browser/people.ts";
import { cleanUp, start } from "../relay/process.ts";
import { type Metrics, median, quantile } from "./figures.ts";

const PROFILES = 20;
/** A slow phone: the page's thread runs at a quarter of its speed (what Lighthouse takes for one). */
const SLOWED = 4;
const SLOW_PROFILES = 5;
const LIMIT_MS = 120_000;
/** A network of its own under the rules of the real ones. */
const NETWORK = ["--network", "nodus/1/bench", "--bits", "22"];

export async function readyMetrics(): Promise<Metrics> {
  try {
    const relay = await start(NETWORK);
    const times: number[] = [];
    for (let at = 0; at < PROFILES; at++) {
      times.push(await oneStart(relay.url, 1));
      await sayGoodbye();
    }
    const slow: number[] = [];
    for (let at = 0; at < SLOW_PROFILES; at++) {
      slow.push(await oneStart(relay.url, SLOWED));
      await sayGoodbye();
    }
    return {
      chat_ready_p50_ms: median(times),
      chat_ready_p95_ms: quantile(times, 0.95),
      chat_ready_slow_p50_ms: median(slow),
      chat_ready_slow_max_ms: Math.max(...slow),
    };
  } finally {
    await sayGoodbye();
    await cleanUp();
  }
}

async function oneStart(url: string, slowed: number): Promise<number> {
  const person = await Person.open(await newProfile("Ada"), "about:blank");
  const session = await person.context.newCDPSession(person.page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowed });
  await person.page.goto(url);
  await person.begin();
  // The one object that the interface draws: online is a link whose other end proved its NodeID.
  const ready = () => {
    const drawn = document.querySelector("nodus-app") as unknown as {
      ui: { app: { state: { phase: string; connection?: string } } };
    };
    const { phase, connection } = drawn.ui.app.state;
    return phase === "ready" && connection === "online" ? performance.now() : undefined;
  };
  const handle = await person.page.waitForFunction(ready, undefined, { timeout: LIMIT_MS });
  const end = (await handle.jsonValue()) ?? Number.NaN;
  const paint = await person.page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
  return end - paint;
}
