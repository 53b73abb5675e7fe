/** A screen that is not whole: with a notch, a home bar and round corners the page is as large as the screen, and no larger. */
import { afterEach, describe, expect, it } from "vitest";
import { all } from "./drawn.ts";
import { screens } from "./fixture.ts";
import { pretendInsets, pretendNoMore } from "./pretend.ts";
import { clear, get, settle, show, size } from "./stage.ts";

afterEach(() => {
  clear();
  pretendNoMore();
});

const UPRIGHT = { at: [390, 839], insets: { top: 47, right: 0, bottom: 34, left: 0 } } as const;
const LYING = { at: [844, 390], insets: { top: 0, right: 47, bottom: 21, left: 47 } } as const;
const WIDE = { at: [1180, 820], insets: { top: 24, right: 20, bottom: 20, left: 20 } } as const;

describe.each([UPRIGHT, LYING, WIDE])("with a notch, $at px", ({ at, insets }) => {
  it.each(Object.keys(screens))("%s fills the screen and goes beyond none of its edges", async (name) => {
    await size(at);
    await show(name);
    pretendInsets(insets);
    await settle();
    const app = get("nodus-app").getBoundingClientRect();
    expect([app.left, app.top, app.width, app.height]).toEqual([0, 0, innerWidth, innerHeight]);
    const { scrollWidth, scrollHeight } = document.documentElement;
    expect([scrollWidth, scrollHeight]).toEqual([innerWidth, innerHeight]);
    // What is pressed lies where the screen shows it: what scrolls may lie below.
    for (const button of all(
      "nodus-list header button, nodus-chat header button, nodus-composer button, nodus-composer textarea",
    )) {
      if (!button.checkVisibility()) continue;
      const { left, top, right, bottom } = button.getBoundingClientRect();
      expect(left).toBeGreaterThanOrEqual(insets.left);
      expect(top).toBeGreaterThanOrEqual(insets.top);
      expect(right).toBeLessThanOrEqual(innerWidth - insets.right);
      expect(bottom).toBeLessThanOrEqual(innerHeight - insets.bottom);
    }
  });
});
