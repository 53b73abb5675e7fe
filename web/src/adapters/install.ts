/**
 * Installing the app: the browser's own offer where it makes one, a guide where installing goes by hand, and whether this
 * window is the installed app. Layer: adapters.
 */

/** TypeScript's library does not know the offer, which only some browsers make. */
interface Offer extends Event {
  prompt(): Promise<void>;
  readonly userChoice: Promise<{ outcome: "accepted" | "dismissed" }>;
}
export type Install = "prompt" | "guide" | "installed" | "none";

const INSTALLED = "(display-mode: standalone), (display-mode: fullscreen), (display-mode: window-controls-overlay)";

export class Installing {
  #offer: Offer | undefined;
  readonly #mode = matchMedia(INSTALLED);

  constructor(changed: () => void) {
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault(); // shown when the person asks for it, not over what they are doing
      this.#offer = event as Offer;
      changed();
    });
    addEventListener("appinstalled", () => {
      this.#offer = undefined;
      changed();
    });
    this.#mode.addEventListener("change", changed);
  }

  get state(): Install {
    const byHand = homeScreen();
    if (this.#mode.matches || byHand === true) return "installed";
    if (this.#offer !== undefined) return "prompt";
    return byHand === undefined ? "none" : "guide";
  }

  /** The browser's question, once an offer: it makes another when it likes. */
  async ask(): Promise<boolean> {
    const offer = this.#offer;
    if (offer === undefined) return false;
    this.#offer = undefined;
    await offer.prompt();
    return (await offer.userChoice).outcome === "accepted";
  }
}

/** Only Safari on phones and tablets has this: there apps are put on the home screen by hand. */
function homeScreen(): boolean | undefined {
  const { standalone } = navigator as { standalone?: unknown };
  return typeof standalone === "boolean" ? standalone : undefined;
}
