/**
 * What notices say, English. A catalogue of its own: the service worker speaks these without the interface. A person's
 * own name inside a sentence is isolated, so that it cannot turn the words around it.
 */
const plural = new Intl.PluralRules("en");
const integer = new Intl.NumberFormat("en");
/** FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE. */
const own = (text: string): string => `\u2068${text}\u2069`;

export const said = {
  app: "Nodus",
  nobody: "No name",
  count: (count: number): string =>
    count === 1
      ? "New message"
      : `${integer.format(count)} new ${plural.select(count) === "one" ? "message" : "messages"}`,
  request: "Somebody wants to write to you",
  requestOf: (name: string): string => `${own(name)} wants to write to you`,
  mayWait: "There may be new messages. Open Nodus to look.",
  nothing: "No new messages",
};
