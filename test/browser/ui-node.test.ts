/** The page about the own node: picture and table are twins, the numbers follow, pausing and capping reach the app. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { LinkView, NodeView } from "#app/api.ts";
import { spread, turnOf } from "../../web/src/ui/node/ring.ts";
import { all, find } from "./drawn.ts";
import { chats, ready, screens } from "./fixture.ts";
import { clear, focus, get, LARGE, settle, show, size, textOf, texts } from "./stage.ts";

beforeEach(() => size(LARGE));
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

const nodeOf = (screen: string): NodeView => {
  const state = screens[screen]?.state;
  if (state?.phase !== "ready" || !state.node) throw new Error(`no node in ${screen}`);
  return state.node;
};
const node = nodeOf("node");
const page = { page: "node" } as const;
const [ada, ben] = chats;
const link = (more: Partial<LinkView>): LinkView => ({
  peer: "7".repeat(64),
  carrier: "webrtc",
  anchor: false,
  sibling: false,
  age: 60_000,
  roundTrip: 20,
  bytesIn: 1_000,
  bytesOut: 2_000,
  ...more,
});
const dot = (peer: string): Element => find(`g.dot[data-peer="${peer}"]`) as Element;
const row = (peer: string): Element => find(`tr[data-peer="${peer}"]`) as Element;
const tile = (term: string): string => {
  const found = all(".numbers div").find((each) => textOf(each.querySelector("dt") as Element) === term);
  return found ? textOf(found.querySelector("dd") as Element) : "";
};

describe("places on the ring", () => {
  const me = `4${"0".repeat(63)}`;
  it("run clockwise from the own id, around the end", () => {
    expect(turnOf(me, me)).toBe(0);
    expect(turnOf(`8${"0".repeat(63)}`, me)).toBe(0.25);
    expect(turnOf("0".repeat(64), me)).toBe(0.75);
  });

  it("stay where there is room, and give way as little as it takes where there is none", () => {
    expect(spread([0.2, 0.5, 0.9], 0.05)).toEqual([0.2, 0.5, 0.9]);
    const [a = 0, b = 0, c = 0] = spread([0.5, 0.5, 0.5], 0.1);
    expect([a, b, c].map((turn) => turn.toFixed(3))).toEqual(["0.400", "0.500", "0.600"]);
    expect(spread([0, 0, 0.999], 0.1).map((turn) => turn.toFixed(3))).toEqual(["0.100", "0.200", "0.900"]);
  });

  it("never overlap more than the count forces, keep their order, and leave the own place free", () => {
    for (const count of [1, 7, 60, 500]) {
      const turns = Array.from({ length: count }, (_, index) => ((index * 0.618) % 1) ** 3).sort((a, b) => a - b);
      const moved = [0, ...spread(turns, 0.02), 1];
      const least = Math.min(0.02, 1 / (count + 1)) - 1e-9;
      for (let index = 1; index < moved.length; index++) {
        expect((moved[index] ?? 0) - (moved[index - 1] ?? 0)).toBeGreaterThanOrEqual(least);
      }
    }
  });
});

describe("the picture", () => {
  it("is one image with a sentence that counts what it shows", async () => {
    await show("node-crowded");
    const { links } = nodeOf("node-crowded");
    const name = get("nodus-node-map").shadowRoot?.querySelector("svg.ring")?.getAttribute("aria-label") ?? "";
    expect(name).toContain(`${links.length} links, 4 of them to anchors and 2 relayed`);
    expect(name).toContain("1,284 sealed messages are kept");
    expect(all("svg.ring [tabindex], svg.ring a, svg.ring button")).toEqual([]);
  });

  it("has a dot, a chord and a row for each link, told apart by shape and dash", async () => {
    await show("node-crowded");
    const { links } = nodeOf("node-crowded");
    expect(all("g.dot").length).toBe(links.length);
    expect(all("svg.ring .chord").length).toBe(links.length);
    for (const { peer } of links) expect(row(peer)).toBeDefined();
    const shapes = ["direct", "anchor", "relayed"].map((kind) => find(`g.dot.${kind} .shape`)?.localName);
    expect(new Set(shapes).size).toBe(3);
    const dashes = ["direct", "anchor", "relayed"].map((kind) => {
      const chord = find(`svg.ring .chord.${kind}`);
      return chord && getComputedStyle(chord).strokeDasharray;
    });
    expect(new Set(dashes).size).toBe(3);
  });

  it("names the contacts whose nodes are linked", async () => {
    await show("node-crowded");
    const names = texts("svg.ring text").map((text) => text.replace(/[\u2068\u2069]/g, ""));
    expect(names).toEqual(expect.arrayContaining(["You", "Ada Nyström", "Chidi Okafor"]));
  });

  it("writes no name over the own node", async () => {
    const beside = `9d${node.nodeId.slice(2)}`;
    await show({
      state: { ...ready, node: { ...node, links: [link({ peer: beside, chat: ada?.id ?? "" })] } },
      route: page,
    });
    const [name, me] = ["svg.ring text:not(.you)", "svg.ring .me"].map((each) => find(each)?.getBoundingClientRect());
    expect(name && me && name.top >= me.bottom).toBe(true);
  });

  it("draws what is kept by place: the fullest slice longest, an empty one not at all", async () => {
    const keptAt = Array.from({ length: 64 }, (_, slice) => (slice === 10 ? 100 : slice === 20 ? 25 : 0));
    await show({ state: { ...ready, node: { ...node, keptAt } }, route: page });
    const heights = all("svg.ring .bar").map((bar) => Number(bar.getAttribute("height")));
    expect(heights.length).toBe(64);
    expect(heights[10]).toBeGreaterThan(heights[20] ?? 0);
    expect(heights[20]).toBeGreaterThan(0);
    expect(heights.filter((height) => height > 0).length).toBe(2);
    expect(texts(".legend li").join()).toContain("100 messages");
  });

  it("lays a slice and a dot of the same place at the same angle", async () => {
    const peer = `${"8".padEnd(64, "0")}`; // the middle of the ring: where slice 32 of 64 begins
    await show({ state: { ...ready, node: { ...node, links: [link({ peer })] } }, route: page });
    const [, x = 0, y = 0] =
      /translate\(([\d.]+) ([\d.]+)\)/.exec(dot(peer).getAttribute("transform") ?? "")?.map(Number) ?? [];
    const ofDot = (Math.atan2(x - 160, 160 - y) * 180) / Math.PI;
    const [, turned = 0] =
      /rotate\(([\d.]+)/.exec(all("svg.ring g:has(> .bar)")[32]?.getAttribute("transform") ?? "")?.map(Number) ?? [];
    const apart = (((turned - ofDot) % 360) + 360) % 360;
    expect(apart).toBeCloseTo(360 / 64 / 2, 0);
  });

  it("shows a peer at the pointer, and marks its row; a row marks its dot", async () => {
    await show("node-crowded");
    const { peer } = nodeOf("node-crowded").links[6] ?? link({});
    dot(peer).dispatchEvent(new PointerEvent("pointerenter"));
    await settle();
    expect(textOf(get(".peer"))).toContain(peer.slice(0, 12));
    expect(row(peer).matches(".picked")).toBe(true);
    const other = nodeOf("node-crowded").links[2] ?? link({});
    row(other.peer).dispatchEvent(new PointerEvent("pointerenter"));
    await settle();
    expect(dot(other.peer).matches(".picked")).toBe(true);
    expect(all("g.dot.picked").length).toBe(1);
    expect(textOf(get(".peer"))).toMatch(/Anchor.*WebSocket.*53 min.*71 ms/);
  });

  it("is one stop for Tab, then goes along the ring with the arrow keys", async () => {
    await show("node-crowded");
    const buttons = all(".dots button") as HTMLElement[];
    expect(buttons.filter(({ tabIndex }) => tabIndex === 0).length).toBe(1);
    buttons[0]?.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
    await settle();
    expect(focus()).toBe(buttons[1]);
    const peer = buttons[1]?.dataset["peer"] ?? "";
    expect(dot(peer).matches(".picked")).toBe(true);
    expect(row(peer).matches(".picked")).toBe(true);
    await userEvent.keyboard("{End}{ArrowDown}");
    expect(focus()).toBe(buttons[0]);
    expect(buttons[1]?.getAttribute("aria-label")).toMatch(/9e3779b97f68.*: To an anchor\. Round trip: 37 ms/);
  });

  it("moves only where bytes went, and lets go of a peer that is gone", async () => {
    const [first, second] = [link({}), link({ peer: "2".repeat(64) })];
    const state = (...links: LinkView[]) => ({ ...ready, node: { ...node, links } });
    const app = await show({ state: state(first, second), route: page });
    expect(all(".flow-a, .flow-b")).toEqual([]);
    app.set(state({ ...first, bytesIn: 5_000 }, second));
    await settle();
    expect(all(".flow-a, .flow-b").length).toBe(1);
    app.set(state({ ...first, bytesIn: 5_000 }, second));
    await settle();
    expect(all(".flow-a, .flow-b")).toEqual([]);
    dot(first.peer).dispatchEvent(new PointerEvent("pointerenter"));
    app.set(state(second));
    await settle();
    expect(find(".peer dl")).toBeUndefined();
    expect(find("svg.ring .mark")).toBeUndefined();
  });

  it("says that there is no link", async () => {
    await show("node-alone");
    expect(textOf(get(".peer"))).toBe("There is no link at the moment.");
    expect(texts(".hint").join()).toContain("You have no contacts yet.");
  });
});

describe("the numbers", () => {
  it("are those of the node, summed where they are many, and follow it", async () => {
    const links = [link({}), link({ peer: "2".repeat(64), bytesIn: 3_000, bytesOut: 5_000 })];
    const app = await show({ state: { ...ready, node: { ...node, links } }, route: page });
    expect(tile("Messages passed on")).toBe("18,204");
    expect(tile("Bytes passed on")).toMatch(/6\.1 MB/);
    expect(tile("Sealed messages kept for others")).toBe("1,284");
    expect(tile("Received over present links")).toMatch(/^4 kB/);
    expect(tile("Sent over present links")).toMatch(/^7 kB/);
    expect(tile("Lookups")).toBe("87");
    app.patch({ node: { ...node, cellsKept: 3 } });
    await settle();
    expect(tile("Sealed messages kept for others")).toBe("3");
  });

  it("tell how each contact is reached, and by which link; not requests, not who is blocked", async () => {
    const links = [link({ chat: ada?.id ?? "" })];
    const state = {
      ...ready,
      chats: [
        ...chats.map((chat, index) => ({ ...chat, blocked: index === 2 })),
        { ...chats[3], id: "ff", phase: "request", name: "Mira" } as (typeof chats)[number],
      ],
      node: { ...node, links },
    };
    const app = await show({ state, route: page });
    expect(textOf(get(`tr[data-chat="${ada?.id}"]`))).toMatch(/Directly 777777777777 20 ms/);
    expect(textOf(get(`tr[data-chat="${ben?.id}"]`))).toMatch(/By mailbox None/);
    const names = texts("tr[data-chat] th");
    expect(names[0]).toBe(ada?.name);
    expect(names).not.toContain("Mira");
    expect(names).not.toContain(chats[2]?.name);
    app.patch({ node: { ...node, links: [link({ chat: ada?.id ?? "", carrier: "relayed" })] } });
    await settle();
    expect(textOf(get(`tr[data-chat="${ada?.id}"]`))).toContain("Relayed by another node");
  });
});

describe("what the person allows", () => {
  const pauseSwitch = (): HTMLInputElement => get("[role=switch]") as HTMLInputElement;
  async function pause(): Promise<void> {
    pauseSwitch().click();
    await settle();
  }
  const select = (id: string): HTMLSelectElement => get(`select#${id}`) as HTMLSelectElement;
  async function pick(id: string, value: string): Promise<void> {
    select(id).value = value;
    select(id).dispatchEvent(new Event("change"));
    await settle();
  }

  it("pauses and goes on, and says what that means", async () => {
    const app = await show("node");
    app.effects["pauseNode"] = (on: boolean) => app.patch({ node: { ...node, paused: on } });
    expect(pauseSwitch().checked).toBe(false);
    await pause();
    expect(app.calls).toContainEqual(["pauseNode", true]);
    expect(pauseSwitch().checked).toBe(true);
    expect(texts(".few").join()).toContain("Paused: this node carries nothing for others");
    await pause();
    expect(app.calls).toContainEqual(["pauseNode", false]);
  });

  it("sets one cap and leaves the others, and takes it back", async () => {
    const caps = { linksMax: 32, storeBytes: undefined };
    const app = await show({ state: { ...ready, node: { ...node, caps } }, route: page });
    expect(select("linksMax").value).toBe("32");
    expect(select("storeBytes").value).toBe("");
    await pick("storeBytes", "50000000");
    expect(app.calls.at(-1)).toEqual(["setCaps", { linksMax: 32, storeBytes: 50e6 }]);
    await pick("linksMax", "");
    expect(app.calls.at(-1)).toEqual(["setCaps", { linksMax: undefined, storeBytes: undefined }]);
  });

  it("shows a cap that was set otherwise, and what holds now", async () => {
    await show("node-paused");
    expect(select("linksMax").value).toBe("24");
    expect(textOf(get("#linksMax-hint"))).toContain("Now: 64");
    expect(textOf(get("#bytesPerSecond-hint"))).toMatch(/Now: 4\.2 MB a second/);
  });

  it("waits while it is done, and says it when it was refused", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show("node");
    let done: () => void = () => undefined;
    const slow = new Promise<void>((end) => {
      done = end;
    });
    vi.spyOn(app, "pauseNode").mockReturnValue(slow);
    await pause();
    expect(pauseSwitch().disabled).toBe(true);
    expect(texts(".status").join()).toContain("Being changed");
    done();
    await settle();
    expect(pauseSwitch().disabled).toBe(false);
    app.refused.add("setCaps");
    await pick("linksMax", "16");
    expect(texts(".status").join()).toContain("could not be changed");
    expect(select("linksMax").value).toBe("");
  });
});
