/** Which notices there are for what came, what the person chose, and what can be seen. */
import { describe, expect, it } from "vitest";
import { type News, noticeOfLooking, noticesOf } from "#app/notices.ts";

const ann = (text: string, phase: News["phase"] = "open"): News => ({ chat: "a1", name: "Ann", text, phase });
const ben = (text: string): News => ({ chat: "b2", name: "Ben", text, phase: "open" });
const hidden = { notices: true, noticeContent: false };
const open = { notices: true, noticeContent: true };
const none = (): number => 0;

describe("which notices there are", () => {
  it("is one for each chat, without name and text unless the person chose so", () => {
    const notices = noticesOf([ann("secret"), ben("hidden"), ann("more")], hidden, [], none);
    expect(notices.map(({ tag, title, body, count }) => [tag, title, body, count])).toEqual([
      ["a1", "Nodus", "2 new messages", 2],
      ["b2", "Nodus", "New message", 1],
    ]);
    expect(JSON.stringify(notices)).not.toMatch(/Ann|Ben|secret|hidden|more/);
  });

  it("shows the name and the last text where the person chose so", () => {
    expect(noticesOf([ann("hello")], open, [], none)).toMatchObject([{ title: "Ann", body: "hello" }]);
    expect(noticesOf([ann("one"), ann("two")], open, [], none)).toMatchObject([{ body: "2 new messages\ntwo" }]);
  });

  it("goes on counting from the one that is there, in silence", () => {
    expect(noticesOf([ann("x")], hidden, [], () => 2)).toMatchObject([{ body: "3 new messages", silent: true }]);
    expect(noticesOf([ann("x")], hidden, [], none)).toMatchObject([{ silent: false }]);
  });

  it("is none where the person wants none, and none of what stands on a screen that can be seen", () => {
    expect(noticesOf([ann("x")], { ...open, notices: false }, [], none)).toEqual([]);
    expect(noticesOf([ann("x"), ben("y")], open, [{ chat: "a1" }], none).map(({ tag }) => tag)).toEqual(["b2"]);
    expect(noticesOf([ann("x"), ben("y")], open, [{}], none)).toEqual([]);
    expect(noticesOf([ann("x"), ben("y")], open, [{ chat: "b2" }, { chat: "a1" }], none)).toEqual([]);
  });

  it("has words of its own for a request, and never its text", () => {
    const [closed] = noticesOf([ann("buy this", "request")], hidden, [], none);
    const [told] = noticesOf([ann("buy this", "request")], open, [], none);
    expect(closed?.body).toBe("Somebody wants to write to you");
    expect(told?.body).toContain("Ann");
    expect(JSON.stringify([closed, told])).not.toContain("buy this");
  });

  it("neither follows a name out of its line nor takes a text of any length", () => {
    const [notice] = noticesOf([{ ...ann("😀".repeat(500)), name: "\u202EA\nB" }], open, [], none);
    expect(notice?.title).toBe("A B");
    expect(Array.from(notice?.body ?? "").length).toBeLessThan(200);
    expect(notice?.body).not.toContain("\uFFFD");
    expect(noticesOf([{ ...ann("x"), name: "\u200B" }], open, [], none)[0]?.title).toBe("No name");
  });

  it("says of looking only what is known", () => {
    expect(noticeOfLooking(true, 0)).toMatchObject({ body: "No new messages", silent: true });
    expect(noticeOfLooking(true, 2)).toMatchObject({ body: "2 new messages", silent: true });
    expect(noticeOfLooking(false, 0).body).toMatch(/may be/);
  });
});
