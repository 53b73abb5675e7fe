/** Long histories: only what is near the screen is drawn, the view stands still, and no step of it takes long. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { ChatView, Delivery, MessageView } from "#app/api.ts";
import { all, find, frame, until } from "./drawn.ts";
import { chats, type FixtureApp, NOW, opened, ready } from "./fixture.ts";
import { clear, click, focus, get, LARGE, SMALL, settle, show, size } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const COUNT = 10_000;
/** A screen of the smallest bubbles, and what is drawn beyond it on both sides. */
const ROWS_MAX = 130;
const chat = opened.open?.id ?? "";
const DELIVERIES: readonly Delivery[] = [
  { kind: "read", at: NOW },
  { kind: "delivered", at: NOW },
  { kind: "stored", held: 6, of: 8, until: NOW + 86_400_000 },
];
const WORDS = "the ferry leaves at seven from platform four, bring *the map* and https://a.example/x too ".split(" ");

/** Of mixed heights: from one word to a screenful, with breaks, links and marks. */
function history(count: number, of = "n"): MessageView[] {
  let seed = 7;
  const below = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * limit);
  };
  return Array.from({ length: count }, (_, at) => {
    const sent = NOW - (count - at) * 40_000;
    const mine = below(2) === 0;
    const length = below(20) === 0 ? 200 : 1 + below(30);
    const text = Array.from({ length }, () => WORDS[below(WORDS.length)]).join(below(9) === 0 ? "\n" : " ");
    const delivery = DELIVERIES[below(DELIVERIES.length)];
    return { id: `${of}${at}`, mine, text, sent, arrived: sent, ...(mine && delivery && { delivery }) };
  });
}
const long = history(COUNT);
const screen = { state: { ...opened, open: { id: chat, messages: long, notes: [], more: false } }, route: { chat } };
const scroller = (): HTMLElement => get(".scroll[role=log]");
const drawn = (): Element[] => all("[data-row]");
const topOf = (id: string): number => get(`[data-id="${id}"]`).getBoundingClientRect().top;
/** The message in the middle of the view. */
function middle(): string {
  const { top, height } = scroller().getBoundingClientRect();
  const rows = all("[data-id].row") as HTMLElement[];
  return rows.find((row) => row.getBoundingClientRect().bottom > top + height / 2)?.dataset["id"] ?? "";
}
/** Nothing but rows is in view: no gap. */
function gap(): boolean {
  const view = scroller().getBoundingClientRect();
  const rows = drawn().map((row) => row.getBoundingClientRect());
  return (rows[0]?.top ?? 0) > view.top + 20 || (rows.at(-1)?.bottom ?? 0) < view.bottom - 20;
}
const push = (app: FixtureApp, messages: readonly MessageView[], more = false): void =>
  app.patch({ open: { id: chat, messages, notes: [], more } });

describe("ten thousand messages", () => {
  it.each([
    ["large", LARGE],
    ["small", SMALL],
  ] as const)("are drawn as far as they are near the screen, without gaps, all the way up: %s", async (_, of) => {
    await size(of);
    await show(screen);
    expect(drawn().length).toBeLessThan(ROWS_MAX);
    for (let steps = 0; steps < 40; steps++) {
      scroller().scrollTop -= 500;
      await frame();
      expect(gap()).toBe(false);
      expect(drawn().length).toBeLessThan(ROWS_MAX);
    }
    const top = scroller().getBoundingClientRect().top;
    for (let jumps = 0; jumps < 20; jumps++) {
      scroller().scrollTop = -scroller().scrollHeight; // what was guessed too low shows on the way
      await settle();
    }
    expect(topOf("n0")).toBeGreaterThan(top);
    expect(topOf("n0")).toBeLessThan(top + 200);
    expect(drawn().length).toBeLessThan(ROWS_MAX);
    scroller().scrollTop = 0;
    await settle();
    expect(gap()).toBe(false);
    expect(find(`[data-id="n${COUNT - 1}"]`)).toBeDefined();
  });

  it("stand still while others come on both ends and change their height", async () => {
    const app = await show({
      ...screen,
      state: { ...opened, open: { id: chat, messages: long.slice(5_000), notes: [], more: true } },
    });
    scroller().scrollTop = -90_000; // into heights that are only guessed
    await settle();
    const id = middle();
    const before = topOf(id);
    const near = async (): Promise<void> => {
      await settle();
      expect(Math.abs(topOf(id) - before)).toBeLessThan(2);
    };
    push(app, long.slice(4_000), true);
    await near();
    const more = [...long.slice(4_000), ...history(60, "later")];
    push(app, more, true);
    await near();
    const taller = more.map((each) => (each.id === long.at(-1)?.id ? { ...each, text: "line\n".repeat(200) } : each));
    push(app, taller, true);
    await near();
    push(
      app,
      taller.filter(({ id: each }) => each !== "n9990" && each !== "n4003"),
      true,
    );
    await near();
  });

  it("stand still going down again over heights that were only guessed", async () => {
    await show(screen);
    scroller().scrollTop = -400_000;
    await settle();
    for (let steps = 0; steps < 30; steps++) {
      const id = middle();
      const before = topOf(id);
      scroller().scrollTop += 120;
      await settle();
      expect(Math.abs(topOf(id) - (before - 120))).toBeLessThan(2);
    }
  });

  it("lead from one to the next by arrow keys, and never lose the focus", async () => {
    await show(screen);
    const meta = all(".meta").at(-1) as HTMLElement;
    expect(all('.meta[tabindex="0"]')).toEqual([meta]);
    meta.focus();
    for (let steps = 0; steps < 60; steps++) await userEvent.keyboard("{ArrowUp}");
    await settle();
    expect(focus()?.closest<HTMLElement>("[data-id]")?.dataset["id"]).toBe(`n${COUNT - 61}`);
    expect(all('.meta[tabindex="0"]')).toEqual([focus()]);
    scroller().scrollTop = -100_000;
    await until(() => focus() === scroller());
  });
});

