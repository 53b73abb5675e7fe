/** Every scenario by the name that quality.md gives it; G is the gate of the storage. */
import { f1 } from "./f1.ts";
import { f2 } from "./f2.ts";
import { f9 } from "./f9.ts";
import { f11 } from "./f11.ts";
import { f16 } from "./f16.ts";
import { g } from "./g.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: Readonly<Record<string, Scenario>> = { F1: f1, F2: f2, F9: f9, F11: f11, F16: f16, G: g };
