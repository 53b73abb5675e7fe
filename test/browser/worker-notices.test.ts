/** How page and worker show, count on and clear notices. The rules of what they say are in test/adapters/notices.test.ts. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Notices } from "#adapters/notices.ts";
import { type News, noticeOfLooking, noticesOf } from "#app/notices.ts";

const text = (chat: string): News => ({ chat, name: "Ann", text: "x", phase: "open" });
const open = { notices: true, noticeContent: true };

describe("Notices", () => {
  let shown: { title: string; tag: string; data: unknown; close(): void }[] = [];
  const registration = {
    getNotifications: async () => [...shown],
    async showNotification(title: string, { tag, data }: { tag: string; data: unknown }) {
      const close = (): void => {
        shown = shown.filter((one) => one !== notice);
      };
      const notice = { title, tag, data, close };
      shown = [...shown.filter((one) => one.tag !== tag), notice];
    },
  } as unknown as ServiceWorkerRegistration;
  const notices = (): Notices => new Notices(async () => registration);
  beforeEach(() => {
    shown = [];
    vi.stubGlobal("Notification", { permission: "granted" });
    return () => vi.unstubAllGlobals();
  });

  it("counts on, also from what another one showed, and when two come at once", async () => {
    const [page, worker] = [notices(), notices()];
    const tell = (on: Notices) => on.show((before) => noticesOf([text("a1")], open, [], before));
    expect(await tell(worker)).toBe(1);
    await Promise.all([tell(page), tell(page)]);
    expect(shown).toMatchObject([{ tag: "a1", data: { count: 3, chat: "a1" } }]);
  });

  it("lets a chat's notice take the place of one that belongs to none", async () => {
    const all = notices();
    await all.show(() => [noticeOfLooking(false, 0)]);
    await all.show((before) => noticesOf([text("a1")], open, [], before));
    expect(shown.map(({ tag }) => tag)).toEqual(["a1"]);
  });

  it("clears the notice of a chat that was read, and no other chat's", async () => {
    const all = notices();
    await all.show((before) => noticesOf([text("a1"), text("b2")], open, [], before));
    await all.clear("a1");
    expect(shown.map(({ tag }) => tag)).toEqual(["b2"]);
    await all.clearAll();
    expect(shown).toEqual([]);
  });

  it("shows none without permission, and none where there is no worker", async () => {
    vi.stubGlobal("Notification", { permission: "denied" });
    expect(await notices().show(() => [noticeOfLooking(true, 0)])).toBe(0);
    vi.unstubAllGlobals();
    expect(await new Notices(async () => undefined).show(() => [noticeOfLooking(true, 0)])).toBe(0);
    expect(shown).toEqual([]);
  });

  it("goes on after one that failed", async () => {
    const all = notices();
    await expect(
      all.show(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await all.show(() => [noticeOfLooking(true, 0)])).toBe(1);
  });
});
