/**
 * The interface: Lit elements over the one object `App`. A picture of its states and a way to its commands, nothing
 * else: no protocol, no storage, no clock of the network. `mount` is the only door, called by the composition root; what
 * the first screen does without comes with panes.ts.
 * Here is the frame: places, sheets and panes, keys. The rooms: list, chat, invite, node and self (the person and the
 * device) with their screens, kit with what all are made of, words with every sentence. Layer: ui, imports #app and lit
 * only.
 */
import type { App } from "#app/api.ts";
import { AppElement } from "./app.ts";
import { BannerElement } from "./banner.ts";
import { Deletions } from "./chat/deletions.ts";
import type { Skeleton } from "./chat/goes.ts";
import { type Pseudo, unsafeTestingPseudo } from "./kit/catalogue.ts";
import type { CodeReader, Qr, Ui } from "./kit/view.ts";
import { Router } from "./router.ts";
import { StartElement } from "./self/start.ts";

const ELEMENTS: Readonly<Record<string, CustomElementConstructor>> = {
  "nodus-app": AppElement,
  "nodus-banner": BannerElement,
  "nodus-start": StartElement,
};
/** A failed command is said for so long, and what is told in passing. */
const FAILED_MS = 6_000;
const TOLD_MS = 5_000;

export interface MountOptions {
  /** Draws the code of an invite link; without it only the link is shown. */
  qr?: Qr;
  /** Makes what reads the code of an invite, when a person asks for that; without it there is only the link. */
  reader?: () => Promise<CodeReader>;
  /** Loads what tells the hosts of links from look-alikes, once such a link is drawn. */
  skeleton?: () => Promise<Skeleton>;
  /** Calls `heard` with the chat of each notice that was clicked. */
  notice?: (heard: (chat: string) => void) => void;
  /** Wall clock, ms; the device's by default. */
  now?: () => number;
  /** Every sentence lengthened and bracketed; "rtl" also turns the page around. */
  unsafeTestingPseudo?: Pseudo;
}

/** What the page may ask of the interface. */
export interface Mounted {
  /** Hands over what is being typed, and what is being deleted, before the page goes. */
  handOver(): void;
}

export function mount(app: App, host: HTMLElement, options: MountOptions = {}): Mounted {
  for (const [name, element] of Object.entries(ELEMENTS)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
  unsafeTestingPseudo(options.unsafeTestingPseudo !== undefined);
  const root = document.createElement("nodus-app") as AppElement;
  if (options.unsafeTestingPseudo === "rtl") root.dir = "rtl";
  root.ui = uiOf(app, options);
  host.replaceChildren(root);
  return { handOver: () => root.handOver() };
}

function uiOf(app: App, { qr, reader, skeleton, notice, now = Date.now }: MountOptions): Ui {
  const router = new Router();
  notice?.((chat) => router.go({ chat }));
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let told: string | undefined;
  let looks: Skeleton | undefined;
  let asked = false;
  const tell = (sentence?: string): void => {
    told = sentence;
    clearTimeout(telling);
    if (sentence !== undefined) telling = setTimeout(tell, TOLD_MS);
    say();
  };
  const say = (): void => {
    for (const changed of listeners) changed();
  };
  const ui: Ui = {
    app,
    router,
    now,
    deletions: new Deletions(app, (command) => void ui.run(command), say),
    ...(qr && { qr }),
    ...(reader && { reader }),
    skeleton() {
      if (!asked) {
        asked = true;
        skeleton?.().then(
          (loaded) => {
            looks = loaded;
            say();
          },
          (error: unknown) => console.error(error),
        );
      }
      return looks;
    },
    get failed() {
      return timer !== undefined;
    },
    tell,
    get told() {
      return told;
    },
    subscribe(changed) {
      const ends = [app.subscribe(changed), router.subscribe(changed), () => listeners.delete(changed)];
      listeners.add(changed);
      return () => ends.forEach((end) => void end());
    },
    async run(command) {
      try {
        await command;
        return true;
      } catch (error) {
        console.error(error);
        clearTimeout(timer);
        timer = setTimeout(() => {
          timer = undefined;
          say();
        }, FAILED_MS);
        say();
        return false;
      }
    },
  };
  return ui;
}
