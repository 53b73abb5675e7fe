/**
 * Figures of the WASM core, measured from JavaScript: warm, the median of five runs, nanoseconds of CPU an operation unless
 * the name says otherwise. `npm run bench` prints them; nothing here passes or fails.
 */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";
import * as wasm from "#core";
import { FrameType } from "#node/messages.ts";
import type { Core, NodeId, Table } from "#node/ports.ts";
import { Verdict } from "#node/ports.ts";
import { cpuMs } from "./figures.ts";

const RUNS = 5;
const FRAMES = 100_000;
const FRAME_LENGTH = 252;
/** Bytes of a routed frame without payload: header 6, fixed part 93, signature 64. */
const ROUTED_OVERHEAD = 163;
/** Known origins: more than the links of a busy node, so that the cache of checked work is not one hot line. */
const ORIGINS = 1_000;
/** Of a test network; checking costs the same at any number of bits, solving 100,000 keys does not. */
const BITS = 4;
/** Messages that the seen-cache of core-wasm/src/routing/replay.rs holds when it is full. */
const SEEN = 2 * 65_536;
const NOBODY = new Uint8Array(32) as NodeId;
/** Virtual ms from frame to frame: the token buckets of 64 links take it, and all frames are fresh. */
const STEP_MS = 1;

export async function coreMetrics(): Promise<Record<string, number>> {
  const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
  return {
    forward_known_64_ns: forward(core, ORIGINS),
    forward_cold_64_ns: forward(core, FRAMES),
    decide_64_ns: decide(64),
    decide_256_ns: decide(256),
    decide_2048_ns: decide(2048),
    encode_ns: median(2_000_000, (n) => wasm.unsafeTestingEncode(new Uint8Array(FRAME_LENGTH - ROUTED_OVERHEAD), n)),
    decode_ns: median(5_000_000, (n) => wasm.unsafeTestingDecode(frames(core, 1, 1)[0] as Uint8Array, n)),
    pow_hashes_per_s: Math.round(1e9 / pow(core)),
    ed25519_verify_us: verify(core) / 1000,
    frame_refused_ns: refused(core),
  };
}

/** A whole forward: from the bytes of a carrier through every check to a send port that counts. */
function forward(core: Core, origins: number): number {
  const list = frames(core, FRAMES, origins);
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const table = tableOf(core, 64);
    fillSeen(table, run);
    let sent = 0;
    const send = (frame: Uint8Array): boolean => {
      sent += frame.length;
      return true;
    };
    let now = 0;
    const started = cpuMs();
    for (const [index, frame] of list.entries()) {
      now += STEP_MS;
      const answer = table.onFrame(frame, 1 + (index & 63), now);
      if (answer >>> 24 === Verdict.forward) send(table.outgoing());
      else if (answer >>> 24 === Verdict.drop) throw new Error(`dropped for reason ${answer & 0xff}`);
    }
    times.push(((cpuMs() - started) * 1e6) / FRAMES);
    if (sent < (FRAMES * FRAME_LENGTH) / 2) throw new Error("too few frames were forwarded");
    table.free();
  }
  return middle(times.slice(1));
}

/** Brings the seen-cache to its working size: both of its generations full. */
function fillSeen(table: Table, run: number): void {
  const random = generator(500 + run);
  for (let k = 0; k < SEEN; k++) table.sent(NOBODY, (BigInt(random()) << 32n) | BigInt(random()), 0);
}

/** A frame that fails its first check, as a flood would send. */
function refused(core: Core): number {
  const table = tableOf(core, 64);
  const frame = new Uint8Array(FRAME_LENGTH).fill(0xff);
  return median(200_000, (n) => {
    for (let k = 0; k < n; k++) table.onFrame(frame, 1, 0);
    return 0;
  });
}

function decide(edges: number): number {
  const targets = bytes(4096 * 32, 3);
  return median(2_000_000, (n) => wasm.unsafeTestingDecide(bytes(32, 1), bytes(edges * 32, 2), targets, n));
}

function pow(core: Core): number {
  const job = core.idWork(core.network("nodus/1/bench"), bytes(32, 4), 0, 64);
  return median(1_000_000, (n) => (core.search(job, 0n, n) === undefined ? 0 : 1));
}

function verify(core: Core): number {
  const network = core.network("nodus/1/bench");
  const secret = bytes(32, 5);
  const message = bytes(124, 6);
  const pk = core.edPublic(secret);
  const sig = core.sign(secret, "bench", network, message);
  return median(500, (n) => {
    let good = 0;
    for (let k = 0; k < n; k++) good += Number(core.verify(pk, sig, "bench", network, message));
    if (good !== n) throw new Error("a good signature was refused");
    return good;
  });
}

/** Routed frames of `origins` solved keys with distinct ids, random targets and no signature, which no forwarder reads. */
function frames(core: Core, count: number, origins: number): Uint8Array[] {
  const network = core.network("nodus/1/bench");
  const solved = Array.from({ length: origins }, (_, n) => {
    const edPk = bytes(32, 1000 + n);
    return { edPk, nonce: core.search(core.idWork(network, edPk, 0, BITS), 0n, 1e6) as bigint };
  });
  const random = generator(7);
  const all = new Uint8Array(count * FRAME_LENGTH);
  return Array.from({ length: count }, (_, n) => {
    const { edPk, nonce } = solved[n % origins] as { edPk: Uint8Array; nonce: bigint };
    const frame = all.subarray(n * FRAME_LENGTH, (n + 1) * FRAME_LENGTH);
    const fields = new DataView(all.buffer, n * FRAME_LENGTH + 6);
    frame.set([1, FrameType.data, 0, 0, 0, FRAME_LENGTH - 6]);
    for (let at = 0; at < 32; at += 4) fields.setUint32(at, random());
    fields.setUint8(32, 1);
    fields.setUint8(33, 14);
    frame.set(edPk, 6 + 35);
    fields.setBigUint64(67, nonce);
    fields.setBigUint64(77, BigInt(n * STEP_MS));
    fields.setUint32(85, random());
    fields.setUint32(89, random());
    return frame;
  });
}

/** A node with random edges, so placed that almost every target has a nearer one. */
function tableOf(core: Core, edges: number): Table {
  const network = core.network("nodus/1/bench");
  const table = core.table({
    network,
    bits: BITS,
    self: bytes(32, 1) as NodeId,
    framesPerSecond: 500,
    frameBurst: 2000,
    bytesPerSecond: 4 * 1024 * 1024,
  });
  for (let link = 1; link <= edges; link++) table.addLink(link, bytes(32, 100 + link) as NodeId, true, 0);
  return table;
}

/** Nanoseconds a unit of `work(n)`, which does n of them. */
function median(n: number, work: (n: number) => number): number {
  work(n);
  const times = Array.from({ length: RUNS }, () => {
    const started = cpuMs();
    work(n);
    return ((cpuMs() - started) * 1e6) / n;
  });
  return middle(times);
}

function middle(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round((sorted[sorted.length >> 1] as number) * 10) / 10;
}

/** The same bytes for the same seed. */
function bytes(length: number, seed: number): Uint8Array {
  const random = generator(seed);
  return Uint8Array.from({ length }, () => random() & 0xff);
}

/** xorshift32. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
