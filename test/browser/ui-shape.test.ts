/** Where things stand: nothing moves under a finger, nothing is cut off that is needed, no room is left for nothing. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { MessageView } from "#app/api.ts";
import { all, find } from "./drawn.ts";
import { chats, NOW, opened, ready } from "./fixture.ts";
import { clear, get, LARGE, settle, show, size } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(clear);

const NARROW = [320, 640] as const;
const chat = opened.open?.id ?? "";
const box = (element: Element): DOMRect => element.getBoundingClientRect();
const theirs = (id: string, text: string): MessageView => ({ id, mine: false, text, sent: NOW, arrived: NOW });
const talk = (...messages: MessageView[]): Promise<unknown> =>
  show({ state: { ...opened, open: { id: chat, messages, notes: [], more: false } }, route: { chat } });

it.each([LARGE, NARROW])(
  "says in full that it is connecting, and moves no button for it, at %i × %i px",
  async (...at) => {
    await size(at as unknown as typeof LARGE);
    const app = await show({ state: { ...ready, connection: "connecting" } });
    const heading = get("header h2");
    const buttons = (): DOMRect[] => all("header button").map(box);
    const before = buttons();
    expect(heading.scrollWidth).toBeLessThanOrEqual(heading.clientWidth);
    app.patch({ connection: "online" });
    await settle();
    expect(buttons()).toEqual(before);
  },
);

it("writes the time of large emoji at their foot", async () => {
  await talk(theirs("one", "👍"));
  expect(box(get(".meta")).bottom).toBeGreaterThan(box(get(".big")).bottom - 10);
});

it("leaves no room beside a text for a time that it does not have", async () => {
  await talk(theirs("one", "Perfect."), theirs("two", "See you"));
  expect(box(get(".bubble")).width - box(get(".words")).width).toBeLessThan(30);
});

it("keeps a heading with a long name on the screen, and the way out beside it", async () => {
  await size(NARROW);
  const named = chats.map((each) => ({ ...each, name: "W".repeat(64) }));
  await show({ state: { ...opened, chats: named }, route: { chat, sheet: "delete-chat" } });
  for (const each of ["h2", "button.icon"]) {
    const found = find(each, get("nodus-sheet").shadowRoot ?? document) as Element;
    expect(box(found).right).toBeLessThanOrEqual(innerWidth);
  }
});

it.each(["light", "dark"])("writes what a field is for so that it can be read: %s", async (theme) => {
  document.documentElement.style.colorScheme = theme;
  await show("chat");
  const field = get("textarea");
  const light = (color: string): number => luminance(color.match(/[\d.]+/g)?.map(Number) ?? []);
  const [ink, paper] = [getComputedStyle(field, "::placeholder").color, getComputedStyle(field).backgroundColor].map(
    light,
  );
  const [low, high] = [ink ?? 0, paper ?? 0].sort((a, b) => a - b) as [number, number];
  expect((high + 0.05) / (low + 0.05)).toBeGreaterThan(4.5);
});

it("tells the state of a chat in one line, and gives its buttons the width of the screen", async () => {
  await size(NARROW);
  await show("request");
  expect(box(get(".state")).height).toBeLessThan(22);
  const { right } = box(get(".bar .primary"));
  expect(box(get(".bar .primary")).width).toBeGreaterThan(200);
  expect(right).toBeLessThan(innerWidth);
});

it("keeps a sentence above its buttons off the edge of the screen", async () => {
  await size(NARROW);
  await show("superseded");
  const sentence = find("p span", get("nodus-banner").shadowRoot ?? document) as Element;
  const text = document.createRange();
  text.selectNodeContents(sentence);
  expect(text.getBoundingClientRect().top).toBeGreaterThan(4);
});

/** WCAG: relative luminance of an sRGB colour. */
function luminance([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const [r, g, b] = [red, green, blue].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
