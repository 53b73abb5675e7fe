/**
 * Opens the store of a data folder, whatever became of it. A damaged one is set aside and begun anew; what is not ours to
 * touch, or cannot be used, ends the start with a sentence. Layer: relay.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StoreFault, type StoreTrouble } from "./adapters/sqlite-faults.ts";
import { SqliteStore } from "./adapters/sqlite-store.ts";
import type { Note } from "./data.ts";
import { Exit, OperatorError } from "./faults.ts";
import { mustBeWritable, statOf, unusable } from "./plain-file.ts";
import { lookAtWal } from "./wal.ts";

/** Files of one store, its own first. */
const PARTS = ["", "-wal", "-shm", "-journal"];
/** Left by a node that found its store damaged while it ran: the next start sets it aside. */
const MARK = "-damaged";
/** Stores set aside that stay for the operator to look at; a failing disk must not fill itself with them. */
const KEPT_ASIDE = 3;
/** A log above this is not looked at: it would have to be in memory. */
const WAL_BYTES = 67_108_864;

export interface StoreOptions {
  /** This node has run before: a store that is gone is worth a word. */
  hasRun: boolean;
  wall: () => number;
  note: Note;
  onDamage: () => void;
}

/** Throws an OperatorError; undefined: there is no store, and no room to begin one. */
export function openStore(path: string, options: StoreOptions): SqliteStore | undefined {
  const { note, hasRun } = options;
  const stats = statOf(path);
  for (const part of PARTS.slice(1)) statOf(path + part);
  for (const part of PARTS) mustBeWritable(path + part);
  if (statOf(path + MARK) !== undefined) {
    setAside(path, "was found damaged while the node ran", options);
    rmSync(path + MARK);
  } else if (stats === undefined || stats.size === 0) {
    // SQLite would take it for new and throw its log away without a word.
    const what = stats === undefined ? "is missing" : "is empty";
    if (PARTS.slice(1).some((part) => (statOf(path + part)?.size ?? 0) > 0)) setAside(path, what, options);
    else if (hasRun) note("store_gone", `${path} ${what} and is begun anew: cells that this node kept are lost here.`);
  } else lookAt(`${path}-wal`, note);
  try {
    return new SqliteStore(path, options);
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error;
    if (error.trouble !== "damaged") return withoutStore(path, error);
  }
  setAside(path, "is damaged", options);
  try {
    return new SqliteStore(path, options);
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error;
    return withoutStore(path, error);
  }
}

/** For the next start. A disk that refuses even this is told of by the check at that start. */
export function markDamaged(path: string): void {
  try {
    writeFileSync(path + MARK, "");
  } catch (error) {
    if (!(error instanceof Error && "errno" in error)) throw error;
  }
}

function withoutStore(path: string, { trouble, detail }: StoreFault): undefined {
  if (trouble === "full") return undefined;
  const [what, exit] = REFUSALS[trouble] ?? [
    `cannot be used (SQLite: ${detail}): mend that, or move it away for a new one.`,
    Exit.denied,
  ];
  throw new OperatorError(`${path} ${what}`, exit);
}

const REFUSALS: { [K in StoreTrouble]?: [string, number] } = {
  foreign: ["is a database of another program, or damaged in its names: move it away for a new store.", Exit.foreign],
  newer: ["was written by a newer version of Nodus: run that version, or move it away for a new store.", Exit.newer],
  "read-only": [
    "may only be read: make it and its folder writable for this user, or choose another --data.",
    Exit.denied,
  ],
  "closed-off": [
    "cannot be opened: give it and its folder to the user that runs the node (chown), or choose another --data.",
    Exit.denied,
  ],
  busy: ["is held locked by another program: end that, then start again.", Exit.denied],
};

function setAside(path: string, why: string, { wall, note }: StoreOptions): void {
  const at = new Date(wall()).toISOString().replaceAll(":", "-");
  const aside = `${path}.broken-${at}`;
  try {
    for (const part of PARTS)
      if (statSync(path + part, { throwIfNoEntry: false })) renameSync(path + part, aside + part);
    dropOldest(path, aside);
  } catch (error) {
    throw unusable(path, error);
  }
  note(
    "store_set_aside",
    `${path} ${why}: it is kept as ${aside}, and a new store begun; remove it when you have looked.`,
  );
}

/** `latest` stays in any case: the clock may have been later than now when others were set aside. */
function dropOldest(path: string, latest: string): void {
  const start = `${basename(path)}.broken-`;
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(start));
  const times = new Set(names.map((name) => name.replace(/-(wal|shm|journal)$/, "")));
  times.delete(basename(latest));
  const old = [...times].sort().slice(0, Math.max(0, times.size - KEPT_ASIDE + 1));
  for (const name of names) {
    if (old.some((time) => name.startsWith(time))) rmSync(join(dirname(path), name));
  }
}

function lookAt(wal: string, note: Note): void {
  const stats = statOf(wal);
  if (stats === undefined || stats.size > WAL_BYTES) return;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(wal);
  } catch (error) {
    throw unusable(wal, error);
  }
  const state = lookAtWal(bytes);
  if (state === "damaged") {
    note("store_log_damaged", `${wal} is damaged: what was stored last is lost here; look after the disk.`);
  } else if (state === "cut") {
    note(
      "store_log_cut",
      `${wal} ends in a write that is not whole: after a power cut nothing confirmed is lost, else look after the disk.`,
    );
  }
}
