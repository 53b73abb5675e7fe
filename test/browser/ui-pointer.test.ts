/** What a real pointer does, which opens, closes and selects by more events than a click: menus, sheets, bubbles. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { all, find, until } from "./drawn.ts";
import { button, clear, get, LARGE, route, settle, show, size, write } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

const menu = (): Element | undefined => all("[role=menu]").find((each) => each.matches(":popover-open"));

it("keeps the menu of a message open when the right button is let go", async () => {
  await show("chat");
  await userEvent.click(get(".row.mine .words"), { button: "right" });
  await settle();
  expect(menu()).toBeDefined();
  await userEvent.click(get(".content"), { position: { x: 5, y: 5 } });
  await settle();
  expect(menu()).toBeUndefined();
});

it("moves the menu to the message that is pressed next", async () => {
  await show("chat");
  const [first, second] = all(".row.mine .words").slice(-2) as [HTMLElement, HTMLElement];
  await userEvent.click(first, { button: "right" });
  await settle();
  const before = menu()?.getBoundingClientRect();
  await userEvent.click(second, { button: "right", position: { x: 3, y: 3 } });
  await settle();
  expect(menu()?.getBoundingClientRect().top).not.toBe(before?.top);
});

it("closes a menu and the emoji with the button that opened them", async () => {
  await show("chat");
  const more = button("What to do with this chat");
  await userEvent.click(more);
  await until(() => menu() !== undefined);
  await userEvent.click(more);
  await settle();
  expect(menu()).toBeUndefined();
  await userEvent.click(more);
  await until(() => menu() !== undefined);
  await userEvent.keyboard("{Escape}");

  const emoji = (): boolean => find("nodus-emoji")?.shadowRoot?.querySelector("[popover]:popover-open") != null;
  const smile = button("Emoji");
  await userEvent.click(smile);
  await until(emoji);
  await userEvent.click(smile);
  await settle();
  expect(emoji()).toBe(false);
  await userEvent.click(smile);
  await until(emoji);
});

it("keeps a sheet open when a selection is drawn out of it, and closes it at a press beside it", async () => {
  await show("settings");
  const dialog = get("dialog");
  const down = (at: HTMLElement): unknown =>
    at.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
  down(get("nodus-sheet input"));
  dialog.dispatchEvent(new MouseEvent("click", { bubbles: true })); // where both ends of the press are one's own
  await settle();
  expect(route().sheet).toBe("settings");
  down(dialog);
  dialog.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  await until(() => find("dialog") === undefined);
});

it("selects what was written and nothing around it", async () => {
  await show("chat");
  const content = get(".content");
  // In Chromium a shadow root has a selection of its own, elsewhere the document's reaches into it.
  const { getSelection = document.getSelection } = content.getRootNode() as Partial<Document>;
  const root = "getSelection" in content.getRootNode() ? content.getRootNode() : document;
  const selection = getSelection.call(root as Document) as Selection;
  selection.selectAllChildren(content);
  const text = String(selection);
  expect(text).toContain("Don’t forget the map");
  expect(text).not.toMatch(/Delivered|Details|Stored|Retry|\d\d:\d\d/);
});

const drag = (type: string, at: HTMLElement, data: DataTransfer): DragEvent => {
  const event = new DragEvent(type, { bubbles: true, composed: true, cancelable: true, dataTransfer: data });
  at.dispatchEvent(event);
  return event;
};

it("takes a text that is let go over the messages into what is being written", async () => {
  await show("chat");
  await write("See ");
  const data = new DataTransfer();
  data.setData("text/plain", "https://a.example/");
  expect(drag("dragover", get(".content"), data).defaultPrevented).toBe(true);
  drag("drop", get(".content"), data);
  await settle();
  expect((get("textarea") as HTMLTextAreaElement).value).toBe("See https://a.example/");
  expect(drag("drop", get("textarea"), data).defaultPrevented).toBe(false); // which the field does itself
});

it("does not leave the page for a file or a link that is let go where nothing can be written", async () => {
  await show("list");
  const link = new DataTransfer();
  link.setData("text/plain", "https://a.example/");
  const file = new DataTransfer();
  file.items.add(new File(["x"], "x.png", { type: "image/png" }));
  for (const data of [link, file]) {
    const over = drag("dragover", get("nodus-list"), data);
    expect([over.defaultPrevented, data.dropEffect]).toEqual([true, "none"]);
  }
});
