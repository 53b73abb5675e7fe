/**
 * All that the nodes of a simulated network are given: each frame as it is delivered to each host, and each storage
 * request and cell as the node that opens it sees it. It stands around the core and the hub; the nodes are those that ship.
 */
import { toHex } from "#chat/bytes.ts";
import { FrameType, type NodeId, type Request } from "#node/messages.ts";
import type { Core } from "#node/ports.ts";

/** A request that somebody opened, and how it came there. */
export interface Seen {
  request: Extract<Request, { place: unknown }>;
  /** Plain bytes, as opened. */
  bytes: Uint8Array;
  address: string;
}
/** A sealed body on its way: who asked whom for it, and under whose NodeID it reached its target. */
interface Way {
  asker?: string;
  askedTarget?: boolean;
  origins: Set<string>;
}
const KINDS = new Set<number>(Object.values(FrameType));
const NETWORK = "nodus/1/test";
const BITS = 8;
const E = 32;
/** In a routed frame: frame header 6 ∥ target 32. */
const TARGET_AT = 6;

export class Capture {
  /** To be given to the network in place of the real one. */
  readonly core: Core;
  readonly #real: Core;
  /** Ciphertext of a sealed request, in hex → what was in it. */
  readonly #opened = new Map<string, Seen>();
  /** The same → its way. */
  readonly #ways = new Map<string, Way>();
  readonly #needles: { name: string; bytes: Buffer }[] = [];
  /** What was looked for and found: name → where. */
  readonly found = new Map<string, Set<string>>();
  /** Frame types that no table names; sizes of the largest frames that were routed and that were not. */
  readonly strangeTypes = new Set<number>();
  largestRouted = 0;
  largestDirect = 0;
  frames = 0;
  /** Cells that were given to holders, by address, in hex. */
  readonly cells = new Map<string, Set<string>>();

  constructor(real: Core) {
    this.#real = real;
    let sealed = "";
    const open: Core["open"] = (key, nonce, aad, body) => {
      sealed = aad.length === 0 ? toHex(body.subarray(0, E)) : "";
      return real.open(key, nonce, aad, body);
    };
    const decode: Core["decode"] = (name, bytes) => {
      const decoded = real.decode(name, bytes);
      if (name === "request" && decoded.ok && sealed !== "") this.#open(sealed, decoded.value as Request, bytes);
      return decoded;
    };
    this.core = surrounding(real, { open, decode });
  }

  /** Looks for these bytes in all that any node gets from now on, and in what was opened before. */
  lookFor(name: string, bytes: Uint8Array): void {
    this.#needles.push({ name, bytes: Buffer.from(bytes) });
    for (const { bytes: seen, request } of this.#opened.values()) this.#search(seen, whereOf(request));
  }

  /** Storage requests, and the way each one came. */
  get asked(): { seen: Seen; way: Way | undefined }[] {
    return [...this.#opened].map(([body, seen]) => ({ seen, way: this.#ways.get(body) }));
  }

  /** A frame as it is delivered. */
  frame(from: string, to: NodeId | undefined, frame: Uint8Array): void {
    this.frames++;
    const type = frame[1] ?? 0;
    if (!KINDS.has(type)) this.strangeTypes.add(type);
    if (type === FrameType.ping || type === FrameType.pong) return; // a number and a time
    this.#search(frame, `a frame of type ${type}`);
    const routed = type >= FrameType.find && type <= FrameType.data;
    if (routed) this.largestRouted = Math.max(this.largestRouted, frame.length);
    else this.largestDirect = Math.max(this.largestDirect, frame.length);
    if (type === FrameType.ask) this.#ask(from, to, frame);
    if (type === FrameType.sealed && to !== undefined && endsAt(frame, to)) this.#arrived(frame);
  }

  #ask(from: string, to: NodeId | undefined, frame: Uint8Array): void {
    const outer = this.#real.unframe(frame);
    const ask = outer.ok ? this.#real.decode("ask", outer.value.payload) : undefined;
    if (!ask?.ok || ask.value.mode !== 0) return;
    const way = this.#way(ask.value.body);
    way.asker = from;
    way.askedTarget ||= to !== undefined && toHex(ask.value.target) === toHex(to);
  }
  #arrived(frame: Uint8Array): void {
    const opened = this.#real.openRouted(this.#real.network(NETWORK), BITS, frame);
    const tagged = opened.ok ? this.#real.decode("tagged", opened.value.payload) : undefined;
    if (opened.ok && tagged?.ok) this.#way(tagged.value.body).origins.add(toHex(opened.value.origin));
  }
  #way(body: Uint8Array): Way {
    const name = toHex(body.subarray(E, 2 * E));
    const way = this.#ways.get(name) ?? { origins: new Set<string>() };
    this.#ways.set(name, way);
    return way;
  }
  #open(sealed: string, request: Request, bytes: Uint8Array): void {
    if (!("place" in request)) return; // signalling names nodes, and only them
    const address = toHex(this.#real.address(request.place));
    this.#opened.set(sealed, { request, bytes, address });
    this.#search(bytes, whereOf(request));
    if (request.op !== "put") return;
    const cells = this.cells.get(address) ?? new Set<string>();
    this.cells.set(address, cells.add(toHex(request.cell)));
  }
  #search(bytes: Uint8Array, where: string): void {
    const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const { name, bytes: needle } of this.#needles) {
      if (held.includes(needle)) this.found.set(name, (this.found.get(name) ?? new Set()).add(where));
    }
  }
}

/** The core, but for these calls. Its methods live on its prototype. */
function surrounding(core: Core, own: Pick<Core, "open" | "decode">): Core {
  return Object.assign(Object.create(core) as Core, own);
}
const whereOf = ({ op, place }: Seen["request"]): string => `a ${op} of kind ${place.kind}`;

function endsAt(frame: Uint8Array, id: NodeId): boolean {
  return id.every((byte, at) => frame[TARGET_AT + at] === byte);
}
