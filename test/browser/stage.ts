/** Puts a screen of the fixture into the page of a browser test, and takes it away again. */
import { page } from "vitest/browser";
import { qrPath } from "#adapters/qr.ts";
import { WorkerReader } from "#adapters/qr-read.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import { type MountOptions, mount } from "../../web/src/ui/main.ts";
import type { Route } from "../../web/src/ui/router.ts";
import qrUrl from "../../web/src/workers/qr.ts?worker&url";
import { all, find, frame, until } from "./drawn.ts";
import { FixtureApp, NOW, type Screen, screens } from "./fixture.ts";

export const SMALL = [390, 700] as const;
export const LARGE = [1280, 800] as const;

const openReader = async (): Promise<WorkerReader> =>
  new WorkerReader(new Worker(scriptUrl(qrUrl), { type: "module" }));

export async function show(what: string | Screen, options: MountOptions = {}): Promise<FixtureApp> {
  const screen = typeof what === "string" ? screens[what] : what;
  if (!screen) throw new Error(`no screen ${what}`);
  const { sheet, page: whole } = screen.route ?? {};
  history.replaceState({ nodusRoute: screen.route ?? {}, depth: 0 }, "");
  document.body.style.margin = "0"; // as in page.css
  document.documentElement.style.colorScheme ||= "light";
  const app = new FixtureApp(screen);
  mount(app, document.body, { qr: qrPath, reader: openReader, now: () => NOW, ...options });
  if (screen.state.phase === "ready") await until(() => find("nodus-panes") !== undefined);
  if (sheet) await until(() => find("dialog[open]") !== undefined);
  if (whole) await until(() => find(".page, nodus-restore") !== undefined);
  if (screen.write !== undefined) await write(screen.write);
  await settle();
  for (const selector of screen.press ?? []) {
    get(selector).click();
    await settle();
  }
  return app;
}
export function clear(): void {
  document.body.replaceChildren();
  document.documentElement.style.colorScheme = "";
}
export const size = ([width, height]: readonly [number, number]): Promise<void> => page.viewport(width, height);

/** Drawing takes a frame, and what it loads another. */
export async function settle(): Promise<void> {
  for (let frames = 0; frames < 3; frames++) await frame();
}
export const route = (): Route => history.state?.nodusRoute ?? {};
/** The element that has the focus, through all shadow roots. */
export function focus(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
export async function back(): Promise<void> {
  const gone = new Promise((done) => addEventListener("popstate", done, { once: true }));
  history.back();
  await gone;
  await settle();
}

export function get(selector: string): HTMLElement {
  const found = find(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`nothing is drawn that matches ${selector}`);
  return found;
}
export const texts = (selector: string): string[] => all(selector).map(textOf);
export const textOf = (element: Element): string => (element.textContent ?? "").replace(/\s+/g, " ").trim();
/** A button by its words or its label. */
export function button(name: string): HTMLElement {
  const found = all("button").find(
    (each) => each.getAttribute("aria-label") === name || textOf(each) === name || textOf(each).startsWith(`${name} `),
  );
  if (!(found instanceof HTMLElement)) throw new Error(`there is no button ${name}: ${texts("button").join(", ")}`);
  return found;
}
export async function click(name: string): Promise<void> {
  button(name).click();
  await settle();
}
export async function write(text: string): Promise<void> {
  await until(() => find("textarea") !== undefined);
  const field = get("textarea") as HTMLTextAreaElement;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  await settle();
}
