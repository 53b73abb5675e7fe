/**
 * Asking the browser to wake the service worker: once there is a network (Background Sync), or now and then (Periodic
 * Background Sync). Neither exists everywhere, and a browser may refuse; the app does without. Layer: adapters.
 */

import { unlessRefused } from "./refused.ts";

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
  const { sync } = registration as Syncing;
  if (sync !== undefined) await unlessRefused("background", sync.register(PULL_TAG), undefined);
}

/** Only for the installed app, and only where the browser thinks it is used enough. */
export async function wakeRegularly(registration: ServiceWorkerRegistration): Promise<void> {
  const periodic = (registration as Syncing).periodicSync;
  if (periodic === undefined) return;
  // It may be refused at any time, for reasons of the browser's own.
  const name = "periodic-background-sync" as PermissionName;
  const allowed = await unlessRefused("background", navigator.permissions.query({ name }), undefined);
  if (allowed?.state !== "granted") return;
  await unlessRefused("background", periodic.register(PULL_TAG, { minInterval: PERIOD_MS }), undefined);
}
