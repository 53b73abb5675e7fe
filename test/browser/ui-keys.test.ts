/** The keyboard: keys that work everywhere, jumping to a chat, one stop for the list, and a focus that is never lost. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { apple } from "../../web/src/ui/shortcuts.ts";
import { all, find, until } from "./drawn.ts";
import { chats, opened, ready, request } from "./fixture.ts";
import { clear, focus, get, LARGE, route, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

const [ada, ben, chi] = chats;
const chat = opened.open?.id ?? "";
const control = (key: string): Promise<void> =>
  userEvent.keyboard(apple ? `{Meta>}${key}{/Meta}` : `{Control>}${key}{/Control}`);
const field = (): HTMLInputElement => get("[role=combobox]") as HTMLInputElement;
async function type(text: string): Promise<void> {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await settle();
}

describe("jump to a chat", () => {
  it("filters names without regard to case and accents, and opens the chosen one", async () => {
    await show("chat");
    await control("k");
    await until(() => find("dialog[open]") !== undefined && focus() === field());
    expect(texts("[role=option] bdi.cut")).toHaveLength(chats.length);
    await type("NYSTROM");
    expect(texts("[role=option] bdi.cut")).toEqual(["Ada Nyström"]);
    await type("n");
    const names = texts("[role=option] bdi.cut");
    expect(names[0]).toBe("No name");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(textOf(get('[aria-selected="true"] bdi.cut'))).toBe(names[1]);
    expect(field().getAttribute("aria-activedescendant")).toBe(get('[aria-selected="true"]').id);
    await type("ben");
    await userEvent.keyboard("{Enter}");
    await until(() => route().chat === ben?.id && find("dialog[open]") === undefined);
    await until(() => focus()?.localName === "textarea");
  });

  it("says that nothing was found, and leaves all as it was at Escape", async () => {
    await show("chat");
    get("textarea").focus();
    await control("k");
    await until(() => find("dialog[open]") !== undefined);
    await type("zz");
    expect(texts("[role=status]")).toContain("No chat has this name.");
    await userEvent.keyboard("{Enter}{Escape}");
    await until(() => find("dialog[open]") === undefined);
    expect(route()).toEqual({ chat });
    expect(focus()).toBe(get("textarea"));
  });
});

describe("keys that work everywhere", () => {
  it("go to the next and the previous chat in the order of the list, requests first, and stop at its ends", async () => {
    await show({ state: { ...ready, chats: [...chats, request] } });
    const go = async (key: string, to: string | undefined): Promise<void> => {
      await userEvent.keyboard(`{Alt>}{${key}}{/Alt}`);
      await until(() => route().chat === to);
      await settle();
    };
    await go("ArrowDown", request.id);
    await go("ArrowUp", request.id);
    await go("ArrowDown", ada?.id);
    await go("ArrowDown", ben?.id);
    await go("ArrowUp", ada?.id);
  });

  it("are listed in a help of their own", async () => {
    await show("chat");
    await control("/");
    await until(() => find("dialog[open]") !== undefined);
    expect(all("dl dt").length).toBeGreaterThan(7);
    expect(texts("dl dd")).toContain("Jump to a chat");
    await userEvent.keyboard("{Escape}");
    await until(() => find("dialog[open]") === undefined);
  });

  it("hop from region to region and round again, both ways", async () => {
    await show("chat");
    get("textarea").focus();
    const seen: (string | undefined)[] = [];
    for (let hops = 0; hops < 3; hops++) {
      await userEvent.keyboard("{F6}");
      seen.push(focus()?.className || focus()?.localName);
    }
    expect(seen).toEqual(["chat ", "scroll", "textarea"]);
    await userEvent.keyboard("{Shift>}{F6}{/Shift}");
    expect(focus()?.className).toBe("scroll");
  });

  it("are silent while a sheet is open, and letters are for writing", async () => {
    await show("settings");
    await control("k");
    await settle();
    expect(route().sheet).toBe("settings");
    await show("chat");
    const app = await show("chat");
    await userEvent.click(get("textarea")); // while a sheet is open, Firefox takes Control+K for its own field
    get(".scroll[role=log]").focus();
    for (const letter of "abcdefghijklmnopqrstuvwxyz?/") await userEvent.keyboard(letter);
    expect(route()).toEqual({ chat });
    expect(app.calls.filter(([command]) => command !== "openChat")).toEqual([]);
  });
});

describe("the list", () => {
  it("is one stop for the Tab key: the open chat, or where the arrows were", async () => {
    await show("chat");
    const stops = (): (string | undefined)[] =>
      (all('.chat[tabindex="0"]') as HTMLElement[]).map(({ dataset }) => dataset["id"]);
    expect(stops()).toEqual([chat]);
    get(`.chat[data-id="${chat}"]`).focus();
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    await settle();
    expect(stops()).toEqual([chi?.id]);
    expect(focus()).toBe(get(`.chat[data-id="${chi?.id}"]`));
    get("textarea").focus();
    await settle();
    expect(stops()).toEqual([chat]);
  });
});
