/**
 * In the page, before the app: reports each session cell that is sealed or opened there, with the keys it was done with,
 * and which cells went over a data channel. It stands around the core's module and the channel, so the app that runs is
 * the one that ships.
 */

/** What is told to `globalThis.overheard`; bytes in hex. */
export type Overheard =
  /** A header that was sealed or opened: the header key of one direction. */
  | { kind: "header"; key: string }
  | { kind: "sealed" | "opened"; key: string; nonce: string; cell: string }
  /** The cell with this tag went over a data channel. */
  | { kind: "left"; tag: string };

export function overhear(): void {
  const tell = (event: Overheard): void =>
    (globalThis as unknown as { overheard: (event: Overheard) => void }).overheard(event);
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const [envelope, head, header] = [20, 88, 52];
  const tags = new Set<string>();
  const sizeOf = (sealed: number): boolean => [2_048, 16_384].includes(head + sealed);

  type Given = [key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, given: Uint8Array];
  type Gcm = (...pointers: number[]) => [number, number, unknown, unknown];
  const { Instance } = WebAssembly;
  const around = (module: WebAssembly.Module, imports: WebAssembly.Imports): { exports: WebAssembly.Exports } => {
    const inner = new Instance(module, imports);
    const { memory, seal, open } = inner.exports as unknown as { memory: WebAssembly.Memory; seal: Gcm; open: Gcm };
    const bytes = (at = 0, length = 0): Uint8Array => new Uint8Array(memory.buffer, at, length).slice();
    const watched =
      (way: "sealed" | "opened", call: Gcm): Gcm =>
      (...at) => {
        const [key, nonce, aad, given] = [0, 2, 4, 6].map((n) => bytes(at[n], at[n + 1])) as Given;
        const result = call(...at);
        const made = result[3] ? new Uint8Array() : bytes(result[0], result[1]);
        const [plain, sealed] = way === "sealed" ? [given, made] : [made, given];
        const [key_, nonce_] = [hex(key), hex(nonce)];
        if (result[3] || plain.length === 0) return result;
        if (aad.length === envelope && plain.length === header) tell({ kind: "header", key: key_ });
        if (aad.length === head && sizeOf(sealed.length)) {
          if (way === "sealed") tags.add(hex(aad.subarray(4, envelope)));
          tell({ kind: way, key: key_, nonce: nonce_, cell: hex(aad) + hex(sealed) });
        }
        return result;
      };
    return { exports: { ...inner.exports, seal: watched("sealed", seal), open: watched("opened", open) } as never };
  };
  WebAssembly.Instance = new Proxy(Instance, { construct: (_, [module, imports]) => around(module, imports) });

  const { prototype } = RTCDataChannel;
  const { send } = prototype;
  prototype.send = function (this: RTCDataChannel, data: never) {
    const view = data as unknown;
    const frame = ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : undefined;
    for (let at = 0; frame !== undefined && at < 64; at++) {
      if (frame[at] !== 1 || frame[at + 1] !== 1) continue;
      const tag = hex(frame.subarray(at + 4, at + envelope));
      if (tags.has(tag)) tell({ kind: "left", tag });
    }
    send.call(this, data);
  } as never;
}
