/** The text of a QR code in a picture. Runs in the worker web/src/workers/qr.ts. Layer: adapters. */
import { decodeQR } from "qr/decode.js";

/** RGBA, four bytes a pixel. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}
/** Guesses that a picture is worth beyond the necessary ones, in ms: the next frame of a camera is a better guess. */
const STILL_MS = 1_000;
const FRAME_MS = 20;

/** `still`: this picture is all there is; otherwise another one follows. Undefined where no code can be read. */
export function decode({ width, height, data }: Pixels, still: boolean): string | undefined {
  try {
    return decodeQR({ width, height, data }, { format: "RGBA", timeLimit: still ? STILL_MS : FRAME_MS });
  } catch {
    return undefined; // the library throws for a picture without a code as for one that is torn
  }
}
