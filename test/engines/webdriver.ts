/** A session of W3C WebDriver: one browser, its windows, and one command at a time. */
const LIMIT_MS = 60_000;
/** The name under which the standard hands out elements. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export type Handle = string;
export class ElementRef {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  toJSON(): object {
    return { [ELEMENT]: this.id };
  }
}

export class DriverError extends Error {
  /** As the standard names it: "stale element reference". */
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export class Session {
  readonly #base: string;
  #turn: Promise<unknown> = Promise.resolve();
  #window: Handle | undefined;

  private constructor(base: string) {
    this.#base = base;
  }
  static async begin(server: string, capabilities: object): Promise<Session> {
    const { sessionId } = (await send(`${server}/session`, "POST", {
      capabilities: { alwaysMatch: capabilities },
    })) as { sessionId: string };
    const session = new Session(`${server}/session/${sessionId}`);
    await session.call("POST", "/timeouts", { script: LIMIT_MS, pageLoad: LIMIT_MS });
    return session;
  }

  /** A command, in this window where it is about one. */
  call(method: "GET" | "POST" | "DELETE", path: string, body?: object, window?: Handle): Promise<unknown> {
    const command = async (): Promise<unknown> => {
      if (window !== undefined && window !== this.#window) {
        await send(`${this.#base}/window`, "POST", { handle: window });
        this.#window = window;
      }
      return send(this.#base + path, method, body);
    };
    const result = this.#turn.then(command);
    this.#turn = result.catch(() => undefined); // whoever asked hears it; the next one has a turn all the same
    return result;
  }
  async window(): Promise<Handle> {
    return String(await this.call("GET", "/window"));
  }
  async newWindow(): Promise<Handle> {
    const { handle } = (await this.call("POST", "/window/new", { type: "window" })) as { handle: Handle };
    return handle;
  }
  async closeWindow(window: Handle): Promise<void> {
    await this.call("DELETE", "/window", undefined, window);
    this.#window = undefined;
  }
  async end(): Promise<void> {
    await this.call("DELETE", "");
  }
}

async function send(url: string, method: string, body?: object): Promise<unknown> {
  const content = method === "POST" ? { body: JSON.stringify(body ?? {}) } : {};
  const answer = await fetch(url, { method, ...content, signal: AbortSignal.timeout(LIMIT_MS) });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) {
    const { error, message } = value as { error: string; message: string };
    throw new DriverError(error, message);
  }
  return withRefs(value);
}
/** Elements in an answer, at its top or in a list. */
function withRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withRefs);
  if (typeof value !== "object" || value === null || !(ELEMENT in value)) return value;
  return new ElementRef(String(value[ELEMENT]));
}
