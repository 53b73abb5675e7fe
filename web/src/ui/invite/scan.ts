/**
 * An invite's code, by camera or from a picture. Whatever it says goes to the app as an invite; what is none is shown,
 * shortened, and never followed. The camera runs only after a click, only while this sheet is open and the page is seen.
 */
import { css, html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { kit } from "../kit/styles.ts";
import { type CodeReader, View } from "../kit/view.ts";
import { tell } from "../words/sentences-pages.ts";
import { type Blank, see, type Trouble } from "../words/sentences-scan.ts";
import { Camera } from "./camera.ts";
import { Frames, pixelsOf } from "./pixels.ts";

/** Between two frames: a hand is not faster, and a phone stays cool. */
const PAUSE_MS = 80;
/** Of what is no invite, in characters. */
const SHOWN = 80;

class ScanElement extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    camera: { state: true },
    trouble: { state: true },
    blank: { state: true },
    strange: { state: true },
  };
  static override styles = [
    kit,
    css`
      .seen {
        position: relative;
        display: grid;
        overflow: hidden;
        aspect-ratio: 4 / 3;
        max-block-size: 55dvh;
        border-radius: 0.9rem;
        background: #000000;
      }
      video {
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
      }
      video.mirrored {
        transform: scaleX(-1);
      }
      .aim {
        position: absolute;
        inset: 0;
        margin: auto;
        block-size: 70%;
        aspect-ratio: 1;
        border: 3px solid #ffffff;
        border-radius: 1rem;
        box-shadow: 0 0 0 100vmax rgb(0 0 0 / 0.35);
      }
      .strange {
        display: grid;
        gap: 0.3rem;
        padding: 0.8rem 1rem;
        border: 1px solid currentColor;
        border-radius: 0.9rem;
      }
      progress {
        inline-size: 100%;
        block-size: 0.4rem;
        accent-color: var(--accent);
      }
      .picture {
        display: grid;
        gap: 0.5rem;
        padding: 0.9rem;
        border: 1px dashed var(--edge);
        border-radius: 0.9rem;
      }
    `,
  ];
  declare camera: Camera | "asking" | undefined;
  declare trouble: Trouble | undefined;
  /** Of the last picture that was chosen. */
  declare blank: Blank | "reading" | undefined;
  /** What was read and is no invite. */
  declare strange: string | undefined;
  #reader: Promise<CodeReader> | undefined;
  readonly #frames = new Frames();
  /** Given to the app, whose answer is awaited. */
  #given: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#onHide);
    addEventListener("pagehide", this.#onHide);
    addEventListener("paste", this.#onPaste);
    addEventListener("dragover", this.#onDrag, true); // before the page, which takes no pictures
    addEventListener("drop", this.#onDrop, true);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#onHide);
    removeEventListener("pagehide", this.#onHide);
    removeEventListener("paste", this.#onPaste);
    removeEventListener("dragover", this.#onDrag, true);
    removeEventListener("drop", this.#onDrop, true);
    this.#stop();
    void this.#reader?.then((reader) => reader.close()).catch(() => undefined);
    this.#reader = undefined;
  }

  protected override render(): TemplateResult {
    const looking = this.ready?.invite?.kind === "looking";
    return html`<nodus-sheet .ui=${this.ui} .label=${see.title} @leave=${this.#leave}>
      <div class="stack">${
        looking
          ? html`<p role="status">${tell.looking}</p><progress aria-label=${tell.looking}></progress>`
          : this.#body()
      }</div>
    </nodus-sheet>`;
  }

  #body(): TemplateResult {
    return html`${this.strange === undefined ? "" : this.#stranger(this.strange)}
      ${this.camera instanceof Camera ? this.#seen(this.camera) : this.#before()}
      <div class="picture">
        <div class="row">
          <button type="button" class="quiet" ?disabled=${this.blank === "reading"} @click=${this.#choose}>${see.choose}</button>
          <input type="file" accept="image/*" hidden @change=${this.#onFile} />
        </div>
        <p class="hint">${see.chooseHint}</p>
        <p role="status" class=${this.blank === "reading" ? "" : "fault"}>
          ${this.blank === "reading" ? see.reading : this.blank ? see.blank(this.blank) : ""}
        </p>
      </div>
      <div class="row"><button type="button" @click=${this.#paste}>${see.pasteInstead}</button></div>`;
  }

  #before(): TemplateResult {
    const asking = this.camera === "asking";
    return html`<p>${see.explain}</p>
      <p role="status" class=${asking ? "hint" : "fault"}>${asking ? see.starting : this.trouble ? see.trouble(this.trouble) : ""}</p>
      <div class="row">
        <button type="button" class="primary" autofocus @click=${this.#start}>
          ${this.trouble || this.strange !== undefined ? see.startAgain : see.start}
        </button>
      </div>`;
  }

  #seen({ stream, mirrored }: Camera): TemplateResult {
    return html`<p class="hint" role="status">${see.aim}</p>
      <div class="seen">
        <video class=${mirrored ? "mirrored" : ""} aria-label=${see.camera} autoplay playsinline muted .srcObject=${stream}></video>
        <div class="aim"></div>
      </div>
      <div class="row"><button type="button" class="quiet" @click=${() => this.#stop()}>${see.stop}</button></div>`;
  }

  #stranger(text: string): TemplateResult {
    const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    return html`<div class="strange" role="alert">
      <p class="fault">${see.noInvite}</p>
      <p class="mono">${short.trim() === "" ? see.empty : html`<bdi>${short}</bdi>`}</p>
    </div>`;
  }

  /** Follows what the app makes of the text; another sheet shows an invite and its faults. */
  protected override updated(changed: PropertyValues): void {
    // The button that had the focus gave way to another one.
    if (changed.has("camera") && !this.shadowRoot?.activeElement) this.renderRoot.querySelector("button")?.focus();
    const { invite } = this.ready ?? {};
    if (!invite || invite.kind === "looking" || invite.kind === "known") return;
    if (this.#given === undefined) {
      if (invite.kind === "found") this.#toInvite(); // of a link that was opened meanwhile
    } else if (invite.kind === "fault" && invite.fault === "malformed") {
      this.strange = this.#given;
      this.#given = undefined;
      this.ui.app.dismissInvite();
    } else this.#toInvite();
  }

  async #read(text: string): Promise<void> {
    if (this.#given !== undefined) return; // the camera and a picture both had one
    this.#stop();
    this.blank = undefined;
    this.strange = undefined;
    this.#given = text;
    if (!(await this.ui.run(this.ui.app.openInvite(text)))) this.#given = undefined;
  }

  #start = async (): Promise<void> => {
    if (this.camera !== undefined) return;
    this.trouble = undefined;
    this.camera = "asking";
    const camera = await Camera.open(() => this.#stop("ended"));
    // The person may have left, or looked elsewhere, while the browser was asking.
    const wanted = this.isConnected && this.camera === "asking";
    if (typeof camera === "string") {
      if (wanted) this.#stop(camera);
    } else if (!wanted) camera.stop();
    else {
      this.camera = camera;
      await this.#watch(camera);
    }
  };

  async #watch(camera: Camera): Promise<void> {
    while (this.camera === camera) {
      const video = this.renderRoot.querySelector("video");
      const frame = video && this.#frames.of(video);
      const text = frame ? await this.#decode(frame, false) : undefined;
      if (this.camera !== camera) return;
      if (text !== undefined) return this.#read(text);
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
  }

  async #open(file: Blob): Promise<void> {
    if (this.blank === "reading") return;
    this.strange = undefined;
    this.blank = "reading";
    const pixels = await pixelsOf(file);
    if (!this.isConnected) return;
    if (typeof pixels === "string") {
      this.blank = pixels;
      return;
    }
    const text = await this.#decode(pixels, true);
    if (!this.isConnected) return;
    if (text === undefined) this.blank = this.trouble === "failed" ? undefined : "no-code";
    else await this.#read(text);
  }

  async #decode(image: ImageData, still: boolean): Promise<string | undefined> {
    try {
      this.#reader ??= this.ui.reader?.();
      return await (await this.#reader)?.read(image, still);
    } catch {
      this.#reader = undefined; // its script could not be had: the next try asks for it anew
      this.#stop("failed");
      return undefined;
    }
  }

  #stop(why?: Trouble): void {
    if (this.camera instanceof Camera) this.camera.stop();
    this.camera = undefined;
    this.trouble = why;
  }

  #onHide = ({ type }: Event): void => {
    if (this.camera !== undefined && (document.hidden || type === "pagehide")) this.#stop("ended");
  };
  #onPaste = (event: ClipboardEvent): void => this.#take(event, event.clipboardData);
  #onDrop = (event: DragEvent): void => this.#take(event, event.dataTransfer);
  #onDrag = (event: DragEvent): void => event.preventDefault(); // or the browser would open what is dropped
  #take(event: Event, data: DataTransfer | null): void {
    const [file] = data?.files ?? [];
    if (event.type === "drop") event.preventDefault();
    if (!file) return;
    event.preventDefault();
    void this.#open(file);
  }
  #choose = (): void => this.renderRoot.querySelector<HTMLInputElement>("input[type=file]")?.click();
  #onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = ""; // the same file may be chosen again
    if (file) void this.#open(file);
  };
  #paste = (): void => this.#toInvite();
  #toInvite(): void {
    this.ui.router.replace({ ...this.ui.router.route, sheet: "open-invite" });
  }
  #leave = (): void => {
    this.dispatchEvent(new CustomEvent("leave"));
  };
}
customElements.define("nodus-scan", ScanElement);
