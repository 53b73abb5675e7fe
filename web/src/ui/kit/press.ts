/** A finger that rests on something. */

const LONG_MS = 500;
/** A finger is never quite still. */
const SLOP_PX = 10;

export const pointAt = ({ clientX, clientY }: MouseEvent): DOMRect => new DOMRect(clientX, clientY, 0, 0);

/** Calls `act` when the pointer of `down` stays where it is; a scroll or a lifted finger ends it. */
export function onLongPress(down: PointerEvent, act: () => void): void {
  const ended = new AbortController();
  const timer = setTimeout(() => {
    ended.abort();
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
