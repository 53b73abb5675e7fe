/** What the interface says of each state: no more than was proved, each with words of its own, and never as markup. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Delivery, InviteFault, MessageView, NoteView, Path } from "#app/api.ts";
import { all, find, until } from "./drawn.ts";
import { chats, invite, NOW, opened, ready, screens } from "./fixture.ts";
import { button, clear, click, focus, get, LARGE, route, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const chat = opened.open?.id ?? "";
const until7 = NOW + 6 * 86_400_000;
function own(delivery: Delivery, path: Path = "mailbox"): MessageView {
  return { id: "own", mine: true, text: "Hello", sent: NOW, arrived: NOW, delivery, path };
}
const withMessages = (...messages: MessageView[]) => ({
  state: { ...opened, open: { id: chat, messages, notes: [], more: false } },
  route: { chat },
});

describe("delivery", () => {
  const cases: [Delivery, string][] = [
    [{ kind: "queued" }, "Waiting to be sent"],
    [{ kind: "queued", reason: "offline" }, "Waiting: this device is offline"],
    [{ kind: "stored", held: 6, of: 8, until: until7 }, "Stored 6/8, until Thursday 14:20"],
    [{ kind: "delivered", at: NOW }, "Delivered"],
    [{ kind: "read", at: NOW }, "Read"],
  ];
  it.each(cases)("says %j under the newest own message", async (delivery, words) => {
    await show(withMessages(own(delivery)));
    expect(texts(".label").map(plainTime)).toEqual([words]);
    expect(find(`.row .mark.${delivery.kind}`)).toBeDefined();
  });
  it("claims no copies whose time is over, before anybody could look after them", async () => {
    await show(withMessages(own({ kind: "stored", held: 5, of: 5, until: NOW - 1 })));
    expect(texts(".label").join()).toMatch(/^Waiting: its copies ended .*, it is stored again by itself$/);
    expect(find(".row .mark.stored")).toBeUndefined();
  });

  it("gives every kind of mark a drawing of its own", async () => {
    const drawings = new Set<string>();
    for (const [delivery] of [...cases, [{ kind: "failed", reason: "not-fetched" }] as [Delivery]]) {
      await show(withMessages(own(delivery)));
      drawings.add(get(".bubble").querySelector(".mark")?.innerHTML ?? "");
    }
    expect(drawings.size).toBe(5);
  });

  it("says the state of an older message in words too", async () => {
    const older = { ...own({ kind: "stored", held: 3, of: 8, until: until7 }), id: "older" };
    await show(withMessages(older, own({ kind: "queued" })));
    expect(plainTime(textOf(get('[data-id="older"] .meta')))).toContain("Stored 3/8, until Thursday 14:20");
  });

  it("tells why a message failed and sends it again", async () => {
    const app = await show(withMessages(own({ kind: "failed", reason: "not-fetched" })));
    expect(textOf(get(".label"))).toContain("Failed. Not picked up in time");
    await click("Retry");
    expect(app.calls).toContainEqual(["retry", chat, "own"]);
  });

  it("says direct only where the text went over a direct link", async () => {
    await show(withMessages(own({ kind: "delivered", at: NOW }, "direct")));
    expect(textOf(get(".meta"))).toContain("direct");
    await show(withMessages(own({ kind: "delivered", at: NOW }, "mailbox")));
    expect(textOf(get(".meta"))).not.toContain("direct");
  });

  it("tells when each state was first reached", async () => {
    const [stored, delivered, read] = [NOW + 61_000, NOW + 122_000, NOW + 183_000];
    const message = { ...own({ kind: "read", at: read }), times: { stored, delivered, read } };
    await show({ ...withMessages(message), route: { chat, sheet: "message", item: "own" } });
    const facts = plainTime(textOf(get("dl"))).replace(/\d:(\d\d):(\d\d)/g, "$1:$2");
    expect(facts).toMatch(/Sent.*20:00.*Stored.*21:01.*Delivered.*22:02.*Read.*23:03/);
  });

  it("shows copies, times and way in the details, follows them, and deletes after a question", async () => {
    const app = await show({
      ...withMessages(own({ kind: "stored", held: 6, of: 8, until: until7 })),
      route: { chat, sheet: "message", item: "own" },
    });
    expect(textOf(get("dl"))).toContain("6 of 8");
    app.set(withMessages(own({ kind: "delivered", at: NOW }, "direct")).state);
    await settle();
    expect(textOf(get("dl"))).toContain("Directly, from browser to browser");
    expect(textOf(get("dl"))).not.toContain("6 of 8");
    await click("Delete");
    expect(app.calls.some(([command]) => command === "deleteMessage")).toBe(false);
    await click("Delete");
    dispatchEvent(new Event("pagehide"));
    expect(app.calls).toContainEqual(["deleteMessage", chat, "own"]);
  });
});

describe("between the messages", () => {
  const MINUTE = 60_000;
  const DAY = 86_400_000;
  const at = (id: string, before: number, mine = false): MessageView => {
    const sent = NOW - before;
    return { id, mine, text: id, sent, arrived: sent, ...(mine && { delivery: { kind: "delivered", at: sent } }) };
  };
  const rows = (): string[] =>
    (all("[data-row]") as HTMLElement[]).map((row) =>
      row.matches(".row")
        ? `${row.dataset["id"]}${row.matches(".first") ? "<" : ""}${row.matches(".last") ? ">" : ""}`
        : plainTime(textOf(row)),
    );
  const shown = async (messages: MessageView[], notes: readonly NoteView[], more = false): Promise<void> => {
    await show({ state: { ...opened, open: { id: chat, messages, notes, more } }, route: { chat } });
  };
  const renewed = (id: string, before: number): NoteView => ({ id, kind: "renewed", at: NOW - before });

  it("stand days, and minutes join what one side wrote", async () => {
    await shown([at("a", DAY), at("b", 2_000), at("c", 1_000), at("d", 900, true), at("e", 2 * -MINUTE, true)], []);
    expect(rows()).toEqual(["Yesterday", "a<>", "Today", "b<", "c>", "d<>", "e<>"]);
  });

  it("stand notes at their time, apart from bubbles of the same minute, also before all and after all", async () => {
    const messages = [at("a", 10 * MINUTE), at("b", 2_000), at("c", 0)];
    await shown(messages, [renewed("late", -MINUTE), renewed("mid", 1_000), renewed("old", 2 * DAY)]);
    const note = expect.stringMatching(/^Encryption keys renewed \d/);
    expect(rows()).toEqual(["Wednesday", note, "Today", "a<>", "b<>", note, "c<>", note]);
  });

  it("waits a note that is older than what is loaded", async () => {
    await shown([at("a", MINUTE)], [renewed("old", 2 * DAY)], true);
    expect(rows()).toEqual(["Today", "a<>"]);
  });

  it("keeps a row as it is drawn when another message changes", async () => {
    const messages = [at("a", DAY), at("b", 0, true)];
    const state = { id: chat, notes: [], more: false };
    const read = messages.with(1, { ...at("b", 0, true), delivery: { kind: "read", at: NOW } });
    const app = await show({ state: { ...opened, open: { ...state, messages } }, route: { chat } });
    const drawn = all("[data-row]");
    app.patch({ open: { ...state, messages: read } });
    await settle();
    expect(all("[data-row]")).toEqual(drawn);
    expect(texts(".label")).toEqual(["Read"]);
  });
});

describe("what strangers write", () => {
  it("stays text: markup in messages and names makes no element", async () => {
    const evil = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>';
    const state = withMessages({ id: "evil", mine: false, text: evil, sent: NOW, arrived: NOW }).state;
    await show({
      state: { ...state, chats: chats.map((each) => (each.id === chat ? { ...each, name: evil } : each)) },
      route: { chat },
    });
    expect(textOf(get(".flow"))).toContain(evil);
    expect(textOf(get(".who bdi"))).toBe(evil);
    expect(all("img, script").filter((element) => element.getRootNode() !== document)).toEqual([]);
    expect((globalThis as { hit?: number }).hit).toBeUndefined();
  });

  it("links http addresses, and no other scheme", async () => {
    const text = "see https://a.example/x?y=(1). or javascript:alert(1) http://b.example/, data:text/html,x https://";
    await show(withMessages({ id: "links", mine: false, text, sent: NOW, arrived: NOW }));
    const links = all(".flow a") as HTMLAnchorElement[];
    expect(links.map(({ href }) => href)).toEqual(["https://a.example/x?y=(1)", "http://b.example/"]);
    for (const link of links) expect(link.rel).toBe("noopener noreferrer");
    expect(textOf(get(".flow"))).toContain(text);
  });

  it("lets each text choose its direction", async () => {
    await show("chat");
    const arabic = all(".flow").find((each) => each.textContent?.includes("نلتقي"));
    expect(arabic && getComputedStyle(arabic).direction).toBe("rtl");
    const time = arabic?.querySelector("time") as HTMLElement;
    time.textContent = "3:38 PM";
    expect(placeOf(time.firstChild, 0).left).toBeLessThan(placeOf(time.firstChild, 5).left);
    expect(getComputedStyle(get(".flow")).direction).toBe("ltr");
  });

  it.each([
    ["left to right", "Somebody writes from left to right ", "rtl"],
    ["right to left", "نلتقي عند المدخل الجنوبي الساعة ", "accented"],
  ] as const)("begins in the list with its beginning: %s", async (_way, text, unsafeTestingPseudo) => {
    const [first] = chats;
    const last = { text: text.repeat(4), at: NOW, mine: true };
    await show({ state: { ...ready, chats: first ? [{ ...first, last }] : [] } }, { unsafeTestingPseudo });
    const line = get(".last");
    const words = [...(line.querySelector("bdi")?.childNodes ?? [])].find((node) => node.textContent?.includes(text));
    const [sign, room] = [placeOf(words, 0), line.getBoundingClientRect()];
    expect(sign.left).toBeGreaterThanOrEqual(room.left - 1);
    expect(sign.right).toBeLessThanOrEqual(room.right + 1);
  });
});

describe("invites", () => {
  const faults: InviteFault[] = [
    "malformed",
    "foreign-network",
    "expired",
    "used",
    "revoked",
    "own",
    "not-found",
    "unreachable",
    "failed",
  ];
  it("has a sentence of its own for each fault, before the start, at opening and in a chat that waits", async () => {
    for (const [screen, place] of [
      ["first-run-fault", ".card .fault"],
      ["open-invite-fault", ".fault-box"],
      ["pending-fault", ".bar.warns"],
    ] as const) {
      const said = new Set<string>();
      for (const fault of faults) {
        const { state, route: at } = screens[screen] ?? { state: ready };
        const now =
          state.phase === "ready"
            ? {
                ...state,
                ...(state.invite && { invite: { kind: "fault" as const, fault } }),
                chats: state.chats.map((each) => (each.inviteFault ? { ...each, inviteFault: fault } : each)),
              }
            : { phase: "first-run" as const, invite: { kind: "fault" as const, fault } };
        await show({ state: now, ...(at && { route: at }) });
        said.add(textOf(get(place)));
      }
      expect(said.size).toBe(faults.length);
    }
  });

  it("makes one at a click, shows link and code, and takes it back after a question", async () => {
    const app = await show({ state: ready });
    app.effects["createInvite"] = () => app.patch({ invites: [{ ...invite, state: "preparing", held: 2 }] });
    await click("New invite");
    await until(() => find("svg[role=img]") !== undefined);
    expect((get("#link") as HTMLInputElement).value).toBe(invite.link);
    expect(texts("[role=status]").some((text) => text.includes("2 of 8 copies"))).toBe(true);
    app.patch({ invites: [invite] });
    await settle();
    expect(texts("[role=status]").some((text) => text.includes("8 of 8 copies"))).toBe(true);
    await click("Take back");
    expect(app.calls.map(([command]) => command)).not.toContain("revokeInvite");
    await click("Take back");
    expect(app.calls).toContainEqual(["revokeInvite", invite.id]);
  });

  it("opens one by itself when its link was opened, and leads into the chat", async () => {
    const app = await show({ state: ready });
    app.patch({ invite: { kind: "looking" } });
    await until(() => find("dialog[open]") !== undefined);
    app.patch({ invite: { kind: "found", name: "Ada", identity: "ada0".repeat(16), ends: invite.ends } });
    await settle();
    expect(texts("h3").some((text) => text.includes("Ada") && text.includes("invites you"))).toBe(true);
    app.effects["acceptInvite"] = () => {
      const { invite: _, ...rest } = app.ready;
      app.set(rest);
    };
    const composer = get("nodus-composer");
    composer.dispatchEvent(new CustomEvent("text", { detail: "Hi" }));
    await until(() => route().chat === chats[0]?.id);
    await settle();
    expect(app.calls).toContainEqual(["acceptInvite", "Hi"]);
    expect(find("dialog[open]")).toBeUndefined();
  });

  it("asks the app to forget an invite whose sheet was closed", async () => {
    const app = await show("open-invite-found");
    await click("Close");
    expect(app.calls).toContainEqual(["dismissInvite"]);
  });
});

describe("the whole app", () => {
  it("tells the connections apart in a status line, and is silent when all is well", async () => {
    const app = await show({ state: ready });
    const line = (): string => textOf(get("nodus-banner").shadowRoot?.querySelector("[role=status]") ?? document.body);
    expect(line()).toBe("");
    const said = new Set<string>();
    for (const connection of ["device-offline", "no-peers", "no-anchors"] as const) {
      app.patch({ connection });
      await settle();
      said.add(line());
    }
    expect(said.size).toBe(3);
    app.patch({ connection: "online", skew: -20 * 60_000, storageFull: true });
    await settle();
    expect(line()).toMatch(/20 min.* slow.*The disk is full/);
  });

  it("says that it is connecting without moving a chat from under the finger", async () => {
    const app = await show({ state: { ...ready, connection: "connecting" } });
    const before = get(".chat").getBoundingClientRect();
    expect(texts("header [role=status]").join()).toContain("Connecting");
    app.patch({ connection: "online" });
    await settle();
    expect(get(".chat").getBoundingClientRect()).toEqual(before);
    expect(texts("[role=status]").join()).not.toContain("Connecting");
  });

  it("leads whoever accepted by keyboard to where one writes, whenever the app has it", async () => {
    const app = await show("request");
    const { chat } = route();
    button("Accept").focus();
    await click("Accept");
    await settle();
    app.patch({ chats: app.ready.chats.map((each) => (each.id === chat ? { ...each, phase: "open" } : each)) });
    await until(() => focus()?.localName === "textarea");
  });

  it("says that a command failed", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("request");
    app.refused.add("acceptRequest");
    await click("Accept");
    await settle();
    expect(texts("[role=status]").join()).toContain("That did not work");
  });

  it("says no word of nothing lost where all that was stored is gone", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("request");
    app.refused.add("acceptRequest");
    await click("Accept");
    app.set({ phase: "broken", fault: "storage-gone" });
    await settle();
    expect(texts(".centre p").join()).toContain("has deleted what Nodus had stored");
    expect(texts("[role=status]").join()).not.toContain("Nothing was lost");
    app.set({ phase: "deleted" });
    await settle();
    expect(texts("[role=status]").join()).not.toContain("Nothing was lost");
  });

  it("says it on the sheet where the command was given, too", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("settings");
    app.refused.add("setName");
    await click("Save");
    await settle();
    expect(textOf(get("p.failed"))).toContain("That did not work");
  });

  it("starts with a name, or without one", async () => {
    const app = await show("first-run");
    (get("#name") as HTMLInputElement).value = "  Jo ";
    await click("Start");
    expect(app.calls).toEqual([["begin", "Jo"]]);
  });

  it("has the numbers of the node sent only while they are looked at", async () => {
    const app = await show("node");
    expect(app.calls).toContainEqual(["showNode", true]);
    expect(all("tr[data-peer]").length).toBe(3);
    expect(textOf(get(".groups"))).toContain("refused.full");
    await click("Back");
    expect(app.calls).toContainEqual(["showNode", false]);
  });

  it("saves another name", async () => {
    const app = await show("settings");
    (get("#name") as HTMLInputElement).value = "Johanna";
    button("Save").click();
    await settle();
    expect(app.calls).toContainEqual(["setName", "Johanna"]);
    expect(textOf(button("Saved"))).toBe("Saved");
  });
});

/** The clock of the test machine may be of twelve hours. */
function plainTime(text: string): string {
  return text.replace(/2:20\s?pm/i, "14:20");
}

/** Where a sign of a text stands. */
function placeOf(text: Node | null | undefined, at: number): DOMRect {
  if (!text) throw new Error("there is no such text");
  const range = document.createRange();
  range.setStart(text, at);
  range.setEnd(text, at + 1);
  return range.getBoundingClientRect();
}
