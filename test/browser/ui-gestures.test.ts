/** Gestures that people know from elsewhere: each does what they expect, or is answered in one sentence. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { chatView } from "#app/views.ts";
import { all, until } from "./drawn.ts";
import { chats, type FixtureApp, opened } from "./fixture.ts";
import { clear, get, LARGE, route, settle, show, size, textOf, write } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

const FILES = "Pictures and files cannot be sent yet.";
const EDIT = "A message that was sent cannot be changed yet.";
const REPLY = "One message cannot be answered by itself yet.";
const [ada, ben] = chats;
const told = (): string => textOf(get("nodus-panes").shadowRoot?.querySelector("p[role=status]") as Element);
const field = (): HTMLTextAreaElement => get("textarea") as HTMLTextAreaElement;
const items = (): string[] => all("[role=menu]:popover-open [role=menuitem]").map(textOf);
const picture = new File(["x"], "x.png", { type: "image/png" });

function given(file?: File, text?: string): DataTransfer {
  const data = new DataTransfer();
  if (file) data.items.add(file);
  if (text !== undefined) data.setData("text/plain", text);
  return data;
}
async function paste(at: HTMLElement, data: DataTransfer): Promise<ClipboardEvent> {
  const event = new ClipboardEvent("paste", { bubbles: true, composed: true, cancelable: true, clipboardData: data });
  at.dispatchEvent(event);
  await settle();
  return event;
}
async function drop(at: HTMLElement, data: DataTransfer): Promise<string> {
  for (const type of ["dragover", "drop"]) {
    at.dispatchEvent(new DragEvent(type, { bubbles: true, composed: true, cancelable: true, dataTransfer: data }));
  }
  await settle();
  return data.dropEffect;
}
async function key(given: KeyboardEventInit, at: HTMLElement = field()): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", { bubbles: true, composed: true, cancelable: true, ...given });
  at.dispatchEvent(event);
  await settle();
  return event;
}
async function swipe(at: HTMLElement, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const touch = ([clientX, clientY]: readonly [number, number]): Touch =>
    new Touch({ identifier: 1, target: at, clientX, clientY });
  const more = { bubbles: true, composed: true };
  at.dispatchEvent(new TouchEvent("touchstart", { ...more, touches: [touch(from)], changedTouches: [touch(from)] }));
  at.dispatchEvent(new TouchEvent("touchend", { ...more, touches: [], changedTouches: [touch(to)] }));
  await settle();
}

describe("a picture or file", () => {
  it("that is pasted is answered, in the field and beside it", async () => {
    await show("chat");
    expect((await paste(field(), given(picture))).defaultPrevented).toBe(true);
    expect(told()).toBe(FILES);
    expect(field().value).toBe("");
    await show("chat");
    await paste(get(".content"), given(picture));
    expect(told()).toBe(FILES);
  });

  it("that comes with its text is pasted as that", async () => {
    await show("chat");
    expect((await paste(field(), given(picture, "a table"))).defaultPrevented).toBe(false);
    expect(told()).toBe("");
    await paste(get(".content"), given(undefined, "beside the field"));
    expect(field().value).toBe("beside the field");
  });

  it("that is let go is answered where one can write, and stays out where not", async () => {
    await show("chat");
    await drop(get(".content"), given(picture));
    expect(told()).toBe(FILES);
    await show("chat-blocked");
    expect(await drop(get(".content"), given(picture))).toBe("none");
    expect(told()).toBe("");
  });
});

describe("the keyboard", () => {
  it("says what ↑ in an empty field does not do, and only there", async () => {
    await show("chat");
    await write("a");
    await key({ key: "ArrowUp" });
    await write("");
    await key({ key: "ArrowUp", shiftKey: true });
    expect(told()).toBe("");
    await key({ key: "ArrowUp" });
    expect(told()).toBe(EDIT);
    await show("chat-empty");
    await key({ key: "ArrowUp" });
    expect(told()).toBe("");
  });

  it("leaves Ctrl F to the browser, and says what that finds", async () => {
    await show("chat");
    expect((await key({ key: "f", ctrlKey: true })).defaultPrevented).toBe(false);
    expect(told()).toContain("near the visible ones");
    await show("list");
    expect((await key({ key: "f", ctrlKey: true }, document.body)).defaultPrevented).toBe(false);
    expect(told()).toBe("");
  });
});

describe("a message", () => {
  it("is selected by the word where it is clicked twice, and answered in a sentence beside", async () => {
    await show("chat");
    const words = get(".row:not(.mine) .words");
    await userEvent.dblClick(words, { position: { x: 8, y: 8 } });
    await settle();
    expect(told()).toBe("");
    get(".row .line").dispatchEvent(new MouseEvent("dblclick", { bubbles: true, composed: true }));
    await settle();
    expect(told()).toBe(REPLY);
  });

  it("answers a swipe across it, and not a scroll, a tap or the browser's own from the edge", async () => {
    await show("chat");
    const words = get(".row .words");
    await swipe(words, [200, 300], [205, 300]);
    await swipe(words, [200, 300], [290, 420]);
    await swipe(words, [5, 300], [190, 300]);
    expect(told()).toBe("");
    await swipe(words, [200, 300], [290, 310]);
    expect(told()).toBe(REPLY);
  });
});

describe("a chat", () => {
  const item = (id: string | undefined): HTMLElement => get(`.chat[data-id="${id}"]`);
  const pick = (name: string): void =>
    (all("[role=menu]:popover-open [role=menuitem]").find((each) => textOf(each) === name) as HTMLElement).click();
  const deleted = (app: FixtureApp): unknown[] => app.calls.filter(([name]) => name === "deleteChat");

  it("has the menu of its header at a right click in the list, and is not opened by it", async () => {
    const app = await show("chat");
    await userEvent.click(item(ben?.id), { button: "right" });
    await until(() => items().length > 0);
    expect(items()).toEqual(["Block", "Delete chat"]);
    pick("Delete chat");
    await until(() => route().sheet === "delete-chat");
    expect(route().chat).toBe(ada?.id);
    await until(() => all("nodus-sheet .danger").length > 0);
    await settle();
    expect(textOf(get("dialog[open] h2"))).toContain("Ben");
    (all("nodus-sheet .danger").at(-1) as HTMLElement).click();
    await until(() => deleted(app).length > 0);
    expect(deleted(app)).toEqual([["deleteChat", ben?.id]]);
  });

  it("is unblocked from there, too", async () => {
    const app = await show("chat-blocked");
    await userEvent.click(item(ada?.id), { button: "right" });
    await until(() => items().length > 0);
    pick("Unblock");
    await until(() => app.calls.some(([name, id]) => name === "unblock" && id === ada?.id));
  });

  it("shows what can be done with it at a click on its header", async () => {
    await show("chat");
    await userEvent.click(get(".whom .who"));
    await until(() => items().length > 0);
    expect(items()).toEqual(["Block", "Delete chat"]);
  });

  it("answers a swipe in the list", async () => {
    await show("list");
    await swipe(item(ben?.id), [200, 300], [90, 305]);
    expect(told()).toContain("Press and hold");
  });

  it("has the colour of its identity wherever it is drawn", async () => {
    const hue = (element: Element | null | undefined): string | undefined =>
      /hue-\d/.exec(element?.className ?? "")?.[0];
    const identity = "5a".repeat(32);
    const state = { contact: { keys: { id: new Uint8Array(32).fill(0x5a) }, name: "Ada", phase: "open" }, unread: 0 };
    const chat = { direct: () => false, draft: () => "" };
    const hues = new Set<string | undefined>();
    for (const id of ["one", "two", "three", "four"]) {
      const view = chatView(chat as never, { ...state, id } as never);
      expect(view.identity).toBe(identity);
      await show({
        state: { ...opened, chats: [view], open: { id, messages: [], notes: [], more: false } },
        route: { chat: id },
      });
      for (const each of all(".avatar")) hues.add(hue(each));
    }
    await show({
      state: { ...opened, invite: { kind: "found", name: "A", identity, ends: 0 } },
      route: { sheet: "open-invite" },
    });
    hues.add(hue(all(".avatar").at(-1)));
    expect(hues.size).toBe(1);
  });
});
