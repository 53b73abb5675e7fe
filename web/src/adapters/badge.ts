/** The number on the icon of the installed app, from page and worker alike. Layer: adapters. */
import { unlessRefused } from "./refused.ts";

/** Does nothing where the system shows none. */
export async function showBadge(count: number): Promise<void> {
  if (!("setAppBadge" in navigator)) return;
  // Some systems show badges to those only who allowed notices.
  await unlessRefused("badge", count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge(), undefined);
}
