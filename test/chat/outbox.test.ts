import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LARGE, SMALL } from "#chat/envelope.ts";
import { encodeItems, type Item, TEXT_LIMIT, textItemSize } from "#chat/items.ts";
import { pack } from "#chat/outbox.ts";
import { CONTENT } from "#chat/session.ts";
import { contextOf, core, fuzzing, text } from "./support.ts";

const context = contextOf(1);
const texts = (count: number, length: number): Item[] =>
  Array.from({ length: count }, () => text(context, "x".repeat(length)));
const shape = (items: Item[]) => pack(core, items).map(({ size, items: inside }) => [size, inside.length]);

describe("packing", () => {
  it("puts short texts that wait together into one small cell", () => {
    expect(shape([])).toEqual([]);
    expect(shape(texts(1, 40))).toEqual([[SMALL, 1]]);
    expect(shape(texts(20, 60))).toEqual([[SMALL, 20]]);
    expect(shape(texts(30, 60))).toEqual([
      [SMALL, 22],
      [SMALL, 8],
    ]);
  });

  it("takes a large cell for a long text, and for much that waits", () => {
    expect(shape(texts(1, CONTENT[SMALL] - textItemSize(0)))).toEqual([[SMALL, 1]]);
    expect(shape(texts(1, CONTENT[SMALL] - textItemSize(0) + 1))).toEqual([[LARGE, 1]]);
    expect(shape(texts(1, TEXT_LIMIT))).toEqual([[LARGE, 1]]);
    const many = shape(texts(1_000, 60));
    expect(many.length).toBeLessThan(10);
    expect(many[0]).toEqual([LARGE, 187]);
  });

  it("keeps the order, loses nothing, and fits", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: TEXT_LIMIT }), { maxLength: 30 }), (lengths) => {
        const items = lengths.map((length) => text(context, "x".repeat(length)));
        const cells = pack(core, items);
        expect(cells.flatMap(({ items: inside }) => inside)).toEqual(items);
        for (const { size, items: inside } of cells) encodeItems(core, inside, CONTENT[size]);
      }),
      fuzzing(300),
    );
  });
});
