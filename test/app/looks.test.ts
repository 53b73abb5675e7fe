/** What the driver is told of who looks at which chat: what stands on screens that somebody sees, and no more. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FRIEND, later, Profile, type Tab } from "./profile.ts";

const OTHER = "another chat";
let profile: Profile;
// The app loads it after its first paint, in real time.
beforeAll(() => import("#app/desk.ts"));
beforeEach(() => {
  vi.useFakeTimers();
  profile = new Profile();
});
afterEach(() => {
  vi.useRealTimers();
});
async function open(chat: string): Promise<Tab> {
  const opening = profile.open();
  await later(2_000);
  const tab = await opening;
  void tab.app.openChat(chat);
  await later(100);
  return tab;
}

describe("who looks at which chat", () => {
  test("is the visible tab's chat, nobody's while it is hidden, and again when it is seen", async () => {
    const tab = await open(FRIEND);
    expect(tab.looksAt).toEqual([FRIEND]);
    tab.show(false);
    await later(100);
    expect(tab.looksAt).toEqual([]);
    tab.show(true);
    await later(100);
    expect(tab.looksAt).toEqual([FRIEND]);
    void tab.app.openChat(undefined);
    await later(100);
    expect(tab.looksAt).toEqual([]);
  });

  test("of two windows side by side is both, the one turned to last first", async () => {
    const [leader, other] = [await open(FRIEND), await open(OTHER)];
    expect(leader.looksAt).toEqual([OTHER, FRIEND]);
    leader.show(true);
    await later(100);
    expect(leader.looksAt).toEqual([FRIEND, OTHER]);
    leader.show(false);
    await later(100);
    expect(leader.looksAt).toEqual([OTHER]);
    other.close();
    await later(100);
    expect(leader.looksAt).toEqual([]);
  });

  test("is not a tab that crashed without a word", async () => {
    const [leader, other] = [await open(FRIEND), await open(OTHER)];
    other.crash();
    await later(20_000);
    expect(leader.looksAt).toEqual([FRIEND]);
  });

  test("is told to the next leader", async () => {
    const [leader, other] = [await open(FRIEND), await open(OTHER)];
    leader.close();
    await later(2_000);
    expect(other.looksAt).toEqual([OTHER]);
  });
});
