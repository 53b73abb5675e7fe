/** Going from place to place: the history, the address, the keyboard, and where the focus is. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { find, until } from "./drawn.ts";
import { chats, opened, ready } from "./fixture.ts";
import { back, button, clear, click, focus, get, LARGE, route, SMALL, settle, show, size } from "./stage.ts";

afterEach(clear);

const [ada, ben] = chats;
const item = (id: string | undefined): HTMLElement => get(`.chat[data-id="${id}"]`);
const shown = (selector: string): boolean => get(selector).checkVisibility();
async function choose(id: string | undefined): Promise<void> {
  item(id).focus();
  item(id).click();
  await settle();
}

describe("one pane", () => {
  beforeEach(() => size(SMALL));

  it("goes into a chat and back by the history, and back to the chat in the list", async () => {
    const app = await show({ state: ready });
    expect(shown("nodus-list")).toBe(true);
    await choose(ada?.id);
    expect(shown("nodus-list")).toBe(false);
    expect(app.calls).toContainEqual(["openChat", ada?.id]);
    await back();
    expect(shown("nodus-list")).toBe(true);
    expect(app.calls.at(-1)).toEqual(["openChat", undefined]);
    expect(focus()).toBe(item(ada?.id));
  });

  it("goes back by its own button, and where a reload left no way back, up", async () => {
    await show({ state: ready });
    await choose(ada?.id);
    button("Back").click();
    await until(() => route().chat === undefined);
    await show("chat"); // no entry of ours below
    button("Back").click();
    await until(() => route().chat === undefined);
    await settle();
    expect(shown("nodus-list")).toBe(true);
  });

  it("goes on to what was pressed before the browser had gone back", async () => {
    await show({ state: ready });
    button("Settings").click();
    await until(() => find("dialog[open]") !== undefined);
    button("Close").click();
    button("New invite").click();
    await until(() => route().sheet === "invite");
    await settle();
    expect(route().sheet).toBe("invite");
    await back();
    expect(route()).toEqual({});
  });

  it("closes a sheet at back, and keeps what lies below", async () => {
    const app = await show({ state: ready });
    app.effects["openChat"] = () => app.set(opened);
    await choose(ada?.id);
    get("nodus-timeline").shadowRoot?.querySelector<HTMLElement>(".meta")?.click();
    await until(() => find("dialog[open]") !== undefined);
    await back();
    expect(find("dialog[open]")).toBeUndefined();
    expect(shown("nodus-chat")).toBe(true);
  });
});

describe("two panes", () => {
  beforeEach(() => size(LARGE));

  it("shows both, and changing chats does not lengthen the way back", async () => {
    await show({ state: ready });
    await choose(ada?.id);
    const depth = history.length;
    await choose(ben?.id);
    expect(history.length).toBe(depth);
    expect(shown("nodus-list") && shown("nodus-chat")).toBe(true);
    await back();
    expect(route()).toEqual({});
  });

  it("writes at once where there is a keyboard", async () => {
    await show({ state: ready });
    await choose(ada?.id);
    await until(() => focus()?.localName === "textarea");
  });

  it("moves through the list with the arrow keys, and leaves a chat with Escape", async () => {
    await show({ state: ready });
    item(ada?.id).focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(focus()).toBe(item(ben?.id));
    await userEvent.keyboard("{End}{ArrowDown}{Home}");
    expect(focus()).toBe(item(ada?.id));
    await userEvent.keyboard("{Enter}");
    await until(() => route().chat === ada?.id);
    await settle();
    await userEvent.keyboard("{Escape}");
    await until(() => route().chat === undefined);
  });

  it("never writes a place or an invite into the address", async () => {
    const before = location.pathname + location.search;
    history.replaceState(null, "", `${before}#secret-of-an-invite`);
    await show({ state: ready });
    await choose(ada?.id);
    await click("Settings");
    await until(() => find("dialog[open]") !== undefined);
    expect(location.pathname + location.search + location.hash).toBe(before);
  });

  it("leaves a chat that is gone", async () => {
    const app = await show("chat");
    app.patch({ chats: chats.filter(({ id }) => id !== ada?.id) });
    await until(() => route().chat === undefined);
  });
});

describe("sheets", () => {
  beforeEach(() => size(LARGE));

  it("hold the focus, close at Escape, and give the focus back", async () => {
    await show({ state: ready });
    const opener = button("Settings");
    opener.focus();
    opener.click();
    await until(() => find("dialog[open]") !== undefined);
    await settle();
    const sheet = get("nodus-settings");
    for (let steps = 0; steps < 12; steps++) {
      await userEvent.keyboard("{Tab}");
      const at = document.activeElement === document.body ? undefined : focus();
      if (at) expect(isWithin(at, sheet)).toBe(true);
    }
    await userEvent.keyboard("{Escape}");
    await until(() => find("dialog[open]") === undefined);
    await until(() => focus() === opener);
  });

  it("close by a click beside them", async () => {
    await show("settings");
    get("dialog").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await until(() => find("dialog[open]") === undefined);
  });

  it("keep open at Escape while a question is asked in them", async () => {
    await show("message");
    await click("Delete");
    await userEvent.keyboard("{Escape}");
    await settle();
    expect(find("dialog[open]")).toBeDefined();
    expect(find("[role=group]")).toBeUndefined();
  });

  it("lead from the settings to a page, and from there back to the list", async () => {
    await show({ state: ready });
    await click("Settings");
    await until(() => find("dialog[open]") !== undefined);
    await click("Who can see what");
    await until(() => find(".page") !== undefined);
    expect(route()).toEqual({ page: "privacy" });
    await back();
    expect(route()).toEqual({});
  });
});

describe("an invite that was used", () => {
  it.each(["open-invite", "scan", undefined] as const)("leads to the chat that came of it, from %s", async (sheet) => {
    await size(LARGE);
    const app = await show({ state: { ...ready, invite: { kind: "looking" } }, route: sheet ? { sheet } : {} });
    app.effects["dismissInvite"] = () => app.patch({ invite: undefined } as never);
    app.patch({ invite: { kind: "known", chat: ben?.id ?? "" } });
    await until(() => route().chat === ben?.id);
    await until(() => find("dialog[open]") === undefined);
    await settle();
    expect(route()).toEqual({ chat: ben?.id });
    expect(app.calls.filter(([name]) => name === "dismissInvite")).toHaveLength(1);
  });
});

function isWithin(element: Element, ancestor: Element): boolean {
  for (let at: Node | null = element; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
    if (at === ancestor) return true;
  }
  return false;
}
