/**
 * Asking the browser to wake the service worker: once there is a network (Background Sync), or now and then (Periodic
 * Background Sync). Neither exists everywhere, and a browser may refuse; the app does without. Layer: adapters.
 */

/** The one kind of work that the worker knows. */
export const PULL_TAG = "nodus-pull";
/** Browsers wait longer as they see fit; below a quarter of an hour the battery would notice. Tier 3. */
const PERIOD_MS = 900_000;

/** TypeScript's library knows neither. */
interface Syncing {
  readonly sync?: { register(tag: string): Promise<void> };
  readonly periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> };
}

export async function wakeOnline(registration: ServiceWorkerRegistration): Promise<void> {
  await (registration as Syncing).sync?.register(PULL_TAG).catch(() => undefined);
}

/** Only for the installed app, and only where the browser thinks it is used enough. */
export async function wakeRegularly(registration: ServiceWorkerRegistration): Promise<void> {
  const periodic = (registration as Syncing).periodicSync;
  if (periodic === undefined) return;
  try {
    const name = "periodic-background-sync" as PermissionName;
    const { state } = await navigator.permissions.query({ name });
    if (state === "granted") await periodic.register(PULL_TAG, { minInterval: PERIOD_MS });
  } catch {
    // It may be refused at any time, for reasons of the browser's own.
  }
}
