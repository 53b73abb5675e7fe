/** The number on the icon of the installed app, from page and worker alike. Layer: adapters. */

/** Does nothing where the system shows none. */
export async function showBadge(count: number): Promise<void> {
  if (!("setAppBadge" in navigator)) return;
  try {
    await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge());
  } catch {
    // A system that shows badges to those only who allowed notices.
  }
}
