/** The delivery of an own message: a drawing told apart by its shape, and the same in words. */
import { css, html, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Delivery } from "#app/api.ts";
import { moment } from "../kit/format.ts";
import { say } from "../words/sentences.ts";

const SHAPES: Record<Delivery["kind"], SVGTemplateResult> = {
  queued: svg`<circle cx="10" cy="8" r="5.500" /><path d="M10 5v3.200l2 1.300" />`,
  stored: svg`<path d="M5 8.500l3.500 3.500L15.500 4.500" />`,
  delivered: svg`<path d="M1.500 8.500L5 12l7-7.500M8.500 11l1 1 7-7.500" />`,
  read: svg`<rect class="full" x="0.500" y="1" width="19" height="14" rx="7" /><path class="on" d="M3.500 8.200l2.600 2.600 5-5.400M9.600 10l.8.8 5-5.400" />`,
  failed: svg`<circle class="full" cx="10" cy="8" r="7" /><path class="on" d="M10 4.500v4M10 11.300v.01" stroke-width="2" />`,
};

/** Copies end by time, also while nobody is there to count them: then they are no claim any more. */
export const isStored = (delivery: Delivery, now: number): delivery is Extract<Delivery, { kind: "stored" }> =>
  delivery.kind === "stored" && delivery.until > now;
const shapeOf = (delivery: Delivery, now: number): Delivery["kind"] =>
  delivery.kind === "stored" && !isStored(delivery, now) ? "queued" : delivery.kind;

/** `spoken`: adds the words for those who do not see the drawing. */
export const mark = (delivery: Delivery, now: number, spoken = true): TemplateResult =>
  html`<svg class="mark ${shapeOf(delivery, now)}" viewBox="0 0 20 16" aria-hidden="true">${SHAPES[shapeOf(delivery, now)]}</svg>${
    spoken ? html`<span class="unseen">${wordsOf(delivery, now)}</span>` : ""
  }`;

/** The state in one line, as much as was proved and no more. */
export function wordsOf(delivery: Delivery, now: number): string {
  switch (delivery.kind) {
    case "queued":
      return delivery.reason === undefined ? say.queued : say.waiting(delivery.reason);
    case "stored":
      return delivery.until > now
        ? say.stored(delivery.held, delivery.of, moment(delivery.until, now))
        : say.storedEnded(moment(delivery.until, now));
    case "delivered":
      return say.delivered;
    case "read":
      return say.read;
    case "failed":
      return say.failed;
  }
}

export const markStyles = css`
  .mark {
    inline-size: 1.25rem;
    block-size: 1rem;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.7;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .mark .full {
    fill: currentColor;
    stroke: none;
  }
  .mark .on {
    stroke: var(--under-mark, var(--surface));
  }
  .mark.read {
    color: var(--accent);
  }
  .mark.failed {
    color: var(--danger);
  }
  @media (forced-colors: active) {
    .mark {
      forced-color-adjust: none;
      color: CanvasText;
      --under-mark: Canvas;
    }
  }
`;
