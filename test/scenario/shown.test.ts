/** What strangers may say, as the app hands it to the interface: names that lie, times that are none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptName, shownName } from "#app/names.ts";
import { messageView } from "#app/views.ts";

describe("a name", () => {
  it.each([
    ["Ann", "Ann"],
    ["  Ann\t of\r\n\u2028the   lake ", "Ann of the lake"],
    ["<b>Ann</b>", "<b>Ann</b>"],
    ["دانا", "دانا"],
    ["می\u200Cخواهم", "می\u200Cخواهم"], // the joiner belongs to the word
    ["👩\u200D🚀 Ann", "👩\u200D🚀 Ann"],
    ["\u2069\u202Egnp.exe", "gnp.exe"],
    ["A\u200Bn\u2060n\uFEFF", "Ann"],
    ["\u200B\u200C\u200D\u2060\u3164\uFE0F", ""],
    ["\u202E\u2066 \u00A0\u0000", ""],
    ["", ""],
  ])("%j is shown as %j", (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  it("neither turns the sentence around it, nor leaves its line, nor grows", () => {
    const turns = /[\u202A-\u202E\u2066-\u2069\p{Cc}\p{Zl}\p{Zp}]/u;
    const marks = fc.constantFrom("\u202E", "\u2069", "\u2067", "\n", "\u0000", "\u200B", "a", "ע");
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: "binary" }), marks)), (parts) => {
        const name = parts.join("");
        const shown = shownName(name);
        expect(shown).not.toMatch(turns);
        expect(shown.length).toBeLessThanOrEqual(name.length);
        expect(shownName(shown)).toBe(shown);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("an own name", () => {
  it("is kept as far as others take it, and ends with no half of a sign", () => {
    const kept: readonly (readonly [string, string])[] = [
      ["  Ann ", "Ann"],
      ["دانا", "دانا"],
      ["x".repeat(10_000), "x".repeat(128)],
      ["ä".repeat(100), "ä".repeat(64)],
      [`${"x".repeat(126)}👩\u200D🚀`, "x".repeat(126)],
      ["Ann \uD83D", "Ann"], // what a field leaves that counts UTF-16 units
    ];
    for (const [name, expected] of kept) expect(keptName(name)).toBe(expected);
  });
});

describe("the time of a message", () => {
  const arrived = Date.UTC(2026, 6, 10);
  const text = { id: "00", number: 0, mine: false, text: "hi", arrived } as const;

  it("of somebody else is a date that can be drawn, whatever they claim", () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (sent) => {
        expect(() => new Date(messageView({ ...text, sent }).sent).toISOString()).not.toThrow();
      }),
    );
    expect(messageView({ ...text, sent: Number.MAX_SAFE_INTEGER }).sent).toBe(arrived);
    expect(messageView({ ...text, sent: arrived - 5 }).sent).toBe(arrived - 5);
  });
});
