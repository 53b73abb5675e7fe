/** The emoji of the composer: found by name, put where the cursor is, used with the keyboard, the recent ones first. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { isEmojiOnly } from "../../web/src/ui/chat/markdown.ts";
import { all, until } from "./drawn.ts";
import { button, clear, focus, get, LARGE, SMALL, settle, show, size, texts, write } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

const field = (): HTMLTextAreaElement => get("textarea") as HTMLTextAreaElement;
const popover = (): HTMLElement => get("nodus-emoji").shadowRoot?.querySelector("[popover]") as HTMLElement;
const isOpen = (): boolean => popover()?.matches(":popover-open") ?? false;
async function open(): Promise<void> {
  button("Emoji").click();
  await until(isOpen);
  await settle();
}

it("puts a found one where the cursor is, and gives the focus back", async () => {
  const app = await show("chat");
  await write("one two");
  field().setSelectionRange(3, 3);
  await open();
  expect(focus()?.localName).toBe("input");
  await userEvent.keyboard("thanks");
  await settle();
  expect(texts(".set button")).toEqual(["🙏"]);
  await userEvent.keyboard("{Enter}");
  expect(field().value).toBe("one🙏 two");
  expect(field().selectionStart).toBe(5);
  expect(isOpen()).toBe(false);
  expect(focus()).toBe(field());
  await until(() => app.calls.some(([command, , text]) => command === "setDraft" && text === "one🙏 two"));
});

it("is used with arrows, says when nothing is found, and closes at Escape without leaving the chat", async () => {
  await show("chat");
  await open();
  const names = all(".set button").map((each) => each.getAttribute("aria-label"));
  const at = (): number => names.indexOf(focus()?.getAttribute("aria-label") ?? "");
  await userEvent.keyboard("{ArrowDown}{ArrowRight}");
  expect(at()).toBe(1);
  await userEvent.keyboard("{ArrowDown}");
  const below = at();
  expect(below).toBeGreaterThan(3);
  await userEvent.keyboard("{ArrowUp}");
  expect(at()).toBe(1);
  await userEvent.keyboard("{ArrowUp}{ArrowUp}"); // past what was used before
  expect(focus()?.localName).toBe("input");
  await userEvent.keyboard("qqqq");
  await settle();
  expect(texts(".none")).toEqual(["No emoji has this name."]);
  await userEvent.keyboard("{Escape}");
  expect(isOpen()).toBe(false);
  expect(focus()).toBe(field());
});

it("shows the recently used first, each once, on a small screen too", async () => {
  await size(SMALL);
  await show("chat");
  for (const name of ["rocket", "tent", "rocket"]) {
    await open();
    await userEvent.keyboard(name);
    await settle();
    await userEvent.keyboard("{Enter}");
  }
  await open();
  expect(texts(".groups h3")[0]).toBe("Used recently");
  expect(texts(".set button").slice(0, 2)).toEqual(["🚀", "⛺"]);
  const { left, right, top, bottom } = popover().getBoundingClientRect();
  expect(left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight).toBe(true);
});

it("has some 150, each a single emoji with a name of its own", async () => {
  await show("chat");
  await open();
  const sets = all(".set").slice(-6);
  const buttons = sets.flatMap((set) => [...set.querySelectorAll("button")]);
  expect(buttons.length).toBeGreaterThan(120);
  const names = buttons.map((each) => each.getAttribute("aria-label"));
  expect(new Set(names).size).toBe(buttons.length);
  expect(buttons.filter((each) => !isEmojiOnly(each.dataset["emoji"] ?? ""))).toEqual([]);
});
