/** What the elements of a page are called: finds them by role and name or by text, through shadow roots. Runs in the page. */

/** A name or a text: exactly, or somewhere in it whatever the case, or by a regular expression. */
export type Matcher = { exact: string } | { part: string } | { pattern: string; flags: string };
export type Step =
  | { by: "role"; role: string; name?: Matcher }
  | { by: "text"; text: Matcher }
  | { by: "css"; selector: string }
  | { by: "at"; index: number };

/** Elements that the last of the steps finds below what the one before found, in the order of the screen. Whole in itself:
 * its source is sent to the page. */
export function look(steps: Step[]): Element[] {
  const ROLES: Record<string, string> = {
    button: "button, summary, input[type=button], input[type=submit]",
    textbox: "textarea, input:not([type]), input[type=text], input[type=search]",
    heading: "h1, h2, h3, h4, h5, h6",
    list: "ul, ol",
    listitem: "li",
    checkbox: "input[type=checkbox]",
  };
  const neat = (text: string | null): string => (text ?? "").replace(/\s+/g, " ").trim();
  const children = (parent: Element): Element[] => [...(parent.shadowRoot?.children ?? []), ...parent.children];
  const below = (parent: Element): Element[] => children(parent).flatMap((child) => [child, ...below(child)]);
  const silent = (node: Node): boolean => /^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.nodeName);
  const textOf = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
    if (silent(node)) return "";
    const roots = node instanceof Element && node.shadowRoot ? [node.shadowRoot, node] : [node];
    return roots.flatMap((root) => [...root.childNodes].map(textOf)).join("");
  };
  const matches = (text: string, matcher: Matcher): boolean => {
    if ("exact" in matcher) return text === neat(matcher.exact);
    if ("part" in matcher) return text.toLowerCase().includes(neat(matcher.part).toLowerCase());
    return new RegExp(matcher.pattern, matcher.flags).test(text);
  };
  const nameOf = (element: Element): string => {
    const root = element.getRootNode() as Document | ShadowRoot;
    const ids = element.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
    const labelled = ids.map((id) => root.getElementById(id)?.textContent ?? "").join(" ");
    const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join(" ");
    const field = element.matches("input, textarea");
    const own = [labelled, element.getAttribute("aria-label"), labels, field ? "" : textOf(element)];
    return neat(
      [...own, element.getAttribute("title"), element.getAttribute("placeholder")].find((each) => neat(each ?? "")) ??
        "",
    );
  };
  const drawn = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
  const hasRole = (element: Element, role: string): boolean =>
    element.hasAttribute("role") ? element.getAttribute("role") === role : element.matches(ROLES[role] ?? ":not(*)");
  const step = (found: Element[], each: Step): Element[] => {
    if (each.by === "at") return found.slice(each.index, each.index + 1 || undefined);
    const all = [...new Set(found.flatMap(below))].filter((element) => !silent(element));
    if (each.by === "css") return all.filter((element) => element.matches(each.selector));
    if (each.by === "text") {
      // The innermost that has it.
      const has = (element: Element): boolean => !silent(element) && matches(neat(textOf(element)), each.text);
      return all.filter((element) => has(element) && !children(element).some(has));
    }
    const { role, name } = each;
    return all.filter(
      (element) => hasRole(element, role) && drawn(element) && (name === undefined || matches(nameOf(element), name)),
    );
  };
  return steps.reduce(step, [document.documentElement]);
}
