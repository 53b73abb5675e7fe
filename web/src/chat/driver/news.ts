/** What came from others in one transaction, told to the outside once it is durable. */
import type { Arrived, Engine } from "./engine.ts";

/** Filled while a change is made; dropped with it where it fails. */
export interface News {
  /** There are texts to acknowledge. */
  texts: boolean;
  /** The contact answered our first contact. */
  opened: boolean;
  arrived: { chat: string; text: string }[];
  /** The pair that counts leads nowhere. */
  lost?: true;
}

export function noNews(): News {
  return { texts: false, opened: false, arrived: [] };
}

/** After the transaction: names and phases are those that it left. */
export function tellArrived(engine: Engine, { arrived }: News): void {
  const told: Arrived[] = [];
  for (const { chat, text } of arrived) {
    const contact = engine.store.chats.get(chat)?.contact;
    if (contact !== undefined) told.push({ chat, name: contact.name, text, phase: contact.phase });
  }
  if (told.length > 0) engine.arrived(told);
}
