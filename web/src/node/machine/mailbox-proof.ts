/**
 * What proves that a cell was deleted: its owner's signature over this address, this header and a reason (protocol.md
 * §7). Nothing is reported as deleted without it; a deletion once proved, whoever proved it, is not asked for again.
 */
import { hex } from "../bytes.ts";
import { Signer } from "../messages.ts";
import { deleteBytes } from "./cells.ts";
import { authorityOf, type Opened } from "./mailbox-box.ts";
import type { MailboxContext } from "./mailbox-desk.ts";

/** Deletions remembered as proved, of all addresses: ~250 B each. */
const REMEMBERED = 4_096;

/** Counts each holder that called a cell deleted and could not show it. */
export const UNPROVED = "mailbox.unproved";

/** Does this signature prove that the box's owner deleted the cell of this header? */
export const provesDeletion = (
  { core, network }: MailboxContext,
  { box, address }: Opened,
  { header, reason, sig }: { header: Uint8Array; reason: number; sig: Uint8Array },
): boolean => {
  const owner = authorityOf(box, Signer.owner)?.pk;
  return owner !== undefined && core.verify(owner, sig, "delete", network, deleteBytes(address, header, reason));
};

/** Deletions that were proved, the least recently used first. */
export class ProvedDeletions {
  readonly #names = new Set<string>();

  add(address: Uint8Array, header: Uint8Array): void {
    const name = hex(address) + hex(header);
    this.#names.delete(name);
    this.#names.add(name);
    for (const oldest of this.#names) {
      if (this.#names.size <= REMEMBERED) break;
      this.#names.delete(oldest);
    }
  }
  has(address: Uint8Array, header: Uint8Array): boolean {
    return this.#names.has(hex(address) + hex(header));
  }
}
