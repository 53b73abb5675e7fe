/**
 * The `Rtc` of a page: data channels through simple-peer, whose prebuilt file (~100 kB) is loaded at the first use. One
 * offer, one answer, candidates inside both (non-trickle), since each travels as one sealed message. No STUN server but
 * those we are given. Not here: who may connect (node), descriptions of sessions (webrtc-sdp.ts). Layer: adapters.
 */
import type Peer from "simple-peer/simplepeer.min.js";
import { Fault } from "#node/errors.ts";
import type { Channel, CloseCode, Rtc, Signal } from "#node/ports.ts";
import { Inbox, SEND_QUEUE_BYTES } from "./inbox.ts";
import { fragment, Reassembly } from "./webrtc-fragments.ts";
import { fingerprintOf } from "./webrtc-sdp.ts";

/** Candidates that take longer are not worth the wait (protocol.md §6). */
const GATHER_MS = 2_000;
/** The above begins with the first candidate; a device without any network never finds one. */
const DESCRIBE_MS = 4_000;
/** From the moment both descriptions are known. */
const CONNECT_MS = 10_000;
/** An offer and its answer travel, with retries, for as long as a KNOCK is valid (protocol.md §6). */
const TRAVEL_MS = 30_000;
/** Of the STUN servers known: each more is one more that may be dead and cost the whole of GATHER_MS. */
const MOST_STUN = 2;
/** A closing channel gets so long to send what it took; looked at in steps. */
const DRAIN_MS = 1_000;
const DRAIN_STEP_MS = 50;

export class WebRtc implements Rtc {
  async offer(stun: readonly string[], signal: Signal): ReturnType<Rtc["offer"]> {
    const session = await Session.begin(true, stun, signal);
    const sdp = await session.described;
    const offerer = own(session, sdp);
    session.within(TRAVEL_MS);
    const accept = async (answer: string): Promise<Channel> => {
      const answerer = foreign(session, answer);
      session.within(CONNECT_MS);
      session.peer.signal({ type: "answer", sdp: answer });
      return await session.connected({ kind: "dtls", offerer, answerer });
    };
    return { sdp, accept };
  }

  async answer(offer: string, stun: readonly string[], signal: Signal): ReturnType<Rtc["answer"]> {
    const offerer = fingerprintOf(offer);
    if (!offerer) throw new Fault("malformed", "This is no description of a data channel.");
    const session = await Session.begin(false, stun, signal);
    session.peer.signal({ type: "offer", sdp: offer });
    const sdp = await session.described;
    const answerer = own(session, sdp);
    session.within(TRAVEL_MS + CONNECT_MS);
    const channel = session.connected({ kind: "dtls", offerer, answerer });
    channel.catch(() => undefined); // whoever gave up on the exchange need not look at the channel
    return { sdp, channel };
  }
}

function own(session: Session, sdp: string): Uint8Array {
  const fingerprint = fingerprintOf(sdp);
  if (fingerprint) return fingerprint;
  session.end("failed");
  throw new Fault("unsupported", "This browser describes its data channels in a way that cannot be bound to a node.");
}

function foreign(session: Session, sdp: string): Uint8Array {
  const fingerprint = fingerprintOf(sdp);
  if (fingerprint) return fingerprint;
  session.end("protocol");
  throw new Fault("malformed", "This is no description of a data channel.");
}

type Dtls = Extract<Channel["binding"], { kind: "dtls" }>;
type PeerClass = typeof Peer;

/** One peer connection from its first candidate to its end. */
class Session {
  readonly peer: Peer;
  /** Our own description, candidates inside. */
  readonly described: Promise<string>;
  readonly #inbox = new Inbox();
  readonly #pieces = new Reassembly();
  readonly #closed: Promise<CloseCode>;
  #resolveClosed: (code: CloseCode) => void = () => undefined;
  #opened: Promise<void>;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #live = false;
  #over = false;
  #giveUp: (fault: Fault) => void = () => undefined;

  static async begin(initiator: boolean, stun: readonly string[], signal: Signal): Promise<Session> {
    if (typeof RTCPeerConnection === "undefined") {
      throw new Fault("unsupported", "Direct connections need a page; there is none here.");
    }
    const { default: PeerOfLibrary } = await import("simple-peer/simplepeer.min.js");
    if (signal.aborted) throw new Fault("cancelled", "The caller gave up.");
    return new Session(PeerOfLibrary, initiator, usable(stun), signal);
  }

