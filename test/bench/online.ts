/**
 * A text from one browser to another, both online: from the Enter key in one page to the bubble in the other, over their
 * own data channel. Beside it the bare round trip of a data channel between the same two pages.
 */
import type { Page } from "@playwright/test";
import { newProfile, Person, sayGoodbye } from "../browser/people.ts";
import { cleanUp, start } from "../relay/process.ts";
import { type Metrics, median, quantile } from "./figures.ts";

const LIMIT_MS = 90_000;
const WARM = 5;
const TEXTS = 40;
const PINGS = 200;

interface Marks {
  /** ms since 1970, of the last Enter, and of the moment when each text was in the page. */
  enter: number;
  seen: Record<string, number>;
}
/** On the global object of each page. */
declare let benchMarks: Marks;

export async function onlineMetrics(): Promise<Metrics> {
  try {
    const relay = await start(["--peers", "4"]);
    const [ada, ben] = await talking(relay.url);
    await ada.page.evaluate(markEnter);
    await ben.page.evaluate(markTexts);
    const times: number[] = [];
    for (let at = -WARM; at < TEXTS; at++) {
      const ms = await oneText(ada, ben, `number ${at + WARM} of many`);
      if (at >= 0) times.push(ms);
    }
    const trips = await roundTrips(ada.page, ben.page);
    return {
      online_message_p50_ms: median(times),
      online_message_p95_ms: quantile(times, 0.95),
      data_channel_round_trip_p50_ms: median(trips),
    };
  } finally {
    await sayGoodbye();
    await cleanUp();
  }
}

/** Two people in browser processes of their own, in a chat, linked directly. */
async function talking(url: string): Promise<[Person, Person]> {
  const ada = await Person.open(await newProfile("Ada"), url);
  await ada.begin();
  const profile = await newProfile("Ben");
  const ben = await ada.befriend((link) => Person.open(profile, link));
  for (const { page } of [ada, ben]) await page.getByText("Linked directly").last().waitFor({ timeout: LIMIT_MS });
  return [ada, ben];
}

async function oneText(from: Person, to: Person, text: string): Promise<number> {
  const composer = from.page.getByRole("textbox", { name: "Message" });
  await composer.fill(text);
  await composer.press("Enter");
  await to.page.waitForFunction((wanted) => benchMarks.seen[wanted], text, { timeout: LIMIT_MS });
  const seen = await to.page.evaluate((wanted) => benchMarks.seen[wanted], text);
  // Over and done with before the next one.
  const row = from.page.getByRole("log").locator("[data-id]").filter({ hasText: text });
  await row.getByText("Read", { exact: true }).waitFor({ timeout: LIMIT_MS });
  return (seen ?? Number.NaN) - (await from.page.evaluate(() => benchMarks.enter));
}

function markEnter(): void {
  Object.assign(globalThis, { benchMarks: { enter: 0, seen: {} } });
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Enter") benchMarks.enter = performance.timeOrigin + performance.now();
  };
  addEventListener("keydown", enter, { capture: true });
}

/** Looks at the timeline whenever it changes; what is there then is drawn with the next frame. */
function markTexts(): void {
  Object.assign(globalThis, { benchMarks: { enter: 0, seen: {} } });
  const log = (root: ParentNode): Element | undefined => {
    for (const element of root.querySelectorAll("*")) {
      const found = element.matches('[role="log"]') ? element : element.shadowRoot && log(element.shadowRoot);
      if (found) return found;
    }
    return undefined;
  };
  const timeline = log(document);
  if (timeline === undefined) throw new Error("no chat is open");
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    const { seen } = benchMarks;
    for (const [text] of (timeline.textContent ?? "").matchAll(/number \d+ of many/g)) seen[text] ??= now;
  };
  new MutationObserver(look).observe(timeline, { childList: true, subtree: true, characterData: true });
}

/** One message there and back, one after the other, over a channel with nothing else on it. */
async function roundTrips(one: Page, other: Page): Promise<number[]> {
  const offer = await one.evaluate(async () => {
    const rtc = new RTCPeerConnection();
    const channel = rtc.createDataChannel("bench");
    Object.assign(globalThis, { benchRtc: rtc, benchChannel: channel });
    await rtc.setLocalDescription();
    await new Promise<void>((done) => {
      rtc.onicegatheringstatechange = () => rtc.iceGatheringState === "complete" && done();
    });
    return rtc.localDescription?.sdp ?? "";
  });
  const answer = await other.evaluate(async (sdp) => {
    const rtc = new RTCPeerConnection();
    Object.assign(globalThis, { benchRtc: rtc });
    rtc.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => channel.send(data);
    };
    await rtc.setRemoteDescription({ type: "offer", sdp });
    await rtc.setLocalDescription();
    await new Promise<void>((done) => {
      rtc.onicegatheringstatechange = () => rtc.iceGatheringState === "complete" && done();
    });
    return rtc.localDescription?.sdp ?? "";
  }, offer);
  return one.evaluate(
    async ({ sdp, pings }) => {
      const { benchRtc: rtc, benchChannel: channel } = globalThis as unknown as {
        benchRtc: RTCPeerConnection;
        benchChannel: RTCDataChannel;
      };
      await rtc.setRemoteDescription({ type: "answer", sdp });
      if (channel.readyState !== "open") await new Promise((open) => channel.addEventListener("open", open));
      const times: number[] = [];
      for (let at = 0; at < pings; at++) {
        const started = performance.now();
        await new Promise((back) => {
          channel.onmessage = back;
          channel.send(new Uint8Array(2048));
        });
        times.push(performance.now() - started);
      }
      return times;
    },
    { sdp: answer, pings: PINGS },
  );
}
