/** For everyone: no fault that axe finds on any screen in either theme, and no sentence outside the catalogue. */
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { all, find, until } from "./drawn.ts";
import { screens } from "./fixture.ts";
import { button, clear, click, LARGE, SMALL, settle, show, size, texts } from "./stage.ts";

afterEach(clear);

const names = Object.keys(screens);
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** These belong to the page around, which is index.html's. */
const rules = { "html-has-lang": { enabled: false }, "document-title": { enabled: false } };

async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { runOnly: tags, rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

describe.each(["light", "dark"])("axe, %s", (theme) => {
  it.each(names)("%s", async (name) => {
    await size(name.length % 2 ? SMALL : LARGE);
    document.documentElement.style.colorScheme = theme;
    await show(name);
    if (name === "starting") await until(() => texts("progress").length > 0);
    expect(await faults()).toEqual([]);
  });
});

describe.each(["light", "dark"])("axe over what opens, %s", (theme) => {
  it.each(["More", "What to do with this chat", "Emoji"])("%s", async (name) => {
    await size(LARGE);
    document.documentElement.style.colorScheme = theme;
    await show("chat");
    button(name).click();
    await until(() => all("[popover]").some((each) => each.matches(":popover-open")));
    await settle();
    expect(await faults()).toEqual([]);
  });

  it("the bar after a deletion", async () => {
    await size(SMALL);
    document.documentElement.style.colorScheme = theme;
    const app = await show("message");
    await click("Delete");
    await click("Delete");
    await until(() => find(".undo") !== undefined && find("dialog[open]") === undefined);
    expect(app.calls.map(([command]) => command)).not.toContain("deleteMessage");
    expect(await faults()).toEqual([]);
  });
});

describe("with sentences that are bracketed", () => {
  beforeEach(() => size(LARGE));

  it.each(names)("%s says nothing outside of the catalogue", async (name) => {
    await show(name, { unsafeTestingPseudo: "accented" });
    if (name === "starting") await until(() => texts("progress").length > 0);
    expect(said().length).toBeGreaterThan(0);
    expect(said().filter((text) => !/^⟦.*⟧$/s.test(text))).toEqual([]);
  });

  it("is turned around as a whole", async () => {
    await show("chat", { unsafeTestingPseudo: "rtl" });
    const [list, chat] = all("nodus-list, nodus-chat").map((each) => each.getBoundingClientRect());
    expect(list && chat && list.left > chat.left).toBe(true);
  });
});

/** Every visible or spoken text, without what people wrote themselves (bdi, dir=auto) and without data for machines. */
function said(): string[] {
  const found: string[] = [];
  const visit = (root: ParentNode): void => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) visit(element.shadowRoot);
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        const value = element.getAttribute(name);
        if (value && !element.closest("bdi")) found.push(value);
      }
      if (element.closest("bdi, .words, style, script, [dir=auto]:not(:has(button)), a")) continue;
      for (const node of element.childNodes) {
        const text = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? "").trim() : "";
        if (text !== "" && text !== ":" && !element.matches("[dir=auto]")) found.push(text);
      }
    }
  };
  visit(document.body);
  return found;
}
