/** The whole interface: banner, and below it the first screens or, once there are chats, all that is in panes.ts. */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { sign } from "./kit/icons.ts";
import { kit, tokens } from "./kit/styles.ts";
import { View } from "./kit/view.ts";
import type { PanesElement } from "./panes.ts";
import { say } from "./words/sentences.ts";

/** Less than any keyboard, more than the bars that browsers fold away. */
const KEYBOARD_PX = 150;
/** The first screen is drawn, and a name being typed, before the rest is loaded. */
const LATER_MS = 500;

export class AppElement extends View {
  static override styles = [
    kit,
    tokens,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
        block-size: 100vh;
        block-size: 100dvh;
        padding-block-start: env(safe-area-inset-top);
        padding-inline: env(safe-area-inset-left) env(safe-area-inset-right);
        background: var(--bg);
        /* What is placed outside of the flow makes the page no longer either. */
        position: relative;
        overflow: clip;
      }
      .start {
        overflow-y: auto;
      }
      nodus-panes {
        min-block-size: 0;
      }
      .wait {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 1rem;
      }
      .wait .sign {
        inline-size: 4rem;
        color: var(--accent);
      }
    `,
  ];
  #panes: "here" | "loading" | "failed" | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    visualViewport?.addEventListener("resize", this.#fit);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    visualViewport?.removeEventListener("resize", this.#fit);
  }

  /** What is being typed goes to the app at once. */
  handOver(): void {
    this.renderRoot.querySelector<PanesElement>("nodus-panes")?.handOver();
  }

  protected override render(): TemplateResult {
    const { ui, ready } = this;
    const banner = html`<nodus-banner .ui=${ui} ></nodus-banner>`;
    if (!ready) return html`${banner}<nodus-start class="start" .ui=${ui}></nodus-start>`;
    if (this.#panes === "here") return html`${banner}<nodus-panes .ui=${ui}></nodus-panes>`;
    return html`${banner}<main class="wait">
      ${sign()}
      ${
        this.#panes === "failed"
          ? html`<p role="alert">${say.partFailed}</p><button type="button" class="primary" @click=${() => location.reload()}>${say.reload}</button>`
          : ""
      }
    </main>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { ready } = this;
    const named = title(ready?.chats.reduce((sum, { blocked, unread }) => sum + (blocked ? 0 : unread), 0) ?? 0);
    if (document.title !== named) document.title = named; // the browser is told of the same title, too
    if (this.#panes === undefined) this.#load(this.ui.app.state.phase === "first-run" ? LATER_MS : 0);
  }

  /** Whoever lives here needs the panes as soon as the chats are open, whoever is new after the first screen. */
  #later: ReturnType<typeof setTimeout> | undefined;
  #load(wait: number): void {
    if (wait > 0) {
      this.#later ??= setTimeout(() => this.#load(0), wait);
      return;
    }
    clearTimeout(this.#later);
    if (this.#panes !== undefined) return;
    this.#panes = "loading";
    const settle = (to: "here" | "failed") => (): void => {
      this.#panes = to;
      this.requestUpdate();
    };
    import("./panes.ts").then(settle("here"), settle("failed"));
  }

  /** Where the keyboard on the screen lies over the page instead of shortening it, we shorten it ourselves. */
  #fit = (): void => {
    const { height = innerHeight, scale = 1 } = visualViewport ?? {};
    const covered = scale === 1 && innerHeight - height > KEYBOARD_PX;
    this.style.blockSize = covered ? `${height}px` : "";
    if (covered) scrollTo(0, 0);
  };
}

const title = (unread: number): string => (unread > 0 ? `(${say.integer(unread)}) ${say.product}` : say.product);
