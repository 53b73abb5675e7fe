/**
 * As much of Playwright's page and locator as people use (people.ts), over WebDriver: the same scenario runs in WebKit.
 * Names are Playwright's, and so is what they mean: a locator looks anew each time, waits, and takes one element alone.
 */
import { setTimeout as pause } from "node:timers/promises";
import { DriverError, type ElementRef, type Handle, type Session } from "./webdriver.ts";
import { look, type Matcher, type Step } from "./webkit-look.ts";

const LIMIT_MS = 30_000;
const LOOK_MS = 100;
/** The page changed between the look and the act: look again. */
const PASSING = ["stale element reference", "element click intercepted", "element not interactable", "no such element"];
const KEYS: Record<string, string> = { Enter: "\uE007", Escape: "\uE00C", Tab: "\uE004" };

interface NameOptions {
  name?: string | RegExp;
  exact?: boolean;
}
interface Limit {
  timeout?: number;
}
const matcherOf = (text: string | RegExp, exact = false): Matcher => {
  if (typeof text !== "string") return { pattern: text.source, flags: text.flags };
  return exact ? { exact: text } : { part: text };
};

/** What a page and a locator have in common. */
abstract class Place {
  abstract below(step: Step): WebKitLocator;

  getByRole(role: string, { name, exact }: NameOptions = {}): WebKitLocator {
    return this.below({ by: "role", role, ...(name === undefined ? {} : { name: matcherOf(name, exact) }) });
  }
  getByText(text: string | RegExp, { exact }: { exact?: boolean } = {}): WebKitLocator {
    return this.below({ by: "text", text: matcherOf(text, exact) });
  }
  locator(selector: string): WebKitLocator {
    return this.below({ by: "css", selector });
  }
}

/** What a page says: an error that nobody caught, a line on its console. */
interface Events {
  pageerror: Error;
  console: { text(): string };
}
export type Hear = <Name extends keyof Events>(event: Name, heard: (said: Events[Name]) => void) => void;

