/** A finger that rests on something, or goes across it. */

const LONG_MS = 500;
/** A finger is never quite still. */
const SLOP_PX = 10;

export const pointAt = ({ clientX, clientY }: MouseEvent): DOMRect => new DOMRect(clientX, clientY, 0, 0);

/** Calls `act` when the pointer of `down` stays where it is; a scroll or a lifted finger ends it. */
export function onLongPress(down: PointerEvent, act: () => void): void {
  const ended = new AbortController();
  const timer = setTimeout(() => {
    ended.abort();
    swallowClick();
    act();
  }, LONG_MS);
  const end = (): void => {
    clearTimeout(timer);
    ended.abort();
  };
  const move = ({ clientX, clientY }: PointerEvent): void => {
    if (Math.hypot(clientX - down.clientX, clientY - down.clientY) > SLOP_PX) end();
  };
  const { signal } = ended;
  for (const type of ["pointerup", "pointercancel", "contextmenu"])
    addEventListener(type, end, { signal, capture: true });
  addEventListener("pointermove", move, { signal });
}

/** A lifted finger clicks at once, or after what browsers wait for a second tap. */
const CLICK_MS = 400;

/** Where a browser has no event of its own for a long press, the finger clicks when it is lifted. */
function swallowClick(): void {
  const ended = new AbortController();
  const { signal } = ended;
  const end = (): void => ended.abort();
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  addEventListener("click", swallow, { signal, capture: true });
  addEventListener("pointerup", () => setTimeout(end, CLICK_MS), { signal, capture: true });
  for (const type of ["pointerdown", "pointercancel", "keydown"])
    addEventListener(type, end, { signal, capture: true });
}

/** Less is a tap that slipped, or a scroll. */
const ACROSS_PX = 60;
const ASIDE_PX = 30;
/** Browsers go back and forth themselves where a finger comes in from the edge. */
const EDGE_PX = 28;

/** Calls `act` when the one finger of `start` has gone across, to either side. */
export function onSwipe(start: TouchEvent, act: () => void): void {
  const [from, second] = start.touches;
  if (!from || second || from.clientX < EDGE_PX || from.clientX > innerWidth - EDGE_PX) return;
  const ended = new AbortController();
  const { signal } = ended;
  const lifted = ({ changedTouches, touches }: TouchEvent): void => {
    ended.abort();
    const [to] = changedTouches;
    if (!to || touches.length > 0) return;
    const [across, aside] = [Math.abs(to.clientX - from.clientX), Math.abs(to.clientY - from.clientY)];
    if (across > ACROSS_PX && aside < ASIDE_PX && String(getSelection()) === "") act();
  };
  addEventListener("touchend", lifted, { signal });
  addEventListener("touchcancel", () => ended.abort(), { signal });
}
