/** Requests: what is offered, and what is said where others answered the same link. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { find } from "./drawn.ts";
import { chats, request } from "./fixture.ts";
import { clear, click, get, LARGE, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

describe("requests", () => {
  it("stand apart from the chats, offer accept and decline, and no composer", async () => {
    const app = await show("request");
    expect(textOf(get("section"))).toContain("Mira");
    expect(find("nodus-composer")).toBeUndefined();
    await click("Accept");
    expect(app.calls).toContainEqual(["acceptRequest", request.id]);
    await click("Decline");
    expect(app.calls).toContainEqual(["declineRequest", request.id]);
  });

  it("by a link that two people answered say so, in the list and beside the question", async () => {
    const app = await show("request");
    const shared = { ...request, sharedLink: "asked" as const };
    app.patch({ chats: [shared, ...chats] });
    await settle();
    expect(texts(".last").filter((text) => text.startsWith("Two people answered this link"))).toHaveLength(1);
    expect(textOf(get(".bar"))).toContain("Two people answered this link");
    await click("Accept");
    expect(app.calls).toContainEqual(["acceptRequest", request.id]);
  });

  it("by a link through which somebody else was accepted are accepted only after a question", async () => {
    const app = await show("request");
    app.patch({ chats: [{ ...request, sharedLink: "accepted" }, ...chats] });
    await settle();
    expect(textOf(get(".bar"))).toContain("You accepted somebody else through this link");
    await click("Accept this one, too");
    expect(app.calls.map(([command]) => command)).not.toContain("acceptRequest");
    await click("Accept this one, too");
    expect(app.calls).toContainEqual(["acceptRequest", request.id, true]);
  });

  it("send no sign that they were seen", async () => {
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    const app = await show("request");
    expect(app.calls.map(([command]) => command)).not.toContain("markRead");
  });
});
