/** What is drawn where nothing hovers and nothing is still, by what the browser computes and not by what a sheet says. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { all } from "./drawn.ts";
import { screens } from "./fixture.ts";
import { pretendNoMore, pretendTouch } from "./pretend.ts";
import { clear, LARGE, SMALL, settle, show, size } from "./stage.ts";

afterEach(() => {
  clear();
  pretendNoMore();
});

/** Keywords, which are computed as they are declared. */
const COMPARED = ["display", "opacity", "position", "pointer-events", "visibility"] as const;

/** Declarations of media queries that hold here and that another rule of less purpose has beaten. */
function beaten(): string[] {
  const faults: string[] = [];
  for (const host of all("*")) {
    const root = host.shadowRoot;
    for (const sheet of root?.adoptedStyleSheets ?? []) {
      for (const query of sheet.cssRules) {
        if (!(query instanceof CSSMediaRule) || !matchMedia(query.conditionText).matches) continue;
        for (const rule of query.cssRules) {
          if (!(rule instanceof CSSStyleRule) || /:(?:hover|focus|host)/.test(rule.selectorText)) continue;
          for (const element of root?.querySelectorAll(rule.selectorText) ?? []) {
            for (const name of COMPARED) {
              const said = rule.style.getPropertyValue(name);
              const drawn = getComputedStyle(element).getPropertyValue(name);
              if (said !== "" && said !== drawn) faults.push(`${rule.selectorText} { ${name}: ${said} } is ${drawn}`);
            }
          }
        }
      }
    }
  }
  return [...new Set(faults)];
}

describe.each([SMALL, LARGE])("with a finger, at %i × %i px", (...at) => {
  beforeEach(() => size(at as unknown as typeof LARGE));

  it("a message has no button beside it that only a mouse can find", async () => {
    await show("chat");
    pretendTouch();
    const buttons = all(".more");
    expect(buttons.length).toBeGreaterThan(3);
    expect(new Set(buttons.map((each) => getComputedStyle(each).display))).toEqual(new Set(["none"]));
  });

  it("what is for a finger is drawn on every screen", async () => {
    for (const name of Object.keys(screens)) {
      await show(name);
      pretendTouch();
      await settle();
      expect([name, beaten()]).toEqual([name, []]);
    }
  });
});

it("with a mouse, what is for a mouse is drawn on every screen", async () => {
  await size(LARGE);
  for (const name of Object.keys(screens)) {
    await show(name);
    expect([name, beaten()]).toEqual([name, []]);
  }
});
