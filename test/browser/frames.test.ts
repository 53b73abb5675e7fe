/** When something is drawn that waits for a frame, in a page that may go out of sight before there is one. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { framesOf } from "#adapters/frames.ts";

let frames: (() => void)[];
let drawn: string[];
const draw = (what: string) => () => void drawn.push(what);
function hide(): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  [frames, drawn] = [[], []];
  vi.spyOn(globalThis, "requestAnimationFrame").mockImplementation((run) => frames.push(run as () => void));
});
afterEach(() => vi.restoreAllMocks());

test("with the next frame, once", () => {
  const frame = framesOf(() => undefined);
  frame(draw("one"));
  frame(draw("two"));
  expect(drawn).toEqual([]);
  for (const run of frames) run();
  expect(drawn).toEqual(["one", "two"]);
});

test("without a frame in a page that is out of sight, and in one that goes out of sight before its frame", () => {
  const tasks: (() => void)[] = [];
  const frame = framesOf((run) => tasks.push(run));
  frame(draw("seen"));
  hide();
  expect(drawn).toEqual(["seen"]);
  frame(draw("hidden"));
  for (const run of tasks) run();
  expect(drawn).toEqual(["seen", "hidden"]);
  for (const run of frames) run();
  expect(drawn).toEqual(["seen", "hidden"]);
});
