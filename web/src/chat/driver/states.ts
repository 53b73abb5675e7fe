/** What is proved of an own text, and since when. */
import type { Delivery, TextRecord } from "./records.ts";

/** The text in this state; when it first reached it stays known in all later ones. `now`: network time, ms. */
export function withDelivery(text: TextRecord, delivery: Delivery, now: number): TextRecord {
  const { kind } = delivery;
  if (kind === "queued" || kind === "failed" || text.times?.[kind] !== undefined) return { ...text, delivery };
  return { ...text, delivery, times: { ...text.times, [kind]: now } };
}
