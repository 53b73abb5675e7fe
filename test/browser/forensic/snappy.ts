/** Snappy's raw format, as LevelDB packs its blocks: https://github.com/google/snappy/blob/main/format_description.txt */

/** Undefined where the bytes are none. */
export function unsnappy(bytes: Uint8Array): Uint8Array | undefined {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) return undefined;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  if (length < 0 || length > 64 * 1_048_576) return undefined;
  const out = new Uint8Array(length);
  let end = 0;
  const number = (size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) value += (bytes[at++] ?? 0) * 256 ** i;
    return value;
  };
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const size = 1 + (short < 60 ? short : number(short - 59));
      if (end + size > length || at + size > bytes.length) return undefined;
      out.set(bytes.subarray(at, at + size), end);
      at += size;
      end += size;
      continue;
    }
    const near = (tag & 3) === 1;
    const size = near ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const back = near ? ((tag >> 5) << 8) + number(1) : number((tag & 3) === 2 ? 2 : 4);
    if (back === 0 || back > end || end + size > length) return undefined;
    for (let i = 0; i < size; i++, end++) out[end] = out[end - back] as number;
  }
  return end === length ? out : undefined;
}
