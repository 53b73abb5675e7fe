/** A text as a QR code, drawn as one SVG path. Around it the quiet zone that cameras need. Layer: adapters. */
import encodeQR from "qr";

/** Modules of white on each side (ISO/IEC 18004). */
const QUIET = 4;

/** `d` of a path over `size` × `size` modules, quiet zone included. */
export function qrPath(text: string): { size: number; d: string } {
  // On a screen nothing is torn or stained: the least correction gives the largest modules.
  const modules = encodeQR(text, "raw", { ecc: "low", border: QUIET });
  let d = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) d += `M${from} ${y}h${x - from}v1H${from}z`;
    }
  });
  return { size: modules.length, d };
}
