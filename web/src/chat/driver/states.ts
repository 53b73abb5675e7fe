/** What is proved of an own text, and since when. */
import { type ChatState, type Delivery, isHeldBack, type Me, type TextRecord } from "./records.ts";

/** The text in this state; when it first reached it stays known in all later ones. `now`: network time, ms. */
export function withDelivery(text: TextRecord, delivery: Delivery, now: number): TextRecord {
  const { kind } = delivery;
  if (kind === "queued" || kind === "failed" || text.times?.[kind] !== undefined) return { ...text, delivery };
  return { ...text, delivery, times: { ...text.times, [kind]: now } };
}

/** Would this show fewer copies than before? */
export function falls(before: Delivery | undefined, now: Delivery): boolean {
  return before?.kind === "stored" && (now.kind !== "stored" || now.held < before.held);
}

type Queued = Extract<Delivery, { kind: "queued" }>;
/** A text that waits in this chat of a device that sends (`me`) or does no longer. */
export function queuedIn({ blocked }: Pick<ChatState, "blocked">, me: Me | undefined): Queued {
  if (isHeldBack(me)) return { kind: "queued", reason: "superseded" };
  return blocked === true ? { kind: "queued", reason: "blocked" } : { kind: "queued" };
}
