import { expect, test } from "vitest";
import { Recent } from "#chat/driver/recent.ts";

test("the oldest is forgotten beyond the limit, and what comes again is young", () => {
  const recent = new Recent(3);
  for (const name of ["a", "b", "c", "a", "d"]) recent.add(name);
  expect(["a", "b", "c", "d"].filter((name) => recent.has(name))).toEqual(["a", "c", "d"]);
  recent.delete("a");
  expect([recent.has("a"), recent.size]).toEqual([false, 2]);
});