  private constructor(PeerOfLibrary: PeerClass, initiator: boolean, stun: readonly string[], signal: Signal) {
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.peer = new PeerOfLibrary({
      initiator,
      trickle: false,
      iceCompleteTimeout: GATHER_MS,
      objectMode: true, // one message stays one message
      config: { iceServers: serversOf(stun) },
    });
    const gaveUp = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    const described = new Promise<string>((resolve) => {
      this.peer.on("signal", (description) => description.sdp && resolve(description.sdp));
    });
    const opened = new Promise<void>((resolve) => {
      this.peer.on("connect", resolve);
    });
    this.described = Promise.race([described, gaveUp]);
    this.#opened = Promise.race([opened, gaveUp]);
    for (const promise of [this.described, this.#opened]) promise.catch(() => undefined); // awaited later, or never
    this.#listen(signal);
    this.within(DESCRIBE_MS);
  }

  /** The next step has to be done in this time. */
  within(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.end("timeout"), ms);
  }

  async connected(binding: Dtls): Promise<Channel> {
    await this.#opened;
    return {
      carrier: "webrtc",
      binding,
      send: (frame) => this.#send(frame),
      onFrame: (take) => this.#inbox.open(take),
      close: (code) => this.end(code),
      closed: this.#closed,
    };
  }

  end(code: CloseCode): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#inbox.end();
    this.#resolveClosed(code);
    this.#giveUp(faultOf(code));
    if (this.#live) this.#drain(DRAIN_MS);
    else this.peer.destroy();
  }

  #listen(signal: Signal): void {
    let broken = false;
    this.peer.on("connect", () => {
      this.#live = true;
      clearTimeout(this.#deadline);
    });
    this.peer.on("data", (piece) => this.#arrived(piece));
    this.peer.on("error", (error) => {
      // A data channel also reports the other end's ordinary close as an error.
      broken = (error as { code?: string }).code !== "ERR_DATA_CHANNEL";
    });
    this.peer.on("close", () => this.end(broken ? "failed" : "remote"));
    signal.addEventListener("abort", () => {
      if (!this.#live) this.end("local");
    });
  }

  #arrived(piece: Uint8Array | string): void {
    if (this.#over) return;
    const frame = typeof piece === "string" ? "empty" : this.#pieces.push(plain(piece));
    if (typeof frame === "string") this.end("protocol");
    else if (frame && !this.#inbox.push(frame)) this.end("limit");
  }

  #send(frame: Uint8Array): boolean {
    if (this.#over) return false;
    const pieces = fragment(frame);
    const bytes = frame.length + pieces.length;
    if (pieces.length === 0 || this.peer.bufferSize + bytes > SEND_QUEUE_BYTES) return false;
    try {
      for (const piece of pieces) this.peer.send(piece);
      return true;
    } catch {
      this.end("failed"); // half a frame may have left: nothing after it could be understood
      return false;
    }
  }

  /** The library drops what waits; a last word such as LEAVE is worth a moment. */
  #drain(left: number): void {
    setTimeout(() => {
      if (left > 0 && this.peer.bufferSize > 0) this.#drain(left - DRAIN_STEP_MS);
      else this.peer.destroy();
    }, DRAIN_STEP_MS);
  }
}

/** The addresses come from other nodes, and Firefox makes no connection at all where it refuses one of them, such as one with
 * a port that is not for STUN. */
function usable(stun: readonly string[]): string[] {
  const some = stun.slice(0, MOST_STUN);
  return takes(some) ? some : stun.filter((url) => takes([url])).slice(0, MOST_STUN);
}
function takes(stun: readonly string[]): boolean {
  try {
    new RTCPeerConnection({ iceServers: serversOf(stun) }).close();
    return true;
  } catch {
    return false; // whatever is wrong with one, there may be others
  }
}
const serversOf = (stun: readonly string[]): RTCIceServer[] => stun.map((urls) => ({ urls }));

/** The library gives its own kind of Buffer, whose slice() does not copy. */
const plain = (piece: Uint8Array): Uint8Array => new Uint8Array(piece.buffer, piece.byteOffset, piece.length);

function faultOf(code: CloseCode): Fault {
  if (code === "local") return new Fault("cancelled", "The caller gave up.");
  if (code === "timeout") return new Fault("unanswered", "No direct path was found in time.");
  return new Fault("no-route", "There is no direct path between the two devices.");
}
