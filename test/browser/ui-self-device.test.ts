/** What the settings say of this device, what needs a click, another version, another device, and deleting everything. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { find, until } from "./drawn.ts";
import { chats, type FixtureApp, ready } from "./fixture.ts";
import { button, clear, click, get, LARGE, route, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const commands = (app: FixtureApp): string[] => app.calls.map(([command]) => command);
const settings = { state: ready, route: { sheet: "settings" as const } };
const control = (label: string): HTMLInputElement => {
  const found = (get("nodus-settings-notices").shadowRoot?.querySelectorAll("label") ?? []).values();
  for (const each of found) if (textOf(each).startsWith(label)) return each.querySelector("input") as HTMLInputElement;
  throw new Error(`there is no switch ${label}`);
};
async function press(label: string): Promise<void> {
  control(label).click();
  await settle();
}

describe("notices", () => {
  it("are asked for only at the switch, with the reason beside it", async () => {
    const app = await show(settings);
    expect(texts("label.switch").join()).toContain("Your browser will ask you");
    expect(commands(app)).not.toContain("allowNotices");
    app.effects["allowNotices"] = () => app.patchDevice({ notices: "granted" });
    app.effects["setPrefs"] = (given: object) => app.patch({ prefs: { ...app.ready.prefs, ...given } });
    await press("Notify me of new messages");
    expect(app.calls.filter(([command]) => /Notices|Prefs/.test(command))).toEqual([
      ["allowNotices"],
      ["setPrefs", { notices: true }],
    ]);
    expect(control("Notify me of new messages").checked).toBe(true);
    expect(control("Show sender and text").checked).toBe(false);
    await press("Show sender and text");
    expect(app.calls.at(-1)).toEqual(["setPrefs", { noticeContent: true }]);
    await press("Notify me of new messages");
    expect(app.calls.at(-1)).toEqual(["setPrefs", { notices: false }]);
    expect(control("Notify me of new messages").checked).toBe(false);
  });

  it("stay off where they are refused, and the switch says so", async () => {
    const app = await show(settings);
    app.allowNotices = async () => false;
    await press("Notify me of new messages");
    expect(commands(app)).not.toContain("setPrefs");
    expect(control("Notify me of new messages").checked).toBe(false);
    expect(texts("[role=status]").join()).toContain("were not allowed");
    app.patchDevice({ notices: "denied" });
    await settle();
    expect(texts(".warn").join()).toContain("Your browser blocks notifications");
    expect(control("Notify me of new messages").disabled).toBe(true);
  });

  it("tell apart a browser without and a device that has to install first", async () => {
    const app = await show({ ...settings, device: { notices: "unsupported" } });
    expect(texts(".hint")).toContain("This browser shows no notifications.");
    app.patchDevice({ install: "guide" });
    await settle();
    expect(texts(".hint").join()).toContain("Install it first");
  });
});

describe("storage", () => {
  const warned = (): boolean => texts(".warn").some((text) => text.includes("may delete all this"));

  it("tells how much is used, and asks the browser to keep it", async () => {
    const app = await show(settings);
    expect(texts("p").join()).toMatch(/5\.4\sMB used of the 2\sGB/);
    app.keepStorage = async () => false;
    await click("Ask the browser to keep it");
    expect(texts("[role=status]").join()).toContain("has not agreed yet");
    app.patchDevice({ persisted: true });
    await settle();
    expect(texts(".hint").join()).toContain("keeps this data until you delete it");
  });

  it("warns only where nothing is kept for good and something was sent", async () => {
    const app = await show(settings);
    expect(warned()).toBe(false);
    for (const [backup, persisted, expected] of [
      ["not-yet", false, false],
      ["due", false, true],
      ["later", false, true],
      ["later", true, false],
    ] as const) {
      app.patch({ backup });
      app.patchDevice({ persisted });
      await settle();
      expect(warned()).toBe(expected);
    }
  });
});

describe("installing", () => {
  it("has a button, a guide in pictures, a word that it is done, or nothing", async () => {
    const app = await show({ ...settings, device: { install: "prompt" } });
    await click("Install");
    expect(commands(app)).toContain("install");
    app.patchDevice({ install: "guide" });
    await settle();
    expect(find(".guide")?.querySelectorAll("svg.picture")).toHaveLength(3);
    expect(textOf(get(".guide"))).toContain("Add to Home Screen");
    app.patchDevice({ install: "installed" });
    await settle();
    expect(texts("p").join()).toContain("Nodus is installed");
    app.patchDevice({ install: "none" });
    await settle();
    expect(texts("h3")).not.toContain("App");
  });
});

describe("the other settings", () => {
  it("unblock a contact by name", async () => {
    const [ada] = chats;
    const app = await show({
      ...settings,
      state: { ...ready, chats: [{ ...ada, blocked: true } as (typeof chats)[0]] },
    });
    const unblock = get("nodus-settings-blocked").shadowRoot?.querySelector("button");
    expect(unblock?.getAttribute("aria-label")).toContain("Ada Nyström");
    unblock?.click();
    expect(app.calls.at(-1)).toEqual(["unblock", ada?.id]);
    app.patch({ chats });
    await settle();
    expect(find("nodus-settings-blocked")).toBeUndefined();
  });

  it("tell version, build, and which tab is the node", async () => {
    const app = await show(settings);
    const about = (): string => texts("section").join();
    expect(about()).toMatch(/Version 0\.1\.0.*4f2c9e1b07d3.*This tab is your node/);
    app.patch({ leads: false });
    await settle();
    expect(about()).toContain("Another tab is your node");
  });

  it("lead to the words until they are kept", async () => {
    const app = await show({ ...settings, state: { ...ready, backup: "not-yet" } });
    await click("Show words");
    await until(() => find("nodus-backup") !== undefined);
    expect(route()).toEqual({ sheet: "backup" });
    app.patch({ backup: "confirmed" });
    await show(settings);
    expect(texts("button")).not.toContain("Show words");
  });
});

describe("a new version", () => {
  it("waits for Reload, and is out of the way at Later but in the settings", async () => {
    const app = await show("update");
    const line = (): string => textOf(get("nodus-banner").shadowRoot?.querySelector("[role=status]") ?? document.body);
    expect(line()).toContain("Drafts are kept");
    expect(commands(app)).not.toContain("applyUpdate");
    await click("Later");
    expect(line()).toBe("");
    app.patchDevice({ update: true });
    await settle();
    expect(line()).toBe("");
    await click("Settings");
    await until(() => find("dialog[open]") !== undefined);
    await click("Reload");
    expect(commands(app)).toContain("applyUpdate");
  });

  it("is not offered before there is anything to keep", async () => {
    await show({ state: { phase: "first-run" }, device: { update: true } });
    expect(texts("[role=status]").join("")).toBe("");
  });
});

describe("an identity that was restored elsewhere", () => {
  it("is told, without a promise that anything leaves, and with what to do", async () => {
    await show("superseded"); // and offline
    const line = textOf(get("nodus-banner").shadowRoot?.querySelector("[role=status]") ?? document.body);
    expect(line).toContain("This one no longer sends.");
    expect(line).not.toContain("leaves by itself");
    await click("What now?");
    await until(() => find("dialog[open]") !== undefined);
    expect(texts("section h3")).toEqual(["It was you", "It was not you"]);
    await click("Delete everything…");
    await until(() => find("nodus-delete-all") !== undefined);
  });
});

describe("deleting everything", () => {
  const armed = (): boolean => !(button("Delete everything") as HTMLButtonElement).disabled;
  async function type(text: string): Promise<void> {
    const field = get("#typed") as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new InputEvent("input"));
    await settle();
  }

  it("says what goes and what others keep until when", async () => {
    await show("delete");
    const lists = texts("nodus-sheet section, section").join(" ");
    expect(lists).toMatch(/chats, contacts, drafts.*Your keys.*received.*7 days at most.*up to 14 days/);
    expect(texts(".warn").join()).toContain("With your 24 words you can come back");
    await show("delete-unsaved");
    expect(texts(".warn").join()).toContain("gone for good");
  });

  it("takes the word or the own name, and nothing else", async () => {
    const app = await show("delete");
    const taken: Record<string, boolean> = {};
    for (const text of ["", " ", "DELET", "jo", "Johanna", "delete", "DELETE ", "Jo"]) {
      await type(text);
      taken[text] = armed();
    }
    expect(taken).toEqual({
      ...{ "": false, " ": false, DELET: false, jo: false, Johanna: false },
      ...{ delete: true, "DELETE ": true, Jo: true },
    });
    expect(app.calls).toEqual([]);
  });

  it("cannot be armed by no name", async () => {
    await show({ state: { ...ready, me: { ...ready.me, name: "" } }, route: { sheet: "delete" } });
    expect(textOf(get("label[for=typed]"))).toBe("Type DELETE to confirm");
    await type("");
    expect(armed()).toBe(false);
  });

  it("shows that it works, cannot be left meanwhile, and ends with a way to start anew", async () => {
    const app = await show("delete");
    let done = (): void => undefined;
    app.deleteEverything = () =>
      new Promise((go) => {
        done = go;
      });
    await type("DELETE");
    await click("Delete everything");
    expect(find("progress")).toBeDefined();
    await click("Close");
    expect(find("dialog[open]")).toBeDefined();
    done();
    app.set({ phase: "deleted" });
    await settle();
    expect(texts("h1")).toEqual(["Everything that was here is deleted."]);
    expect(textOf(button("Start anew"))).toBe("Start anew");
    expect(find("nodus-list, dialog")).toBeUndefined();
  });

  it("says what to do where it fails", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("delete");
    app.refused.add("deleteEverything");
    await type("DELETE");
    await click("Delete everything");
    expect(texts("[role=status]").join()).toContain("Not everything could be deleted");
    expect(texts("[role=status]").join()).not.toContain("Nothing was lost");
    expect(armed()).toBe(true);
  });
});
