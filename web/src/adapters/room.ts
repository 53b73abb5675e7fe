/** Room on the disk of this device: how much there is, and the promise not to take it away. Layer: adapters. */
import { unlessRefused } from "./refused.ts";

export interface Room {
  /** Undefined where the browser does not say. */
  persisted?: boolean;
  /** Bytes. */
  usage?: number;
  quota?: number;
}

export async function measureRoom(): Promise<Room> {
  const { storage } = navigator as { storage?: StorageManager };
  const [persisted, estimate] = await Promise.all([
    storage?.persisted && unlessRefused("room", storage.persisted(), undefined),
    storage?.estimate && unlessRefused("room", storage.estimate(), undefined),
  ]);
  const { usage, quota } = estimate ?? {};
  return {
    ...(persisted === undefined ? {} : { persisted }),
    ...(usage === undefined ? {} : { usage }),
    ...(quota === undefined ? {} : { quota }),
  };
}

/** Browsers ask the person, or decide by how much the app is used. */
export async function keepRoom(): Promise<boolean> {
  const { storage } = navigator as { storage?: StorageManager };
  return storage?.persist === undefined ? false : unlessRefused("room", storage.persist(), false);
}
