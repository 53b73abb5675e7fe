/** Starts WebKitGTK: one display for all, and for each profile a driver with a browser of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { findWebKit } from "../../tools/engines.mjs";
import { freePorts } from "../relay/process.ts";
import { type Handle, Session } from "./webdriver.ts";
import { WebKitPage } from "./webkit-page.ts";

const WINDOW = join(import.meta.dirname, "webkit-window.py");
const LIMIT_MS = 30_000;
const LOOK_MS = 50;
/** The display and the drivers, which take their browsers along: none outlives this process. */
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
let display: Promise<{ name: string; xvfb: ChildProcess }> | undefined;

function programs(): { driver: string; xvfb: string } {
  const found = findWebKit();
  if (found === undefined) throw new Error("WebKitGTK is not there: node tools/engines.mjs tells how to get it");
  return found;
}

/** The first that is free, as the server says itself. */
async function openDisplay(): Promise<{ name: string; xvfb: ChildProcess }> {
  const args = ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"];
  const xvfb = spawn(programs().xvfb, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = (await once(xvfb.stdio[3] as NodeJS.ReadableStream, "data")) as [Buffer];
  children.add(xvfb);
  return { name: `:${String(number).trim()}`, xvfb };
}

export class WebKit {
  readonly #session: Session;
  readonly #driver: ChildProcess;
  readonly #said = new EventEmitter();

  private constructor(session: Session, driver: ChildProcess) {
    this.#session = session;
    this.#driver = driver;
    for (const input of [driver.stdout, driver.stderr]) {
      if (input) createInterface({ input }).on("line", (line) => this.#hear(line));
    }
  }
  /** As webkit-window.py prints it; the rest is said by the libraries below. */
  #hear(line: string): void {
    if (!line.startsWith("{")) return;
    const { kind, text } = JSON.parse(line) as { kind: "pageerror" | "console"; text: string };
    this.#said.emit(kind, kind === "pageerror" ? new Error(text) : { text: () => text });
  }

  /** `folder` of the profile, or nothing for a private window. `locale` as the system names it. */
  static async open(folder?: string, locale = "en_US.UTF-8"): Promise<WebKit> {
    const { driver: program } = programs();
    display ??= openDisplay();
    const { name } = await display;
    const port = await freePorts(1);
    const driver = spawn(program, [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        DISPLAY: name,
        GDK_BACKEND: "x11",
        LIBGL_ALWAYS_SOFTWARE: "1",
        WEBKIT_DISABLE_DMABUF_RENDERER: "1",
        // Containers give the engine no sandbox of its own to make.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
        NO_AT_BRIDGE: "1",
        LC_ALL: locale,
      },
    });
    children.add(driver);
    const server = `http://127.0.0.1:${port}`;
    await listens(server, driver);
    const args = folder === undefined ? [] : [folder];
    const session = await Session.begin(server, { "webkitgtk:browserOptions": { binary: WINDOW, args } });
    return new WebKit(session, driver);
  }

  async firstPage(): Promise<WebKitPage> {
    return this.#page(await this.#session.window());
  }
  async newPage(): Promise<WebKitPage> {
    return this.#page(await this.#session.newWindow());
  }
  #page(window: Handle): WebKitPage {
    return new WebKitPage(this.#session, window, (event, heard) => void this.#said.on(event, heard));
  }
  async close(): Promise<void> {
    try {
      await this.#session.end();
    } finally {
      this.#driver.kill("SIGKILL");
      if (this.#driver.exitCode === null && this.#driver.signalCode === null) await once(this.#driver, "exit");
      children.delete(this.#driver);
    }
  }
}

async function listens(server: string, driver: ChildProcess): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const answers = await fetch(`${server}/status`).then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (driver.exitCode !== null || Date.now() > end) throw new Error("WebKitWebDriver did not start");
    await pause(LOOK_MS);
  }
}
