/** Texts that look alike, by the table of Unicode. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { skeleton } from "#adapters/confusables.ts";

describe("skeleton", () => {
  it.each([
    ["аррӏе", "appie"], // as the table has it
    ["раураӏ", "paypai"],
    ["gооgle", "google"],
    ["rn", "m"],
    ["Іvan", "lvan"],
    ["α\u0301", "á"],
    ["a\u200Bb\u2060c\u00AD", "abc"],
    ["e\u0301", "é"],
    ["Вen", "Ben"],
  ])("of %j is that of %j", (one, other) => expect(skeleton(one)).toBe(skeleton(other)));

  it.each([
    ["Ada", "Ida"],
    ["bücher", "bucher"],
    ["пример", "primer"],
    ["東京", "京東"],
  ])("of %j is not that of %j", (one, other) => expect(skeleton(one)).not.toBe(skeleton(other)));

  it("takes any text, and is the same for every normal form of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(skeleton(text.normalize("NFC"))).toBe(skeleton(text.normalize("NFD")));
      }),
    );
    expect(skeleton("constructor")).toBe("constructor");
  });
});
