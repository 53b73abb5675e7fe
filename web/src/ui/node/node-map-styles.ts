/** How the ring is drawn. What tells links apart is shape and dash first, so that it also holds without colours. */
import { css } from "lit";

export const mapStyles = css`
  :host {
    --direct: var(--accent);
    --anchor: light-dark(#8a5a00, #f0c46a);
    --relayed: light-dark(#7a3fa8, #cfa8f5);
    display: block;
    container-type: inline-size;
  }
  .stage {
    position: relative;
    display: grid;
    gap: 1rem 1.5rem;
    grid-template-columns: minmax(0, 1fr);
  }
  @container (min-width: 34rem) {
    .stage {
      grid-template-columns: minmax(0, 26rem) minmax(13rem, 1fr);
      align-items: center;
    }
  }
  svg.ring {
    display: block;
    inline-size: 100%;
    max-inline-size: 26rem;
    margin-inline: auto;
    direction: ltr;
    -webkit-user-select: none;
    user-select: none;
  }
  .circle {
    fill: none;
    stroke: var(--line);
    stroke-width: 1.5;
  }
  .bar {
    fill: var(--edge);
    transition:
      y 0.4s ease-out,
      height 0.4s ease-out;
  }
  .chord {
    fill: none;
    stroke-width: 1.4;
    opacity: 0.75;
    animation: appear 0.5s ease-out;
  }
  .shape {
    stroke: var(--bg);
    stroke-width: 1.5;
  }
  .direct {
    --mine: var(--direct);
  }
  .anchor {
    --mine: var(--anchor);
  }
  .relayed {
    --mine: var(--relayed);
  }
  .chord {
    stroke: var(--mine);
  }
  .chord.anchor {
    stroke-dasharray: 8 4;
  }
  .chord.relayed {
    stroke-dasharray: 0.1 5;
    stroke-linecap: round;
    stroke-width: 2.2;
  }
  .shape,
  .me {
    fill: var(--mine, var(--ink));
  }
  .dot {
    cursor: pointer;
    animation: appear 0.5s ease-out;
  }
  .reach {
    fill: transparent;
    stroke: none;
  }
  .halo {
    fill: none;
    stroke: var(--mine);
    stroke-width: 1.5;
  }
  .picked .shape {
    stroke: var(--ink);
    stroke-width: 2;
  }
  .chord.picked {
    stroke-width: 3;
    opacity: 1;
  }
  .mark {
    fill: none;
    stroke: var(--ink);
    stroke-width: 2;
  }
  .stage:has(.dots :focus-visible) .mark {
    stroke: var(--accent);
    stroke-width: 3.5;
  }
  /* Bytes went over it just now; two names, so that it runs anew each time. */
  .flow-a {
    animation: flow-a 0.9s ease-out;
  }
  .flow-b {
    animation: flow-b 0.9s ease-out;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @keyframes flow-a {
    from {
      opacity: 1;
      stroke-width: 3;
    }
  }
  @keyframes flow-b {
    from {
      opacity: 1;
      stroke-width: 3;
    }
  }
  svg text {
    fill: var(--ink);
    stroke: var(--bg);
    stroke-width: 3;
    paint-order: stroke;
    font-size: 12px;
    font-weight: 600;
    unicode-bidi: plaintext;
    pointer-events: none;
  }
  .you,
  .below {
    text-anchor: middle;
  }
  .left {
    text-anchor: start;
  }
  .right {
    text-anchor: end;
  }
  .beside {
    display: grid;
    gap: 1rem;
    align-content: center;
  }
  .legend {
    display: grid;
    gap: 0.4rem;
    font-size: 0.875rem;
  }
  .legend li {
    display: grid;
    grid-template-columns: 2.75rem 1fr;
    gap: 0.6rem;
    align-items: center;
  }
  .legend svg {
    inline-size: 2.75rem;
    block-size: 1.25rem;
  }
  .peer {
    padding: 0.75rem 0.9rem;
    border: 1px solid var(--line);
    border-radius: 0.9rem;
    background: var(--surface);
  }
  .reserved {
    display: grid;
    align-content: center;
    min-block-size: 11.75rem;
  }
  .reserved > .hint {
    text-align: center;
  }
  .peer dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.2rem 1rem;
    font-size: 0.875rem;
  }
  .peer .mono {
    white-space: nowrap;
  }
  .peer dt {
    color: var(--soft);
  }
  .peer dd {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .dots {
    inset-block-start: 0;
    inset-inline-start: 0;
  }
  @media (forced-colors: active) {
    .circle,
    .chord,
    .halo {
      stroke: CanvasText;
    }
    .bar,
    .shape,
    .me,
    svg text {
      fill: CanvasText;
    }
    .shape,
    svg text {
      stroke: Canvas;
    }
    .mark,
    .chord.picked {
      stroke: Highlight;
    }
  }
`;
