/** Writing and reading in a chat: keys, limits, drafts, scrolling, what counts as read. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { MessageView } from "#app/api.ts";
import { find, frame, until } from "./drawn.ts";
import { chats, type FixtureApp, NOW, opened } from "./fixture.ts";
import { clear, click, get, LARGE, settle, show, size, textOf, texts, write } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const chat = opened.open?.id ?? "";
const field = (): HTMLTextAreaElement => get("textarea") as HTMLTextAreaElement;
const sent = (app: FixtureApp): unknown[] => app.calls.filter(([command]) => command === "send");

describe("the composer", () => {
  it("sends at Enter, breaks the line at Shift-Enter, and is empty afterwards", async () => {
    const app = await show("chat");
    await userEvent.click(field());
    await userEvent.keyboard("one{Shift>}{Enter}{/Shift}two");
    expect(sent(app)).toEqual([]);
    await userEvent.keyboard("{Enter}");
    await settle();
    expect(sent(app)).toEqual([["send", chat, "one\ntwo"]]);
    expect(field().value).toBe("");
  });

  it("does not send the Enter that ends a composition, nor mere blanks", async () => {
    const app = await show("chat");
    await write("日本");
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
    await write("   ");
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(sent(app)).toEqual([]);
  });

  it("tells how many bytes are left before they are used up, and refuses more", async () => {
    const app = await show("chat");
    const rest = (): string => textOf(get(".rest"));
    await write("x".repeat(1000));
    expect(rest()).toBe("");
    await write("ä".repeat(7_600)); // two bytes each
    expect(rest()).toBe("800 bytes left");
    await write("ä".repeat(8_001));
    expect(rest()).toContain("2 bytes too long");
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(sent(app)).toEqual([]);
    await write("ä".repeat(8_000));
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(sent(app)).toHaveLength(1);
  });

  const draftsOf = (app: FixtureApp): unknown[][] =>
    app.calls.filter(([command]) => command === "setDraft").map(([, ...given]) => given);
  const keeping = (app: FixtureApp): void => {
    app.effects["setDraft"] = ((id: string, draft: string) => {
      app.patch({ chats: app.ready.chats.map((each) => (each.id === id ? { ...each, draft } : each)) });
    }) as never;
  };

  it("keeps a draft for each chat, and shows it in the list", async () => {
    keeping(await show("chat"));
    await write("half a thought");
    get(`.chat[data-id="${chats[1]?.id}"]`).click();
    await until(() => find("textarea") !== undefined && field().value === "");
    expect(textOf(get(`.chat[data-id="${chat}"]`))).toContain("Draft: half a thought");
    get(`.chat[data-id="${chat}"]`).click();
    await until(() => find("textarea") !== undefined && field().value === "half a thought");
    expect(textOf(get(`.chat[data-id="${chat}"]`))).not.toContain("Draft:");
  });

  it("begins with the draft that the app has, and goes its own way from there", async () => {
    const drafted = chats.map((each) => (each.id === chat ? { ...each, draft: "from last week" } : each));
    const app = await show({ state: { ...opened, chats: drafted }, route: { chat } });
    expect(field().value).toBe("from last week");
    await write("from last week on");
    app.patch({ chats: drafted.map((each) => ({ ...each })) });
    await settle();
    expect(field().value).toBe("from last week on");
  });

  it("hands a draft over soon, and at once when the field, the chat or the page is left", async () => {
    const app = await show("chat");
    const leave: Record<string, () => void> = {
      blur: () => field().blur(),
      beforeunload: () => dispatchEvent(new Event("beforeunload")),
      pagehide: () => dispatchEvent(new Event("pagehide")),
      hidden: () => {
        vi.spyOn(document, "hidden", "get").mockReturnValue(true);
        document.dispatchEvent(new Event("visibilitychange"));
      },
    };
    for (const [how, act] of Object.entries(leave)) {
      field().focus();
      field().value = how;
      field().dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
      expect(draftsOf(app).at(-1)).not.toEqual([chat, how]);
      act();
      expect(draftsOf(app).at(-1)).toEqual([chat, how]);
    }
    await write("soon");
    await until(() => draftsOf(app).at(-1)?.[1] === "soon");
    await write("at the next chat");
    get(`.chat[data-id="${chats[1]?.id}"]`).click();
    await until(() => draftsOf(app).at(-1)?.[1] === "at the next chat");
    expect(draftsOf(app).at(-1)).toEqual([chat, "at the next chat"]);
  });

  it("saves one draft after the other, the newest next, and waits for none when the page is left", async () => {
    const app = await show("chat");
    const ends: (() => void)[] = [];
    app.setDraft = (id, text) => {
      app.calls.push(["setDraft", id, text]);
      return new Promise((done) => ends.push(done));
    };
    await write("one");
    await until(() => draftsOf(app).length === 1);
    await write("one two");
    await write("one two three");
    await new Promise((done) => setTimeout(done, 400));
    expect(draftsOf(app)).toEqual([[chat, "one"]]);
    ends[0]?.();
    await until(() => draftsOf(app).length === 2);
    await write("one two three four");
    dispatchEvent(new Event("beforeunload"));
    expect(draftsOf(app)).toEqual([
      [chat, "one"],
      [chat, "one two three"],
      [chat, "one two three four"],
    ]);
  });

  it("shows a draft that comes later, from another tab or the page before, where nothing was typed since", async () => {
    const app = await show("chat");
    const patch = (draft: string): Promise<void> => {
      app.patch({ chats: chats.map((each) => (each.id === chat ? { ...each, draft } : each)) });
      return settle();
    };
    await patch("typed before the reload");
    expect(field().value).toBe("typed before the reload");
    await patch("");
    expect(field().value).toBe(""); // sent over there
    await write("typed here");
    await patch("typed there");
    expect(field().value).toBe("typed here");
    await until(() => draftsOf(app).length === 1);
    await patch("typed here");
    await patch("and gone on there");
    expect(field().value).toBe("and gone on there");
  });

  it("has the draft again when a contact is unblocked", async () => {
    const app = await show("chat");
    const patch = (part: object): Promise<void> => {
      app.patch({ chats: chats.map((each) => (each.id === chat ? { ...each, draft: "half", ...part } : each)) });
      return settle();
    };
    await write("half");
    await until(() => draftsOf(app).length === 1);
    await patch({ blocked: true });
    await patch({});
    expect(field().value).toBe("half");
  });

  it("clears the draft at sending", async () => {
    const app = await show("chat");
    await write("gone");
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(app.calls.slice(-2)).toEqual([
      ["send", chat, "gone"],
      ["setDraft", chat, ""],
    ]);
    await new Promise((done) => setTimeout(done, 400)); // time itself: longer than a draft waits to be kept
    expect(draftsOf(app).at(-1)).toEqual([chat, ""]);
  });

  it("gives a text back that could not be sent", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("chat");
    app.refused.add("send");
    await write("precious");
    field().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await until(() => draftsOf(app).at(-1)?.[1] === "precious");
    await settle();
    expect(field().value).toBe("precious");
  });

  it("grows with its text, up to a limit", async () => {
    await show("chat");
    const before = field().clientHeight;
    await write("a\nb\nc");
    const three = field().clientHeight;
    await write("line\n".repeat(100));
    expect(three).toBeGreaterThan(before);
    expect(field().clientHeight).toBeLessThan(innerHeight / 2);
  });
});

function many(from: number, to: number): MessageView[] {
  const all: MessageView[] = [];
  for (let at = from; at < to; at++) {
    const when = NOW - (1000 - at) * 120_000;
    all.push({ id: `n${at}`, mine: false, text: `number ${at}`, sent: when, arrived: when });
  }
  return all;
}
const scroller = (): HTMLElement => get(".scroll[role=log]");
const topOf = (id: string): number => get(`[data-id="${id}"]`).getBoundingClientRect().top;

describe("the timeline", () => {
  const long = {
    state: { ...opened, open: { id: chat, messages: many(100, 200), notes: [], more: true } },
    route: { chat },
  };
  const push = (app: FixtureApp, messages: MessageView[], more = true): void =>
    app.patch({ open: { id: chat, messages, notes: [], more } });

  it("begins at the newest and follows it", async () => {
    const app = await show(long);
    expect(scroller().scrollTop).toBe(0);
    push(app, many(100, 205));
    await settle();
    expect(topOf("n204")).toBeLessThan(scroller().getBoundingClientRect().bottom);
  });

  it("stays where somebody reads, counts what comes below, and jumps there", async () => {
    const app = await show(long);
    scroller().scrollTop = -1200;
    await settle();
    const before = topOf("n150");
    push(app, many(100, 203));
    await settle();
    expect(Math.abs(topOf("n150") - before)).toBeLessThan(2);
    await click("3 new messages");
    await until(() => scroller().scrollTop === 0);
  });

  it("asks for older messages near the top, once, and keeps the view still", async () => {
    const app = await show(long);
    const asked = (): number => app.calls.filter(([command]) => command === "loadOlder").length;
    expect(asked()).toBe(0);
    scroller().scrollTop = -scroller().scrollHeight;
    await until(() => asked() > 0);
    const before = topOf("n100");
    app.calls.length = 0;
    push(app, many(0, 200), false);
    await settle();
    expect(Math.abs(topOf("n100") - before)).toBeLessThan(2);
    expect(asked()).toBe(0);
  });

  it("marks what was on a screen that somebody looks at, and nothing else", async () => {
    const focus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
    const unread = chats.map((each) => (each.id === chat ? { ...each, unread: 2 } : each));
    const app = await show({ state: { ...opened, chats: unread }, route: { chat } });
    const marked = (): number => app.calls.filter(([command]) => command === "markRead").length;
    await frame();
    expect(marked()).toBe(0);
    expect(texts(".unread")).toEqual(["New"]);
    app.effects["markRead"] = () => app.patch({ chats });
    focus.mockReturnValue(true);
    dispatchEvent(new Event("focus"));
    await settle();
    expect(marked()).toBe(1);
  });
});
