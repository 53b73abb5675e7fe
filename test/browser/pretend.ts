/**
 * Devices that a test page cannot be: one on which nothing hovers, one with a notch. Rewrites the sheets of what is drawn,
 * so that the cascade decides as it would there, in any engine. Elements that come later share the sheets of their kind.
 */
import { all } from "./drawn.ts";

const undo: (() => void)[] = [];

/** Sheets of every shadow root, each once. */
const sheets = (): Set<CSSStyleSheet> =>
  new Set(all("*").flatMap(({ shadowRoot }) => shadowRoot?.adoptedStyleSheets ?? []));
function* rulesOf(list: CSSRuleList): Generator<CSSRule> {
  for (const rule of list) {
    yield rule;
    if (rule instanceof CSSGroupingRule) yield* rulesOf(rule.cssRules);
  }
}

/** As on a phone: what asks for a pointer that hovers does not hold, and what asks for none does. */
export function pretendTouch(): void {
  for (const sheet of sheets()) {
    for (const rule of rulesOf(sheet.cssRules)) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const { media } = rule;
      const before = media.mediaText;
      const holds = before.includes("hover: none") ? "all" : before.includes("hover: hover") ? "not all" : undefined;
      if (holds === undefined) continue;
      media.mediaText = holds;
      undo.push(() => {
        media.mediaText = before;
      });
    }
  }
}

/** px of each side that the screen does not show whole. */
export function pretendInsets(insets: Readonly<Record<"top" | "right" | "bottom" | "left", number>>): void {
  for (const sheet of sheets()) {
    for (const rule of rulesOf(sheet.cssRules)) {
      if (!(rule instanceof CSSStyleRule) || !rule.cssText.includes("safe-area-inset")) continue;
      const { style } = rule;
      const before = style.cssText;
      style.cssText = before.replace(
        /env\(safe-area-inset-(top|right|bottom|left)\)/g,
        (_, side: keyof typeof insets) => `${insets[side]}px`,
      );
      undo.push(() => {
        style.cssText = before;
      });
    }
  }
}

export function pretendNoMore(): void {
  for (const back of undo.splice(0).reverse()) back();
}
