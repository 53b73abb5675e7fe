/**
 * The key of a profile, under which everything personal is encrypted at rest: made by WebCrypto, not extractable, kept
 * as a CryptoKey in a database of its own. Layer: adapters.
 */
import { openDB } from "idb";

const KEYS = "keys";

/** Made at the first call. `database` is not the one of the values. */
export async function profileKey(database: string): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const keys = await openDB(database, 1, { upgrade: (fresh) => void fresh.createObjectStore(KEYS) });
  try {
    // One transaction, so that of two tabs that start at once both use the key of the first.
    const transaction = keys.transaction(KEYS, "readwrite", { durability: "strict" });
    const held: unknown = await transaction.store.get(KEYS);
    if (!(held instanceof CryptoKey)) await transaction.store.put(made, KEYS);
    await transaction.done;
    return held instanceof CryptoKey ? held : made;
  } finally {
    keys.close();
  }
}
