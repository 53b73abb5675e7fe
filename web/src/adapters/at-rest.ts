/**
 * The `Vault`: everything personal, encrypted before it reaches the disk, and written only by the leader (product.md, At
 * rest). Each value is `nonce 12 random | AES-256-GCM(key, nonce, AAD = the storage key in UTF-8; value)`: a value moved
 * under another key does not open. The key cannot be extracted (profile-key.ts). Storage keys are not encrypted, so they must name nobody.
 *
 * The epoch (u64) lies in the clear under `epoch`. Every save names the epoch of its leader and is refused, in the same
 * transaction, once a later leader has raised it. Layer: adapters.
 */
import type { Vault } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";

const EPOCH = "epoch";
const NONCE = 12; // B
const ALGORITHM = "AES-GCM";

/** What WebCrypto of a page, a worker or Node calls CryptoKey. */
type Key = Parameters<typeof crypto.subtle.encrypt>[1];

/** The next leader's epoch: durable when it resolves, and every leader before it is fenced from then on. Rejects where
 * `leads` says that another leads by now. */
export async function raiseEpoch(storage: FencedStorage, leads: () => boolean): Promise<number> {
  for (;;) {
    const held = await storage.load(EPOCH);
    if (!leads()) throw new Fault("closed", "Another tab or worker of this profile leads now.");
    const next = epochOf(held) + 1;
    if (await storage.saveIf({ key: EPOCH, value: held }, [{ key: EPOCH, value: epochBytes(next) }])) return next;
  }
}

export class EncryptedVault implements Vault {
  readonly #storage: FencedStorage;
  readonly #key: Key;
  readonly #guard: Change;
  /** Ends with the save before: encryption takes its time, and saves must land in the order of their calls. */
  #before: Promise<unknown> = Promise.resolve();

  /** `epoch`: the leader's, as `raiseEpoch` gave it. A reader that leads nothing may pass 0. */
  constructor(storage: FencedStorage, key: Key, epoch: number) {
    this.#storage = storage;
    this.#key = key;
    this.#guard = { key: EPOCH, value: epochBytes(epoch) };
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    const sealed = await this.#storage.load(key);
    return sealed && this.#open(key, sealed);
  }

  save(changes: readonly Change[]): Promise<void> {
    const sealed = Promise.all(changes.map(({ key, value }) => this.#seal(key, value)));
    const before = this.#before;
    const saved = sealed.then(async (ready) => {
      await before;
      return this.#commit(ready);
    });
    this.#before = saved.catch(() => undefined);
    return saved;
  }

  async #commit(sealed: readonly Change[]): Promise<void> {
    if (await this.#storage.saveIf(this.#guard, sealed)) return;
    if ((await this.#storage.load(EPOCH)) === undefined) {
      throw new Fault("storage-gone", "What this profile had stored was deleted meanwhile.");
    }
    throw new Fault("closed", "Another tab or worker of this profile leads now: nothing was saved here.");
  }

  async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    for await (const { key, value } of this.#storage.range(prefix)) {
      if (key !== EPOCH) yield { key, value: await this.#open(key, value) };
    }
  }

  async #seal(key: string, value: Uint8Array | undefined): Promise<Change> {
    if (value === undefined) return { key, value };
    const iv = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.subtle.encrypt({ ...forKey(key), iv }, this.#key, own(value));
    const whole = new Uint8Array(NONCE + sealed.byteLength);
    whole.set(iv);
    whole.set(new Uint8Array(sealed), NONCE);
    return { key, value: whole };
  }

  async #open(key: string, sealed: Uint8Array): Promise<Uint8Array> {
    const iv = own(sealed.subarray(0, NONCE));
    try {
      return new Uint8Array(
        await crypto.subtle.decrypt({ ...forKey(key), iv }, this.#key, own(sealed.subarray(NONCE))),
      );
    } catch {
      throw new Fault("storage-broken", "A stored value is damaged, or was written under another key.");
    }
  }
}

const forKey = (key: string) => ({ name: ALGORITHM, additionalData: new TextEncoder().encode(key) });

/** WebCrypto takes no view of memory that might be shared; a copy never is. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

function epochBytes(epoch: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(epoch));
  return bytes;
}
function epochOf(bytes: Uint8Array | undefined): number {
  return bytes?.length === 8 ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)) : 0;
}
