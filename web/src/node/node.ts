/**
 * #node: the overlay and its mailboxes as a library: `createNode(options)` is all of it. The same class of node runs in
 * a tab, a service worker and a server; ports and limits make the difference.
 * Not here: end-to-end messages and persons (#chat), carriers and disks (#adapters). Layer: above the core's types.
 */
import type { Node, NodeOptions } from "./api.ts";
import { Driver } from "./driver.ts";
import { diskHands } from "./driver-disk.ts";
import { Wires } from "./driver-wires.ts";
import { Fault } from "./errors.ts";
import { identify, nextIncarnation, nodeKeys } from "./keys.ts";
import { ANCHOR, checkedLimits, TAB } from "./limits.ts";
import { AnchorBook, createAnchors } from "./machine/anchors.ts";
import { createAsk } from "./machine/ask.ts";
import { createBridge } from "./machine/bridge.ts";
import { createBudget } from "./machine/budget.ts";
import { createCarry } from "./machine/carry.ts";
import { Contacts } from "./machine/contacts.ts";
import { createDial, isPublic } from "./machine/dial.ts";
import { Exchanges } from "./machine/exchanges.ts";
import { createFind } from "./machine/find.ts";
import { createHandshake } from "./machine/handshake.ts";
import { Holder } from "./machine/holder.ts";
import { LinkBook } from "./machine/linkbook.ts";
import { createLinks } from "./machine/links.ts";
import type { Context, Machine, Self } from "./machine/machine.ts";
import { Mailbox } from "./machine/mailbox.ts";
import { createMaintain } from "./machine/maintain.ts";
import { createMessage } from "./machine/message.ts";
import { OwnRecords } from "./machine/own-records.ts";
import { createRecord, createSigner } from "./machine/record.ts";
import { createRouted } from "./machine/routed.ts";
import { createSignal } from "./machine/signal.ts";
import { createTerminal } from "./machine/terminal.ts";
import { createTime, NetworkClock } from "./machine/time.ts";
import { createTwin } from "./machine/twin.ts";
import { createWelcome } from "./machine/welcome.ts";
import { AddressKind } from "./messages.ts";
import { createSurface } from "./surface.ts";
import { createView } from "./view.ts";

export { prepareKeys } from "./keys.ts";

/** Keys and incarnation are durable when this resolves, and dialing has begun; `online()` says when a link lives. */
export const createNode = async (options: NodeOptions): Promise<Node> => {
  const { clock, random, core, storage, solver, log } = options.ports;
  const prefix = options.leaf ? "leaf" : "node";
  const keys = await nodeKeys(options, prefix);
  const nodeId = identify(core, options.network, keys);
  if (!nodeId) throw new Fault("work-unmet", "The node key does not carry the work that this network asks for.");
  const incarnation = options.incarnation ?? (await nextIncarnation(storage, clock, prefix));
  const isKeptElsewhere = options.incarnation !== undefined;
  const own = isKeptElsewhere ? OwnRecords.untold() : await OwnRecords.load(storage, prefix, clock.wall());

  const addresses = options.addresses ?? [];
  const caps = checkedLimits({ ...(addresses.length > 0 ? ANCHOR : TAB), ...options.limits });
  const limits = { ...caps };
  const network = core.network(options.network.name);
  const { framesPerSecond, frameBurst, bytesPerSecond } = limits;
  const { bits } = options.network;
  const table = core.table({ network, bits, self: nodeId, framesPerSecond, frameBurst, bytesPerSecond });
  const self: Self = {
    nodeId,
    keys,
    edPk: core.edPublic(keys.edSecret),
    x25519Pk: core.x25519Public(keys.x25519Secret),
    incarnation,
    leaf: options.leaf ?? false,
    storing: options.store && !options.leaf,
    store: "loading",
    paused: false,
    joined: false,
    addresses: options.leaf ? [] : addresses,
    record: new Uint8Array(),
  };
  const refused = options.unsafeTesting?.refusePeers ?? [];
  const time = new NetworkClock(clock);
  let last = 0;
  const serial = (): number => {
    last += 1;
    return last;
  };
  const ctx: Context = {
    core,
    random,
    table,
    links: new LinkBook(),
    contacts: new Contacts(core, network, bits, time, nodeId, own),
    own,
    time,
    network,
    rules: options.network,
    self,
    caps,
    limits,
    dials: new Set(options.transports.map(({ kind }) => kind)),
    near: options.network.loopbackExempt || !beginnings(options).every(isPublic),
    rtc: options.rtc !== undefined,
    onToken: options.onToken ?? (() => false),
    refusePeers: refused instanceof Set ? refused : new Set(refused),
    serial,
  };

  const driver = new Driver(clock, log);
  const wires = new Wires(driver, clock, table, options.transports, options.rtc);
  own.heard = () => driver.input({ type: "twin" });
  driver.hands(diskHands(driver, storage, solver));
  driver.hands(wires.hands());
  driver.hands({ log: ({ event, fields }) => log.event(event, fields) });

  const book = new AnchorBook();
  const exchanges = new Exchanges();
  const signer = createSigner(ctx);
  const holder = new Holder(ctx);
  const mailbox = new Mailbox(
    ctx,
    createView(ctx, book, holder, () => clock.now()),
  );
  const machines: readonly Machine[] = [
    createTime(time, table, serial),
    createBudget(ctx),
    createHandshake(ctx, signer.sign),
    createLinks(ctx),
    createRecord(ctx, signer),
    createRouted(ctx),
    createTerminal(ctx),
    createAsk(ctx),
    createCarry(ctx),
    createFind(ctx),
    createMessage(ctx),
    createWelcome(ctx, exchanges),
    createSignal(ctx, exchanges, signer.sign),
    createAnchors(ctx, book),
    createDial(ctx, book, options.bootstrap),
    createMaintain(ctx),
    createBridge(ctx, book),
    createTwin(ctx),
    holder,
    mailbox,
  ];
  for (const machine of machines) driver.add(machine);
  const node = createSurface({ ctx, clock, driver, wires, book, holder, mailbox });
  driver.input({ type: "start" });
  wires.listen();
  log.event("started", { anchor: addresses.length > 0, leaf: self.leaf });
  return node;
};

/** WebSocket URLs that its owner gave: where it begins, and where it listens. */
const beginnings = ({ bootstrap, addresses = [] }: NodeOptions): string[] => [
  ...bootstrap,
  ...addresses.filter(({ kind }) => kind === AddressKind.websocket).map(({ text }) => text),
];
