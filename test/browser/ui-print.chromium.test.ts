/** The 24 words on paper, which only Chromium lets a test look at. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cdp } from "vitest/browser";
import { find, until } from "./drawn.ts";
import { ready, WORDS } from "./fixture.ts";
import { clear, click, get, LARGE, settle, show, size, textOf } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

async function media(name: string): Promise<void> {
  const session = cdp() as unknown as { send(command: string, given: object): Promise<unknown> };
  await session.send("Emulation.setEmulatedMedia", { media: name });
  await settle();
}

it("prints the words alone, and does not show them on the screen", async () => {
  await show({ state: { ...ready, backup: "due" }, route: { sheet: "backup" } });
  await click("Reveal the words");
  const printed = vi.fn();
  vi.spyOn(window, "print").mockImplementation(printed);
  await click("Print");
  await until(() => printed.mock.calls.length > 0);
  const paper = get("nodus-print-words");
  const app = get("nodus-app");
  expect([paper.checkVisibility(), app.checkVisibility()]).toEqual([false, true]);
  await media("print");
  expect([paper.checkVisibility(), app.checkVisibility()]).toEqual([true, false]);
  expect([...(paper.shadowRoot?.querySelectorAll("li") ?? [])].map(textOf)).toEqual(WORDS);
  await media("");
  dispatchEvent(new Event("afterprint"));
  expect(find("nodus-print-words")).toBeUndefined();
});
