/** Looking for what is drawn, through all shadow roots. */

/** The first match in the page or in any shadow root of it. */
export function find(selector: string, root: ParentNode = document): Element | undefined {
  return all(selector, root)[0];
}
/** All matches, in the order of the page. */
export function all(selector: string, root: ParentNode = document): Element[] {
  const found: Element[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (element.matches(selector)) found.push(element);
    if (element.shadowRoot) found.push(...all(selector, element.shadowRoot));
  }
  return found;
}
export function frame(): Promise<unknown> {
  return new Promise((next) => requestAnimationFrame(next));
}

const LIMIT_MS = 20_000;
export async function until(done: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!done()) {
    if (performance.now() > end) throw new Error(`it never happened: ${done}`);
    await frame();
  }
}
