/**
 * machine/: the protocol as step machines. A machine takes an input and `now` and returns effects; it never reads a
 * clock, randomness or a socket of its own accord. What it may look at while it steps is the Context.
 * Not here: acting on the outside (driver*.ts), carrying frames that do not end here (the core's table).
 * Layer: above ports, event and bytes; below node.ts.
 */

import type { Network, NodeKeys, NodeOptions, StoreState } from "../api.ts";
import type { Effect, Input } from "../event.ts";
import type { Limits } from "../limits.ts";
import type { NodeId } from "../messages.ts";
import type { Core, Random, Table } from "../ports.ts";
import type { Contacts } from "./contacts.ts";
import type { LinkBook } from "./linkbook.ts";
import type { OwnRecords } from "./own-records.ts";
import type { Time } from "./reckoning.ts";

export interface Machine {
  /** First part of the names of its timers: a timer `<name>:…` comes back to the machine of that name only. */
  readonly name: string;
  /** Input types that are handed to it (timers excepted). */
  readonly hears: readonly Input["type"][];
  step(input: Input, now: number): readonly Effect[];
}
export const NOTHING: readonly Effect[] = [];

/** What the node is. `storing`, `store`, `paused` and `joined` change while it runs. */
export interface Self {
  readonly nodeId: NodeId;
  readonly keys: NodeKeys;
  readonly edPk: Uint8Array;
  readonly x25519Pk: Uint8Array;
  readonly incarnation: bigint;
  readonly leaf: boolean;
  storing: boolean;
  store: StoreState;
  /** Gives nothing to others (budget.ts). */
  paused: boolean;
  /** Enough sibling edges (or all there are): from then on it sends in its own name. */
  joined: boolean;
  /** Non-empty makes it an anchor. */
  readonly addresses: readonly { kind: number; text: string }[];
  /** Own record as last signed; empty until the first signature. */
  record: Uint8Array;
}

/** What machines share. `links` and `contacts` are written by the machines that own them and read by all. */
export interface Context {
  readonly core: Core;
  readonly random: Random;
  readonly table: Table;
  readonly links: LinkBook;
  readonly contacts: Contacts;
  /** What was signed under our key. */
  readonly own: OwnRecords;
  readonly time: Time;
  /** H(network)[0..16]. */
  readonly network: Uint8Array;
  readonly rules: Network;
  readonly self: Self;
  /** As they were set. */
  readonly caps: Limits;
  /** What of the caps counts now. */
  readonly limits: Limits;
  /** Kinds of addresses that our transports dial. */
  readonly dials: ReadonlySet<number>;
  /** Hosts of this machine and of its own network may be dialed though a record names them: by the network's rules, or
   * since the node itself begins there. */
  readonly near: boolean;
  /** Can make peer connections. */
  readonly rtc: boolean;
  readonly onToken: NonNullable<NodeOptions["onToken"]>;
  /** NodeIDs in hex that take no direct link with us (unsafeTesting). */
  readonly refusePeers: ReadonlySet<string>;
  /** A number no other machine uses: asks, saves, loads, solves, sends, dials. */
  serial(): number;
}
