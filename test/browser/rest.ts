/** A page at rest: its fonts are there, nothing moves any more, and the end of that is drawn. Who looks at a page in which
 * something never stops asks for reduced motion first. */
import type { Page } from "@playwright/test";

export const rest = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const animations = (root: Document | ShadowRoot): Animation[] => [
      ...root.getAnimations(),
      ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? animations(shadowRoot) : [])),
    ];
    const frame = (): Promise<unknown> => new Promise((next) => requestAnimationFrame(next));
    await document.fonts.ready;
    do {
      await frame();
      await frame();
    } while (animations(document).some(({ playState }) => playState === "running"));
  });
