/** A line whose storage is the node's own mailbox over real holders, so that a test can let one of them lie. */
import { toHex } from "#chat/bytes.ts";
import type { Box, Placement } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import type { Answer, Request } from "#node/messages.ts";
import { MailboxKit, World } from "../node/mailbox-kit.ts";
import { addressOf, Line } from "./line.ts";
import type { Device, Office } from "./office.ts";

type Lie = (request: Request, honest: () => Answer[]) => Answer[];
const TRIP_MS = 5;

/** Eight holders that all devices of an office share. */
export class Holders {
  readonly office: Office;
  readonly world = World.of(0, 8);
  /** Cells that were put into boxes of pairs. */
  readonly cells = new Map<string, { box: Box; header: Uint8Array }>();

  constructor(office: Office) {
    this.office = office;
    this.sync();
  }
  /** The holders' clocks are the office's. */
  sync(): void {
    const { clocks } = this.world;
    clocks.network = this.office.clock.wall();
    clocks.wall = clocks.network;
  }
  /** One of them lies from now on. */
  lies(at: number, lie: Lie): void {
    const place = this.world.places[at];
    if (place !== undefined) place.script = lie;
  }
  /** Puts a started device on these holders. */
  carry(device: Device, run = 1n): TrueLine {
    device.line.gone();
    const line = new TrueLine(this, device, run);
    device.line = line;
    device.chat.attach(line);
    line.up(true);
    return line;
  }
}

export class TrueLine extends Line {
  readonly #holders: Holders;
  readonly kit: MailboxKit;

  constructor(holders: Holders, device: Device, run: bigint) {
    super(holders.office, device, run, device.nodeId);
    this.#holders = holders;
    this.kit = new MailboxKit(holders.world, { seed: device.nodeId.toString() });
  }

  async #ask<T>(box: Box, command: Parameters<MailboxKit["call"]>[0]): Promise<T> {
    if (!this.online()) throw new Fault("no-link", "There is no link.");
    this.asked.push(addressOf(box));
    await new Promise<void>((done) => void this.#holders.office.clock.after(TRIP_MS, done));
    this.#holders.sync();
    const value = this.kit.call(command);
    if (typeof value === "string") throw new Fault("unanswered", "Nobody answered.");
    return value as T;
  }
  override put(
    box: Box,
    cell: Uint8Array,
    signer: "none" | "write" | "owner",
    _progress?: (now: Placement) => void,
    stampBits = 0,
  ): Promise<Placement> {
    this.puts++;
    if (box.kind === 1) this.#holders.cells.set(toHex(cell.subarray(0, 20)), { box, header: cell.slice(0, 20) });
    const authority = { none: 0, write: 1, owner: 2 }[signer];
    return this.#ask(box, { type: "put", box, cell, signer: authority, stampBits: Math.min(stampBits, 12) });
  }
  override list(box: Box, breadth: "two" | "all" = "all", prove?: readonly Uint8Array[]) {
    return this.#ask<Awaited<ReturnType<Line["list"]>>>(box, { type: "list", box, breadth, prove });
  }
  override get(box: Box, tags: readonly Uint8Array[]) {
    return this.#ask<Awaited<ReturnType<Line["get"]>>>(box, { type: "get", box, tags });
  }
  override have(box: Box, tag: Uint8Array, hash?: Uint8Array, expiry?: number) {
    const command = { type: "have" as const, box, tag, hash: hash ?? new Uint8Array(32), expiry };
    return this.#ask<Awaited<ReturnType<Line["have"]>>>(box, command);
  }
  /** Listed, and never told of more. */
  override watch(box: Box) {
    return { listed: this.list(box, "all", []), close: () => undefined };
  }
  override delete(box: Box, header: Uint8Array, reason: number) {
    return this.#ask<Awaited<ReturnType<Line["delete"]>>>(box, { type: "delete", box, header, reason });
  }
}
