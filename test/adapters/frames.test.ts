/** When something is drawn that waits for a frame, in a page that may go out of sight before there is one. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { framesOf } from "#adapters/frames.ts";

class Page extends EventTarget {
  hidden = false;
  frames: (() => void)[] = [];
  hide(): void {
    this.hidden = true;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}
let page: Page;
let drawn: string[];
const draw = (what: string) => () => void drawn.push(what);

beforeEach(() => {
  page = new Page();
  drawn = [];
  vi.stubGlobal("document", page);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => page.frames.push(run));
});
afterEach(() => vi.unstubAllGlobals());

test("with the next frame, once", () => {
  const frame = framesOf(() => undefined);
  frame(draw("one"));
  frame(draw("two"));
  expect(drawn).toEqual([]);
  for (const run of page.frames) run();
  expect(drawn).toEqual(["one", "two"]);
});

test("without a frame in a page that is out of sight, and in one that goes out of sight before its frame", () => {
  const tasks: (() => void)[] = [];
  const frame = framesOf((run) => tasks.push(run));
  frame(draw("seen"));
  page.hide();
  expect(drawn).toEqual(["seen"]);
  frame(draw("hidden"));
  for (const run of tasks) run();
  expect(drawn).toEqual(["seen", "hidden"]);
  for (const run of page.frames) run();
  expect(drawn).toEqual(["seen", "hidden"]);
});
