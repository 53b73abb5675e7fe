/** Draws from the Random port. */
import type { Random } from "../ports.ts";

/** 0 ≤ x < 1, 32 bits fine. */
export const unit = (random: Random): number => {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32;
};

/** 0 … n − 1. */
export const below = (random: Random, n: number): number => Math.floor(unit(random) * n);

/** `middle` ± 25 %, so that what is periodic tells no clocks and does not gather. */
export const spread = (random: Random, middle: number): number => middle * (0.75 + unit(random) / 2);
