/** A profile that runs somewhere else, and an identity that came from its words: what a person sees and decides. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { find, until } from "./drawn.ts";
import { ready } from "./fixture.ts";
import { clear, click, get, LARGE, route, settle, show, size, textOf } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => clear());

const twice = { ...ready, superseded: true, elsewhere: true as const };
const shown = (selector: string): string => textOf(get(selector).shadowRoot?.firstElementChild ?? document.body);

it("says that the profile runs somewhere else, and asks where to go on", async () => {
  const app = await show({ state: twice });
  expect(shown("nodus-banner")).toContain("Nodus runs somewhere else with this profile");
  await click("What now?");
  await settle();
  expect(route()).toMatchObject({ sheet: "superseded" });
  app.effects["continueHere"] = () => app.set({ ...ready });
  await click("Continue here");
  await until(() => route().sheet === undefined);
  expect(app.calls).toContainEqual(["continueHere"]);
  expect(find("nodus-banner")?.shadowRoot?.textContent).not.toContain("somewhere else");
});

it("does not ask where the identity was restored on another device", async () => {
  await show({ state: { ...ready, superseded: true }, route: { sheet: "superseded" } });
  expect(shown("nodus-superseded")).not.toContain("Continue here");
});

it("says in the list of a restored identity what happens, and what one can do", async () => {
  await show({ state: { ...ready, chats: [], restored: true } });
  const list = get("nodus-list").shadowRoot?.textContent ?? "";
  expect(list).toContain("Your contacts appear as they write");
  expect(list).toContain("New invite");
  clear();
  await show({ state: { ...ready, chats: [] } });
  expect(get("nodus-list").shadowRoot?.textContent).toContain("No chats yet");
});
