/** What the storage machines may ask of the overlay: known nodes, the size of the network, how many can carry asks. */
import type { Contact } from "./event.ts";
import type { AnchorBook } from "./machine/anchors.ts";
import { place } from "./machine/candidates.ts";
import type { Context } from "./machine/machine.ts";
import type { MailboxView } from "./machine/mailbox.ts";

const NEAREST = 16;
const SIBLINGS = 8;
/** Filter of FIND: nodes that store. */
const STORE = 1;
const NOBODY = new Uint8Array(32);

export const createView = (
  ctx: Context,
  book: AnchorBook,
  holder: { readonly cells: number },
  now: () => number,
): MailboxView => ({
  known: (key) => {
    const at = now();
    const contacts: Contact[] = [];
    for (const bytes of ctx.table.closest(key, NEAREST, NOBODY, STORE)) {
      const contact = ctx.contacts.check(bytes, at);
      if (contact) contacts.push(contact);
    }
    for (const { contact } of book.values()) {
      if (ctx.contacts.check(contact.bytes, at)) contacts.push(contact);
    }
    return contacts;
  },
  nodes: () => networkSize(ctx),
  neighbours: () => [...ctx.links.up()].filter((entry) => !entry.leaf && !entry.trusted).length,
  // A full store takes no more, but what it has is still read.
  holds: () => ctx.self.storing || holder.cells > 0,
});

/** k siblings within a fraction d of the keyspace mean about k / d nodes. */
const networkSize = (ctx: Context): number => {
  const siblings = ctx.table.links(ctx.self.nodeId, SIBLINGS, false);
  const last = siblings.length < SIBLINGS ? undefined : ctx.links.get(siblings[SIBLINGS - 1] ?? 0);
  if (!last) return Math.max(1, siblings.length + 1, ctx.table.known() + 1);
  const { far } = place(ctx.self.nodeId, last.peer);
  return Math.max(SIBLINGS + 1, Math.round((SIBLINGS * 2 ** 48) / Math.max(1, far)));
};
