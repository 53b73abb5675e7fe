/**
 * What is to be drawn, once a frame. A page that is out of sight has no frames, and one that goes out of sight has no
 * more, yet other tabs may show what happens here: there it is done as soon as may be. Layer: adapters.
 */
export function framesOf(soon: (run: () => void) => void): (run: () => void) => void {
  const due = new Set<() => void>();
  const draw = (): void => {
    const all = [...due];
    due.clear();
    for (const run of all) run();
  };
  document.addEventListener("visibilitychange", () => document.hidden && draw());
  return (run) => {
    due.add(run);
    if (document.hidden) soon(draw);
    else requestAnimationFrame(draw);
  };
}
