/** What every element of the interface is given, and the base class that draws again when something has changed. */
import { type CSSResultGroup, LitElement, type PropertyDeclarations } from "lit";
import type { App, ReadyState } from "#app/api.ts";
import type { Deletions } from "../chat/deletions.ts";
import type { Skeleton } from "../chat/goes.ts";
import type { Router } from "../router.ts";
import { kit } from "./styles.ts";

/** A QR code as one SVG path over `size` × `size` modules, quiet zone included. */
export type Qr = (text: string) => QrPath | Promise<QrPath>;
export interface QrPath {
  size: number;
  d: string;
}

/** Reads QR codes off the main thread. Takes the pixels over; `still`: no other picture follows. */
export interface CodeReader {
  read(image: ImageData, still: boolean): Promise<string | undefined>;
  close(): void;
}

/** Handed down from `mount`: the app, the place, and what the interface may not reach by itself. */
export interface Ui {
  readonly app: App;
  readonly router: Router;
  readonly qr?: Qr;
  /** Absent where codes cannot be read. */
  readonly reader?: () => Promise<CodeReader>;
  /** What tells look-alikes apart. Loads at the first call; until then, and where it cannot be loaded, there is none. */
  skeleton(): Skeleton | undefined;
  /** Device clock, ms. */
  now(): number;
  readonly deletions: Deletions;
  /** Waits for a command, and tells whether it worked. */
  run(command: Promise<unknown>): Promise<boolean>;
  /** A command failed a moment ago: said in the banner, and in a sheet that covers it. */
  readonly failed: boolean;
  /** Says a sentence for a few seconds: `told`, until then. */
  tell(sentence: string): void;
  readonly told: string | undefined;
  /** Called when the app, the place or the above has changed. Returns its end. */
  subscribe(changed: () => void): () => void;
}

export abstract class View extends LitElement {
  static override properties: PropertyDeclarations = { ui: { attribute: false } };
  static override styles: CSSResultGroup = kit;
  declare ui: Ui;
  #end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = this.ui.subscribe(() => this.requestUpdate());
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
    this.#end = undefined;
  }
  protected get ready(): ReadyState | undefined {
    const { state } = this.ui.app;
    return state.phase === "ready" ? state : undefined;
  }
}
