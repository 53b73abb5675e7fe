/** What the service worker holds between two pages. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Left } from "#adapters/handover.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const keep = (left: readonly unknown[]) => ({ type: "nodus-keep", left });
const take = async (left: Left): Promise<unknown> => {
  let answer: unknown;
  const postMessage = (given: unknown): void => {
    answer = given;
  };
  const port = { postMessage } as unknown as MessagePort;
  await left.hear({ type: "nodus-take" }, port);
  return answer;
};

test("what pages left is handed out once, in order, and holds the worker no longer", async () => {
  const left = new Left();
  const held = [left.hear(keep(["one", "two"]), undefined), left.hear(keep(["three"]), undefined)];
  expect(await take(left)).toEqual(["one", "two", "three"]);
  await Promise.all(held);
  expect(await take(left)).toEqual([]);
});

test("what nobody takes is forgotten, and other messages do nothing", async () => {
  const left = new Left();
  const held = left.hear(keep(["one"]), undefined);
  for (const message of [undefined, null, "", { type: "SKIP_WAITING" }, { type: "nodus-keep" }]) {
    void left.hear(message, undefined);
  }
  await vi.advanceTimersByTimeAsync(15_000);
  await held;
  expect(await take(left)).toEqual([]);
});