describe("many new messages", () => {
  const unread = (count: number) => ({
    ...screen,
    state: {
      ...screen.state,
      chats: chats.map((each) => (each.id === chat ? { ...each, unread: count } : each)),
      open: { id: chat, messages: long.map((each) => ({ ...each, mine: false })), notes: [], more: false },
    },
  });
  it.each([100, 3_000])("are read from the first of %i, are told, and count as read at the newest", async (count) => {
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    const app = await show(unread(count));
    const marked = (): boolean => app.calls.some(([command]) => command === "markRead");
    await until(() => find(".unread") !== undefined);
    await settle();
    const view = scroller().getBoundingClientRect();
    expect(Math.abs(get(".unread").getBoundingClientRect().top - view.top)).toBeLessThan(30);
    expect(marked()).toBe(false);
    expect(scroller().getAttribute("aria-live")).toBe("off");
    await click(`${new Intl.NumberFormat("en").format(count)} new messages`);
    await until(marked);
    await until(() => scroller().getAttribute("aria-live") === "polite");
  });

  it("begin at the newest where one screen holds them", async () => {
    await show(unread(2));
    expect(scroller().scrollTop).toBe(0);
  });
});

/** The longest task of the page during an act, ms; 0 where none was longer than 50 ms. */
async function longestDuring(act: () => Promise<void>): Promise<number> {
  let longest = 0;
  const watch = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  watch.observe({ type: "longtask" });
  await act();
  await new Promise((done) => setTimeout(done, 100)); // they are told late
  watch.disconnect();
  return longest;
}

describe("what takes long", () => {
  it("is told: scrolling, keys, a change in 10,000, ten chats of 3,000", async () => {
    const of = (at: number): ChatView => ({ ...(chats[0] as ChatView), id: `chat${at}`, name: `Chat ${at}` });
    const ten = Array.from({ length: 10 }, (_, at) => of(at));
    const histories = new Map(ten.map(({ id }) => [id, history(3_000, id)]));
    const app = await show(screen);
    const scrolling = await longestDuring(async () => {
      for (let steps = 0; steps < 150; steps++) {
        scroller().scrollTop -= steps % 10 === 9 ? 20_000 : 400;
        await frame();
      }
    });
    const keys = await longestDuring(async () => {
      scroller().focus();
      for (let steps = 0; steps < 15; steps++) await userEvent.keyboard(steps % 5 === 4 ? "{Home}" : "{PageUp}");
      await userEvent.keyboard("{End}");
      await settle();
    });
    const changes = await longestDuring(async () => {
      for (let steps = 0; steps < 30; steps++) {
        push(app, [...long, ...history(steps, "later")]);
        await frame();
      }
    });
    app.effects["openChat"] = ((id: string | undefined) => {
      const messages = histories.get(id ?? "") ?? [];
      app.patch({ open: { id: id ?? "", messages, notes: [], more: true } });
    }) as never;
    app.set({ ...ready, chats: [...ten, ...chats] });
    await settle();
    const switching = await longestDuring(async () => {
      for (const { id } of [...ten, ...ten]) {
        get(`.chat[data-id="${id}"]`).click();
        await until(() => find(`[data-id="${id}2999"]`) !== undefined);
        await settle();
        expect(drawn().length).toBeLessThan(ROWS_MAX);
      }
    });
    console.log(`longest tasks, ms (0: none over 50): ${JSON.stringify({ scrolling, keys, changes, switching })}`);
  });
});
