/** Places on the ring of all node ids, as plain geometry: turns run from 0 to 1, clockwise from the own node at the top. */

/** Hex digits of an id that a place is made of: 48 bits, more than a screen has pixels. */
const DIGITS = 12;

/** Where `id` lies when `origin` is at the top. */
export function turnOf(id: string, origin: string): number {
  const part = (hex: string): number => Number.parseInt(hex.slice(0, DIGITS), 16) / 16 ** DIGITS;
  const turn = part(id) - part(origin);
  return turn < 0 ? turn + 1 : turn;
}

/**
 * Moves sorted turns apart to at least `gap`, each as little as it takes, and `gap` away from the own place; where there
 * is no room for that, as far as all can have. Least squares with an order: neighbours that collide are pooled.
 */
export function spread(turns: readonly number[], gap: number): number[] {
  const step = Math.min(gap, 1 / (turns.length + 1));
  const last = 1 - step * turns.length;
  const pools: { sum: number; count: number }[] = [];
  turns.forEach((turn, index) => {
    let pool = { sum: turn - index * step, count: 1 };
    for (let before = pools.at(-1); before && mean(before) > mean(pool); before = pools.at(-1)) {
      pool = { sum: before.sum + pool.sum, count: before.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const moved = pools.flatMap((pool) => Array.from({ length: pool.count }, () => mean(pool)));
  return moved.map((turn, index) => Math.min(Math.max(turn, step), last) + index * step);
}
const mean = ({ sum, count }: { sum: number; count: number }): number => sum / count;

export interface Point {
  x: number;
  y: number;
}
/** At `radius` around the point (`middle`, `middle`). */
export function at(turn: number, radius: number, middle: number): Point {
  const angle = 2 * Math.PI * turn;
  return { x: round(middle + radius * Math.sin(angle)), y: round(middle - radius * Math.cos(angle)) };
}
const round = (value: number): number => Math.round(value * 100) / 100;
