/**
 * The journal: changes of the history as the secrets keep them until the history has them. One record is a row of
 * `key length u16 | key UTF-8 | 0` for a removal and `key length u16 | key | 1 | length u32 | value`; big-endian. Layer: adapters.
 */
import type { Change } from "#node/ports.ts";

export const JOURNAL = "journal/";
/** Bytes of one record: below the size from which browsers put a value into a file of its own. Tier 3. */
const MOST = 32_768;

export const journalKey = (number: number): string => JOURNAL + number.toString().padStart(12, "0");
/** -1 for what is no such key. */
export const journalNumber = (key: string): number => (/^journal\/\d{12}$/.test(key) ? Number(key.slice(-12)) : -1);

/** Records, in order, that hold these changes. */
export function journalOf(changes: readonly Change[]): Uint8Array[] {
  const records: Uint8Array[] = [];
  let rows: Uint8Array[] = [];
  let size = 0;
  const end = (): void => {
    if (rows.length > 0) records.push(joined(rows, size));
    rows = [];
    size = 0;
  };
  for (const change of changes) {
    const row = rowOf(change);
    if (size + row.length > MOST) end();
    rows.push(row);
    size += row.length;
  }
  end();
  return records;
}
function rowOf({ key, value }: Change): Uint8Array {
  const name = new TextEncoder().encode(key);
  const row = new Uint8Array(3 + name.length + (value === undefined ? 0 : 4 + value.length));
  const view = new DataView(row.buffer);
  view.setUint16(0, name.length);
  row.set(name, 2);
  if (value === undefined) return row;
  row[2 + name.length] = 1;
  view.setUint32(3 + name.length, value.length);
  row.set(value, 7 + name.length);
  return row;
}
function joined(rows: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const row of rows) {
    whole.set(row, at);
    at += row.length;
  }
  return whole;
}

/** The changes of one record; undefined where it is none. */
export function changesOf(record: Uint8Array): Change[] | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const changes: Change[] = [];
  for (let at = 0; at < record.length; ) {
    const keyEnd = at + 2 < record.length ? at + 2 + view.getUint16(at) : record.length;
    if (keyEnd >= record.length) return undefined;
    const key = new TextDecoder().decode(record.subarray(at + 2, keyEnd));
    const there = view.getUint8(keyEnd) === 1;
    if (there && keyEnd + 5 > record.length) return undefined;
    const start = keyEnd + (there ? 5 : 1);
    const end = start + (there ? view.getUint32(keyEnd + 1) : 0);
    if (end > record.length) return undefined;
    changes.push({ key, value: there ? record.slice(start, end) : undefined });
    at = end;
  }
  return changes;
}
