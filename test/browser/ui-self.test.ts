/** Keeping an identity and bringing it back: the card, the 24 words and their proof, the restore before the start. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { readWords } from "#adapters/words.ts";
import { find, until } from "./drawn.ts";
import { type FixtureApp, opened, ready, WORDS } from "./fixture.ts";
import {
  back,
  button,
  clear,
  click,
  focus,
  get,
  LARGE,
  route,
  SMALL,
  settle,
  show,
  size,
  textOf,
  texts,
} from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const commands = (app: FixtureApp): string[] => app.calls.map(([command]) => command);
const due = { state: { ...ready, backup: "due" as const } };
const shownWords = (): string[] => texts(".words li");
const warned = (): string => texts("[role=alert]").join("");
async function type(text: string): Promise<void> {
  const field = get("textarea") as HTMLTextAreaElement;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  await settle();
}
async function toWords(): Promise<FixtureApp> {
  const app = await show({ ...due, route: { sheet: "backup" } });
  await click("Reveal the words");
  return app;
}
async function toProof(): Promise<FixtureApp> {
  const app = await toWords();
  app.effects["confirmBackup"] = (proof: string | true) => {
    if (proof === true || proof === WORDS.join(" ")) app.patch({ backup: "confirmed" });
  };
  await click("I have them");
  return app;
}

describe("the card above the list", () => {
  it("comes when a backup is due, becomes a chip at Later, and is gone when it is confirmed", async () => {
    const app = await show({ state: { ...ready, backup: "not-yet" } });
    const card = (): string => textOf(get("nodus-backup-card").shadowRoot?.firstElementChild ?? document.body);
    expect(get("nodus-backup-card").shadowRoot?.childElementCount).toBe(0);
    app.patch({ backup: "due" });
    await settle();
    expect(card()).toContain("Keep your identity: 24 words");
    app.effects["deferBackup"] = () => app.patch({ backup: "later" });
    button("Later").focus();
    await click("Later");
    expect(card()).toBe("Save your 24 words");
    expect(focus()).toBe(get(".chip"));
    await click("Save your 24 words");
    await until(() => find("dialog[open]") !== undefined);
    expect(route()).toEqual({ sheet: "backup" });
    for (const done of [{ backup: "confirmed" }, { backup: "due", superseded: true }] as const) {
      app.patch(done);
      await settle();
      expect(get("nodus-backup-card").shadowRoot?.childElementCount).toBe(0);
    }
  });

  it("warns of a browser that may delete, and only of such a one", async () => {
    const app = await show({ ...due, device: { persisted: false } });
    expect(texts(".hint").join()).toContain("may delete what it stores");
    app.patchDevice({ persisted: true });
    await settle();
    expect(texts(".hint").join()).not.toContain("may delete what it stores");
  });
});

describe("the 24 words", () => {
  it("are not asked for before Reveal, then stand in their order, and leave no trace", async () => {
    const noise = vi.spyOn(console, "log");
    const app = await show({ ...due, route: { sheet: "backup" } });
    expect(commands(app)).not.toContain("backupWords");
    expect(shownWords()).toEqual([]);
    await click("Reveal the words");
    expect(shownWords()).toEqual(WORDS);
    await click("Hide");
    expect(shownWords()).toEqual([]);
    await click("Reveal the words");
    for (const place of [document.title, JSON.stringify(history.state), location.href]) {
      expect(WORDS.filter((word) => place.includes(word))).toEqual([]);
    }
    expect(noise).not.toHaveBeenCalled();
    await click("Close");
    expect(shownWords()).toEqual([]);
  });

  it("say what they bring back and what they do not", async () => {
    await show({ ...due, route: { sheet: "backup" } });
    const points = texts(".points").join(" ");
    expect(points).toMatch(/same person.*What they do not do.*no messages.*no contacts.*as a request/);
  });

  it("are copied, with a hint and a way to clear that", async () => {
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => void copied.push(text));
    await toWords();
    await click("Copy");
    expect(texts(".clip").join()).toContain("Other apps can read");
    await click("Clear the clipboard");
    expect(copied).toEqual([WORDS.join(" "), ""]);
    expect(texts(".clip").join()).toContain("The clipboard is empty");
  });

  it("are downloaded as a file that can be read back as a whole", async () => {
    let file: Blob | undefined;
    let name = "";
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      file = blob as Blob;
      return "blob:fixture";
    });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      name = this.download;
    });
    await toWords();
    await click("Download");
    expect(name).toBe("nodus-words.txt");
    const text = (await file?.text()) ?? "";
    expect(text).toContain("1. legal\n2. winner\n");
    expect(readWords(text)).toMatchObject({ state: "complete" });
  });

  it("say so where the app has them no longer", async () => {
    const app = await show({ ...due, route: { sheet: "backup" } });
    app.backupWords = () => Promise.resolve(undefined);
    await click("Reveal the words");
    expect(warned()).toContain("shows the words no more");
  });
});

describe("the proof", () => {
  it("takes the words in any shape, and says that they are erased", async () => {
    const app = await toProof();
    await type(WORDS.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join("\n"));
    await click("Confirm and erase here");
    expect(app.calls).toContainEqual(["confirmBackup", WORDS.join(" ")]);
    expect(texts("[role=status]").join()).toContain("has erased the words from this browser");
  });

  it("does not say erased while they are not", async () => {
    await show({ state: { ...ready, erasing: true }, route: { sheet: "backup" } });
    expect(texts("[role=status]").join()).toContain("still erasing");
    expect(texts("[role=status]").join()).not.toContain("has erased");
  });

  it("takes a tick instead", async () => {
    const app = await toProof();
    (get("[type=checkbox]") as HTMLInputElement).click();
    await click("Confirm and erase here");
    expect(app.calls).toContainEqual(["confirmBackup", true]);
    await click("Done");
    expect(find("dialog[open]")).toBeUndefined();
  });

  it("takes neither nothing, nor some of the words, nor those of another identity", async () => {
    const app = await toProof();
    await click("Confirm and erase here");
    expect(warned()).toContain("Paste all 24 words, or tick the box.");
    await type(WORDS.slice(0, 20).join(" "));
    expect(texts("[role=status]").join()).toContain("20 of 24");
    await click("Confirm and erase here");
    expect(commands(app)).not.toContain("confirmBackup");
    await type(`${"abandon ".repeat(23)}art`);
    await click("Confirm and erase here");
    expect(warned()).toContain("not those of this identity");
    expect(app.ready.backup).toBe("due");
  });

  it("leads back to the words", async () => {
    await toProof();
    await click("See the words again");
    expect(shownWords()).toEqual(WORDS);
  });
});

describe("the restore", () => {
  const before = { state: { phase: "first-run" as const } };
  const toRestore = async (): Promise<FixtureApp> => {
    const app = await show(before);
    await click("I have 24 words");
    await until(() => find("textarea") !== undefined);
    return app;
  };
  const restorable = (): boolean => !(button("Restore") as HTMLButtonElement).disabled;

  it("is a step of its own that the browser's back leaves", async () => {
    await size(SMALL);
    await toRestore();
    expect(focus()).toBe(get("textarea"));
    await back();
    expect(find("textarea")).toBeUndefined();
    expect(button("Start")).toBeDefined();
  });

  it("counts, completes, and names the word that is none, with what was meant", async () => {
    const app = await toRestore();
    await type(
      `${WORDS.slice(0, 6).join("\t")}\n7. lengal ${WORDS.slice(7, 17)
        .map((word) => word.slice(0, 4))
        .join(" ")}`,
    );
    expect(texts("[role=status]").join()).toContain("17 of 24 words");
    expect(warned()).toContain("The 7th word, “\u2068lengal\u2069”, is not in the list");
    expect(texts(".read li").slice(7)).toEqual(WORDS.slice(7, 17));
    expect(restorable()).toBe(false);
    await click("legal");
    expect((get("textarea") as HTMLTextAreaElement).value).toBe(
      `${WORDS.slice(0, 6).join(" ")} legal ${WORDS.slice(7, 17).join(" ")} `,
    );
    expect(warned()).toBe("");
    expect(commands(app)).not.toContain("restore");
  });

  it("says nothing of a word that is still being written, and something when it is left", async () => {
    await toRestore();
    await type("legal lea");
    expect(warned()).toBe("");
    await type("legal lea ");
    expect(warned()).toContain("2nd word");
  });

  it("tells words that do not fit together, and too many", async () => {
    await toRestore();
    await type(WORDS.toReversed().join(" "));
    expect(texts("[role=status]").join()).toContain("do not fit together");
    await type(`${WORDS.join(" ")} legal`);
    expect(texts("[role=status]").join()).toContain("1 word too many");
    expect(restorable()).toBe(false);
  });

  it("listens to the newest answer only", async () => {
    const app = await toRestore();
    const late: (() => void)[] = [];
    app.readWords = (text) => new Promise((done) => late.push(() => done(readWords(text))));
    await type("legal");
    await type("legal winner");
    for (const answer of late.toReversed()) answer();
    await settle();
    expect(texts(".read li")).toEqual(["legal", "winner"]);
  });

  it("says what comes back and what does not, shows that it works, and ends in the list", async () => {
    const app = await toRestore();
    expect(texts(".not").join()).toMatch(/Your chats.*as a request.*stops sending/);
    await type(WORDS.join(" "));
    (get("#name") as HTMLInputElement).value = " Jo ";
    let done = (): void => undefined;
    const restore = app.restore;
    app.restore = async (...given) => {
      await restore(...given);
      await new Promise<void>((go) => {
        done = go;
      });
    };
    await click("Restore");
    expect(app.calls).toContainEqual(["restore", WORDS.join(" "), "Jo"]);
    expect(find("progress")).toBeDefined();
    done();
    app.set(ready);
    await until(() => find("nodus-list") !== undefined && route().page === undefined);
    expect(find("nodus-start")).toBeUndefined();
  });

  it("keeps the words where it fails", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await toRestore();
    app.restore = async () => {
      app.set({ phase: "starting", step: "keys", progress: 0.5 });
      await settle();
      expect((get("progress") as HTMLProgressElement).value).toBe(0.5);
      app.set({ phase: "first-run" });
      throw new Error("no room");
    };
    await type(WORDS.join(" "));
    await click("Restore");
    await settle();
    expect(texts("[role=status]").join()).toContain("The words are still here");
    expect((get("textarea") as HTMLTextAreaElement).value).toBe(WORDS.join(" "));
    expect(restorable()).toBe(true);
  });

  it("is not taken up by a start that goes by itself", async () => {
    await show({ state: { phase: "starting", step: "opening" }, route: {} });
    history.replaceState({ nodusRoute: { page: "restore" }, depth: 0 }, "");
    await settle();
    expect(find("nodus-restore")).toBeUndefined();
  });

  it("comes first where the browser has deleted everything, before beginning anew", async () => {
    const app = await show("evicted");
    expect(texts("h1").join()).toContain("This browser has deleted your data");
    expect(texts("button")).toEqual(["Restore with 24 words", "Begin anew"]);
    await click("Begin anew");
    expect(textOf(button("Start"))).toBe("Start");
    expect(app.calls).toEqual([]);
    await show("evicted-invited");
    expect(texts(".card").join()).toContain("invites you to chat");
    await click("Restore with 24 words");
    await until(() => find("textarea") !== undefined);
  });
});

it("closes over the chat where it was opened", async () => {
  await show({ state: { ...opened, backup: "later" }, route: { chat: opened.open?.id ?? "" } });
  await click("Save your 24 words");
  await until(() => find("dialog[open]") !== undefined);
  await userEvent.keyboard("{Escape}");
  await until(() => find("dialog[open]") === undefined);
  expect(route()).toEqual({ chat: opened.open?.id });
});
