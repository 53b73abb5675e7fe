/** Records with secrets in them as bytes: the pure modules know their own layouts, JSON holds the rest. */
import type { Core } from "#node/ports.ts";
import { decodeContact, encodeContact } from "../contact.ts";
import { decodeIdentity, encodeIdentity } from "../identity.ts";
import { decodeInvite, encodeInvite } from "../invite.ts";
import { decodePair, encodePair, type Pair } from "../pair.ts";
import { pack, unpack } from "./json.ts";
import type { ChatState, InviteState, Me } from "./records.ts";

type Stored<T, K extends keyof T> = Omit<T, K> & Record<K, Uint8Array>;

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

export function encodeMe(core: Core, me: Me): Uint8Array {
  return pack(core, { ...me, identity: encodeIdentity(me.identity) });
}
export function decodeMe(core: Core, bytes: Uint8Array): Me | undefined {
  const stored = unpack<Stored<Me, "identity">>(core, bytes);
  const identity = isBytes(stored?.identity) ? decodeIdentity(core, stored.identity) : undefined;
  return identity?.ok ? ({ ...stored, identity: identity.value } as Me) : undefined;
}

export function encodeChat(core: Core, chat: ChatState): Uint8Array {
  return pack(core, { ...chat, contact: encodeContact(core, chat.contact), pairs: chat.pairs.map(encodePair) });
}
export function decodeChat(core: Core, bytes: Uint8Array): ChatState | undefined {
  const stored = unpack<Stored<Omit<ChatState, "pairs">, "contact"> & { pairs: Uint8Array[] }>(core, bytes);
  if (!isBytes(stored?.contact) || !Array.isArray(stored.pairs) || !stored.pairs.every(isBytes)) return undefined;
  const contact = decodeContact(core, stored.contact);
  if (!contact.ok) return undefined;
  const pairs: Pair[] = [];
  for (const kept of stored.pairs) {
    const pair = decodePair(kept);
    if (!pair.ok) return undefined;
    pairs.push(pair.value);
  }
  return { ...stored, contact: contact.value, pairs } as ChatState;
}

export function encodeInviteState(core: Core, state: InviteState): Uint8Array {
  return pack(core, { ...state, invite: encodeInvite(state.invite) });
}
export function decodeInviteState(core: Core, bytes: Uint8Array): InviteState | undefined {
  const stored = unpack<Stored<InviteState, "invite">>(core, bytes);
  const invite = isBytes(stored?.invite) ? decodeInvite(core, stored.invite) : undefined;
  return invite?.ok ? ({ ...stored, invite: invite.value } as InviteState) : undefined;
}
