/** What can be done with a message and with a chat: menus, deletion that can be taken back, block and delete. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { ChatView, MessageView, ReadyState } from "#app/api.ts";
import { all, find, until } from "./drawn.ts";
import { chats, type FixtureApp, NOW, opened, request, screens } from "./fixture.ts";
import { back, button, clear, click, focus, get, LARGE, route, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const chat = opened.open?.id ?? "";
const theirs: MessageView = { id: "theirs", mine: false, text: "*Hello* you", sent: NOW - 9e6, arrived: NOW - 9e6 };
const own: MessageView = {
  id: "own",
  mine: true,
  text: "Mine",
  sent: NOW,
  arrived: NOW,
  delivery: { kind: "read", at: NOW },
};
const queued: MessageView = { ...own, id: "queued", text: "Waits", delivery: { kind: "queued" } };
const failed: MessageView = { ...own, id: "failed", text: "Not", delivery: { kind: "failed", reason: "not-fetched" } };
async function talk(...messages: MessageView[]): Promise<FixtureApp> {
  const app = await show({
    state: { ...opened, open: { id: chat, messages, notes: [], more: false } },
    route: { chat },
  });
  app.effects["deleteMessage"] = ((_: string, id: string) => {
    const open = app.ready.open as NonNullable<ReadyState["open"]>;
    app.patch({ open: { ...open, messages: open.messages.filter((each) => each.id !== id) } });
  }) as never;
  return app;
}
const row = (id: string): HTMLElement => get(`.row[data-id="${id}"]`);
const isOpen = (): boolean => all("[role=menu]").some((menu) => menu.matches(":popover-open"));
async function menuOf(id: string): Promise<void> {
  row(id).querySelector<HTMLElement>(".more")?.click();
  await until(isOpen);
}
const items = (): string[] => all("[role=menu]:popover-open [role=menuitem]").map(textOf);
async function pick(name: string): Promise<void> {
  (all("[role=menuitem]").find((each) => textOf(each) === name && each.checkVisibility()) as HTMLElement).click();
  await settle();
}
const deleted = (app: FixtureApp): unknown[] => app.calls.filter(([command]) => command === "deleteMessage");

describe("the menu of a message", () => {
  it("offers what can be done with it", async () => {
    await talk(theirs, own, failed);
    await menuOf("own");
    expect(items()).toEqual(["Copy text", "Details", "Delete"]);
    await userEvent.keyboard("{Escape}");
    expect(isOpen()).toBe(false);
    expect(route().chat).toBe(chat);
    await menuOf("failed");
    expect(items()[0]).toBe("Retry");
  });

  it("opens at a right click and a long press, but not over a selection", async () => {
    await talk(theirs, own);
    const at = { bubbles: true, composed: true, cancelable: true, button: 2, clientX: 700, clientY: 300 };
    row("own").dispatchEvent(new PointerEvent("contextmenu", { ...at, pointerType: "mouse" }));
    await until(isOpen);
    const { left, top } = get("[role=menu]:popover-open").getBoundingClientRect();
    expect([left, top]).toEqual([700, 300]);
    await userEvent.keyboard("{Escape}");
    row("own").dispatchEvent(new PointerEvent("pointerdown", { ...at, button: 0, pointerType: "touch" }));
    await until(isOpen);
    await userEvent.keyboard("{Escape}");
    vi.spyOn(globalThis, "getSelection").mockReturnValue({ toString: () => "some" } as Selection);
    const native = new PointerEvent("contextmenu", { ...at, pointerType: "mouse" });
    row("own").dispatchEvent(native);
    await settle();
    expect(native.defaultPrevented || isOpen()).toBe(false);
  });

  it("is used with the keyboard alone, stays on the screen, and gives the focus back", async () => {
    await talk(theirs, own);
    const meta = row("own").querySelector(".meta") as HTMLElement;
    meta.focus();
    meta.dispatchEvent(new PointerEvent("contextmenu", { bubbles: true, composed: true, cancelable: true, button: 0 }));
    await until(isOpen);
    const { bottom, right } = get("[role=menu]:popover-open").getBoundingClientRect();
    expect(bottom <= innerHeight && right <= innerWidth).toBe(true);
    const at = (): string => textOf(focus() as Element);
    expect(at()).toBe("Copy text");
    await userEvent.keyboard("{ArrowUp}");
    expect(at()).toBe("Delete");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(at()).toBe("Details");
    await userEvent.keyboard("{Escape}");
    expect(focus()).toBe(meta);
  });

  it("copies the text as it was written, and says so", async () => {
    await talk(theirs);
    const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await menuOf("theirs");
    await pick("Copy text");
    expect(written).toHaveBeenCalledWith("*Hello* you");
    expect(texts("[role=status]")).toContain("Copied");
  });
});

describe("deleting a message", () => {
  it("hides it, says what that means, and can be taken back", async () => {
    const app = await talk(theirs, own);
    await menuOf("theirs");
    await pick("Delete");
    expect(find('.row[data-id="theirs"]')).toBeUndefined();
    expect(textOf(get(".undo"))).toContain("Ada Nyström⁩ keeps it");
    expect(deleted(app)).toEqual([]);
    await click("Undo");
    expect(row("theirs")).toBeDefined();
    expect(find(".undo")).toBeUndefined();
    dispatchEvent(new Event("pagehide"));
    expect(deleted(app)).toEqual([]);
  });

  it("is done after a while, at the next one, and when the chat is left", async () => {
    const app = await talk(theirs, own, { ...own, id: "other" });
    await menuOf("theirs");
    await pick("Delete");
    await until(() => deleted(app).length === 1);
    expect(find(".undo")).toBeUndefined();
    await menuOf("own");
    await pick("Delete");
    await menuOf("other");
    await pick("Delete");
    expect(deleted(app).at(-1)).toEqual(["deleteMessage", chat, "own"]);
    get(`.chat[data-id="${chats[1]?.id}"]`).click();
    await until(() => deleted(app).length === 3);
  });

  it("does it at once where the message waits to leave, and sends it again when taken back", async () => {
    const app = await talk(own, queued);
    await menuOf("queued");
    await pick("Delete");
    expect(deleted(app)).toEqual([["deleteMessage", chat, "queued"]]);
    expect(textOf(get(".undo"))).toContain("has not left this device and never will");
    await click("Undo");
    expect(app.calls).toContainEqual(["send", chat, "Waits"]);
  });

  it("waits while somebody is at the button", async () => {
    const app = await talk(theirs, own);
    await menuOf("theirs");
    await pick("Delete");
    button("Undo").focus();
    await new Promise((done) => setTimeout(done, 5_500));
    expect(deleted(app)).toEqual([]);
    button("Undo").blur();
    await until(() => deleted(app).length === 1);
  });
});

describe("block and delete", () => {
  const withChat = (part: Partial<ChatView>): ReadyState => ({
    ...opened,
    chats: chats.map((each) => (each.id === chat ? { ...each, ...part } : each)),
  });

  it("blocks out of the menu of the chat", async () => {
    const app = await show("chat");
    await click("What to do with this chat");
    await until(isOpen);
    expect(items()).toEqual(["Block", "Delete chat"]);
    await pick("Block");
    expect(app.calls).toContainEqual(["block", chat]);
  });

  it("shows a bar instead of the composer, and unblocks there and in the menu", async () => {
    const app = await show({ state: withChat({ blocked: true }), route: { chat } });
    expect(find("nodus-composer")).toBeUndefined();
    expect(textOf(get(".bar"))).toContain("You have blocked");
    expect(textOf(get(".state"))).toBe("Blocked");
    await click("What to do with this chat");
    await until(isOpen);
    expect(items()[0]).toBe("Unblock");
    await userEvent.keyboard("{Escape}");
    app.effects["unblock"] = () => app.patch({ chats });
    button("Unblock").click();
    await until(() => focus()?.localName === "textarea");
    expect(app.calls).toContainEqual(["unblock", chat]);
  });

  it("counts nothing as new that a blocked contact wrote before", async () => {
    const state = withChat({ blocked: true, unread: 7 });
    const others = state.chats.reduce((sum, { blocked, unread }) => sum + (blocked ? 0 : unread), 0);
    await show({ state });
    expect(find(`.chat[data-id="${chat}"] .count`)).toBeUndefined();
    expect(document.title).toBe(`(${others}) Nodus`);
  });

  it("offers block beside decline", async () => {
    const app = await show("request");
    await click("Block");
    expect(app.calls).toContainEqual(["block", request.id]);
  });

  it("deletes a chat after a sheet that says what happens, and leaves it", async () => {
    const app = await show({ state: screens["chat"]?.state ?? opened, route: { chat } });
    app.effects["deleteChat"] = () => app.patch({ chats: chats.filter(({ id }) => id !== chat) });
    await click("What to do with this chat");
    await until(isOpen);
    await pick("Delete chat");
    await until(() => find("dialog[open]") !== undefined);
    expect(texts("nodus-sheet p").join(" ")).toContain("This cannot be undone");
    await back();
    expect(app.calls.map(([command]) => command)).not.toContain("deleteChat");
    await click("What to do with this chat");
    await pick("Delete chat");
    await until(() => find("dialog[open]") !== undefined);
    (all("nodus-sheet button").find((each) => textOf(each) === "Delete chat") as HTMLElement).click();
    await until(() => route().chat === undefined && find("dialog[open]") === undefined);
    expect(app.calls).toContainEqual(["deleteChat", chat]);
  });
});

describe("somebody without a name", () => {
  const nameless = { ...request, name: "" };
  const states: [Partial<ChatView>, string][] = [
    [{}, "Somebody wants to chat with you."],
    [{ phase: "pending" }, "Your message waits for this person."],
    [{ phase: "pending", inviteFault: "revoked" }, "This person took this invite back."],
    [{ phase: "pending", inviteFault: "used" }, "so this person will not see this."],
    [{ phase: "open", blocked: true }, "You have blocked this person."],
  ];
  it.each(states)("is somebody, in sentences too: %j", async (change, words) => {
    const one = { ...nameless, ...change };
    await show({
      state: { ...opened, chats: [one], open: { id: one.id, messages: [theirs], notes: [], more: false } },
      route: { chat: one.id },
    });
    const bar = textOf(get(".bar"));
    expect(bar).toContain(words);
    expect(bar).not.toContain("No name");
  });

  it("invites, and is asked about before their chat is deleted", async () => {
    const found = { kind: "found", name: "", identity: "", ends: NOW + 86_400_000 } as const;
    await show({ state: { ...opened, invite: found }, route: { sheet: "open-invite" } });
    await until(() => find(".who h3") !== undefined);
    expect(textOf(get(".who h3"))).toBe("You are invited to chat");
    const one = { ...nameless, phase: "open" } as const;
    await show({ state: { ...opened, chats: [one] }, route: { chat: one.id, sheet: "delete-chat" } });
    await until(() => find("dialog[open]") !== undefined);
    expect(textOf(get("dialog h2"))).toBe("Delete the chat with this person?");
    expect(textOf(get(".stack"))).toContain("This person is not told");
  });
});