export class WebKitPage extends Place {
  readonly #session: Session;
  readonly #window: Handle;
  readonly on: Hear;
  readonly keyboard = { press: (key: string): Promise<void> => this.#type(key) };

  constructor(session: Session, window: Handle, hear: Hear) {
    super();
    this.#session = session;
    this.#window = window;
    this.on = hear;
  }
  below(step: Step): WebKitLocator {
    return new WebKitLocator(this, [step]);
  }
  call(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    return this.#session.call(method, path, body, this.#window);
  }

  async goto(url: string): Promise<void> {
    await this.call("POST", "/url", { url });
  }
  async reload(): Promise<void> {
    await this.call("POST", "/refresh");
  }
  async goBack(): Promise<void> {
    await this.call("POST", "/back");
  }
  async url(): Promise<string> {
    return String(await this.call("GET", "/url"));
  }
  async close(): Promise<void> {
    await this.#session.closeWindow(this.#window);
  }
  /** Runs a function, or an expression, in the page. */
  async evaluate<T, A>(what: string | ((value: A) => T | Promise<T>), value?: A): Promise<T> {
    const expression = typeof what === "string" ? what : `(${what})(given)`;
    const script = `const [given, done] = arguments;
      (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = await this.call("POST", "/execute/async", { script, args: [value ?? null] });
    const { value: result, error } = answer as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  }
  /** All words that are drawn, a line for each element. */
  async screen(): Promise<string> {
    const everything = new WebKitLocator(this, [{ by: "text", text: matcherOf(/./) }]);
    return [await this.url(), ...(await everything.allInnerTexts())].join("\n");
  }
  async #type(key: string): Promise<void> {
    const value = KEYS[key] ?? key;
    const actions = [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ];
    await this.call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }
}

export class WebKitLocator extends Place {
  readonly #page: WebKitPage;
  readonly #steps: readonly Step[];

  constructor(page: WebKitPage, steps: readonly Step[]) {
    super();
    this.#page = page;
    this.#steps = steps;
  }
  below(step: Step): WebKitLocator {
    return new WebKitLocator(this.#page, [...this.#steps, step]);
  }
  first(): WebKitLocator {
    return this.below({ by: "at", index: 0 });
  }
  last(): WebKitLocator {
    return this.below({ by: "at", index: -1 });
  }
  override toString(): string {
    return JSON.stringify(this.#steps);
  }

  async click({ timeout }: Limit = {}): Promise<void> {
    const click = async (element: ElementRef): Promise<boolean> => {
      if (await this.#run((each: Element) => each.matches(":disabled"), element)) return false;
      await this.#page.call("POST", `/element/${element.id}/click`);
      return true;
    };
    await this.#act(click, timeout);
  }
  async press(key: string): Promise<void> {
    const text = KEYS[key] ?? key;
    await this.#act(async ({ id }) => void (await this.#page.call("POST", `/element/${id}/value`, { text })));
  }
  /** At once, as a paste does it. */
  async fill(text: string): Promise<void> {
    await this.#act((element) => this.#run(fill, element, text));
  }
  inputValue(): Promise<string> {
    return this.#act((element) => this.#run((field: Element) => (field as HTMLInputElement).value, element));
  }
  textContent(): Promise<string | null> {
    return this.#act((element) => this.#run((each: Element) => each.textContent, element));
  }
  allTextContents(): Promise<string[]> {
    return this.#every((each) => each.textContent ?? "");
  }
  allInnerTexts(): Promise<string[]> {
    // biome-ignore lint/performance/useDomNodeTextContent: as it is drawn, which is what the name says
    return this.#every((each) => (each as HTMLElement).innerText);
  }
  async count(): Promise<number> {
    return (await this.#found()).length;
  }
  async isVisible(): Promise<boolean> {
    const [element] = await this.#found();
    return element !== undefined && (await this.#isVisible(element));
  }
  async waitFor({
    state = "visible",
    timeout = LIMIT_MS,
  }: Limit & { state?: "visible" | "hidden" } = {}): Promise<void> {
    if (state === "visible") await this.#act(async () => undefined, timeout);
    else await this.#until(async () => ((await this.isVisible()) ? undefined : true), timeout);
  }

  /** Does it with the one element, as soon as that is there and visible; `false` says that it is not ready yet. */
  #act<T>(act: (element: ElementRef) => Promise<T>, timeout?: number): Promise<T> {
    const attempt = async (): Promise<{ done: T } | undefined> => {
      const [element, ...others] = await this.#found();
      if (others.length > 0) throw new Error(`${String(this)} is ${others.length + 1} elements`);
      if (element === undefined || !(await this.#isVisible(element))) return undefined;
      const done = await act(element);
      return done === false ? undefined : { done };
    };
    return this.#until(attempt, timeout).then(({ done }) => done);
  }
  async #until<T>(attempt: () => Promise<T | undefined>, timeout = LIMIT_MS): Promise<T> {
    const end = Date.now() + timeout;
    for (;;) {
      const result = await attempt().catch((error: unknown) => {
        if (!(error instanceof DriverError && PASSING.includes(error.code))) throw error;
        return undefined;
      });
      if (result !== undefined) return result;
      if (Date.now() > end) throw new Error(`never as awaited: ${String(this)}\n${await this.#page.screen()}`);
      await pause(LOOK_MS);
    }
  }
  async #found(): Promise<ElementRef[]> {
    return (await this.#script(`return (${look})(arguments[0])`, this.#steps)) as ElementRef[];
  }
  #isVisible(element: ElementRef): Promise<boolean> {
    return this.#run(isVisible, element);
  }
  async #every<T>(what: (element: Element) => T): Promise<T[]> {
    return (await this.#script(`return (${look})(arguments[0]).map(${what})`, this.#steps)) as T[];
  }
  async #run<T>(what: (element: Element, ...rest: string[]) => T, element: ElementRef, ...rest: string[]): Promise<T> {
    return (await this.#script(`return (${what})(...arguments)`, element, ...rest)) as T;
  }
  #script(script: string, ...args: unknown[]): Promise<unknown> {
    return this.#page.call("POST", "/execute/sync", { script, args });
  }
}

function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
}
function fill(element: Element, text = ""): void {
  const field = element as HTMLInputElement | HTMLTextAreaElement;
  field.focus();
  field.value = text;
  field.dispatchEvent(
    new InputEvent("input", { bubbles: true, composed: true, inputType: "insertFromPaste", data: text }),
  );
}
