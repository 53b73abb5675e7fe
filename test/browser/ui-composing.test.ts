/** The keys that end or leave the composition of a word are the keyboard's, also where Safari says so by their code alone. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { find, until } from "./drawn.ts";
import { clear, click, focus, get, LARGE, route, settle, show, size, write } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

async function press(target: Element | null, key: string, how: KeyboardEventInit): Promise<void> {
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...how }));
  await settle();
}
const isOpen = (): boolean =>
  find("nodus-emoji")?.shadowRoot?.querySelector("[popover]")?.matches(":popover-open") ?? false;

describe.each([
  ["by its flag", { isComposing: true }],
  ["by its code", { keyCode: 229 }],
])("a key that is part of a composition, told %s", (_, how) => {
  it("takes no emoji and does not close their list", async () => {
    await show("chat");
    await click("Emoji");
    await until(isOpen);
    await press(focus(), "Enter", how);
    await press(focus(), "Escape", how);
    expect(isOpen()).toBe(true);
    expect((get("textarea") as HTMLTextAreaElement).value).toBe("");
  });

  it("opens no chat from the sheet that jumps to one", async () => {
    await show("jump");
    await press(focus(), "Enter", how);
    expect(route().sheet).toBe("jump");
  });

  it("does not leave the chat, nor send", async () => {
    const app = await show("chat");
    const before = route();
    await write("日本");
    await press(get("textarea"), "Enter", how);
    await press(get("textarea"), "Escape", how);
    expect(route()).toEqual(before);
    expect(app.calls.filter(([command]) => command === "send")).toEqual([]);
  });

  it("is no shortcut", async () => {
    await show("chat");
    await press(get("textarea"), "k", { ...how, ctrlKey: true });
    expect(route().sheet).toBeUndefined();
  });
});
