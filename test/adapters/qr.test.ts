/** From a link to its drawing to a picture of it, as cameras and screens give it, and back to the link. */
import { describe, expect, it } from "vitest";
import { qrPath } from "#adapters/qr.ts";
import { decode, type Pixels } from "#adapters/qr-decode.ts";

const PAYLOAD = "AQBmT0c3".repeat(15).slice(0, 118);
const links = [
  `https://nodus.example/#${PAYLOAD}`,
  `https://chat.example.org:8443/#${"x9_-".repeat(29)}aB`,
  `http://localhost:8787/#${PAYLOAD}${"d3NzOi8v".repeat(5)}`,
];

interface Look {
  width?: number;
  height?: number;
  /** Pixels a module. */
  scale?: number;
  /** Degrees, around the middle. */
  turned?: number;
  inverted?: boolean;
  /** Grey levels by which each pixel is off at most. */
  noise?: number;
  /** From left to right the light falls by this share. */
  shade?: number;
}

/** The path of `qrPath` as modules, dark or light. */
function modulesOf(text: string): boolean[][] {
  const { size, d } = qrPath(text);
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, width] of d.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    for (let i = 0; i < Number(width); i++) rows[Number(y)]![Number(x) + i] = true;
  }
  return rows;
}

function picture(text: string, look: Look = {}): Pixels {
  const { width = 640, height = 480, scale = 6, turned = 0, inverted = false, noise = 0, shade = 0 } = look;
  const modules = modulesOf(text);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const [sin, cos] = [Math.sin((turned * Math.PI) / 180), Math.cos((turned * Math.PI) / 180)];
  let random = 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [(x - width / 2) / scale, (y - height / 2) / scale];
      const column = Math.floor(dx * cos + dy * sin + modules.length / 2);
      const dark = modules[Math.floor(dy * cos - dx * sin + modules.length / 2)]?.[column];
      random = (random * 48_271) % 2_147_483_647;
      const light = dark === undefined ? 150 : dark !== inverted ? 20 : 235;
      const level = light * (1 - (shade * x) / width) + (random / 2_147_483_647 - 0.5) * 2 * noise;
      data.fill(Math.round(level), (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data };
}

describe("an invite's code", () => {
  it.each(links)("comes back whole: %s", (link) => expect(decode(picture(link), true)).toBe(link));

  const looks: [string, Look][] = [
    ["small", { scale: 2.5 }],
    ["as large as the picture", { scale: 7.9 }],
    ["in a photograph of a telephone", { width: 2000, height: 1500, scale: 11 }],
    ["tilted", { turned: 12 }],
    ["lying on its side", { turned: 90 }],
    ["upside down and tilted", { turned: 197 }],
    ["light on dark, as in a dark theme", { inverted: true }],
    ["light on dark and tilted", { inverted: true, turned: 23 }],
    ["with noise", { noise: 60 }],
    ["with a shadow and noise", { noise: 30, shade: 0.5 }],
  ];
  it.each(looks)("is read when it is %s", (_, look) => {
    expect(decode(picture(links[0]!, look), true)).toBe(links[0]);
  });

  it("is read from a single frame of a camera", () => {
    expect(decode(picture(links[0]!, { width: 1280, height: 720, noise: 25, turned: 8 }), false)).toBe(links[0]);
  });
});

describe("what holds no code", () => {
  it("gives nothing: an empty picture, noise, half a code", () => {
    const empty = { width: 320, height: 240, data: new Uint8ClampedArray(320 * 240 * 4).fill(255) };
    expect(decode(empty, true)).toBeUndefined();
    expect(decode(picture("", { scale: 0.01, noise: 120 }), true)).toBeUndefined();
    const half = picture(links[0]!);
    half.data.fill(255, half.data.length / 2);
    expect(decode(half, true)).toBeUndefined();
  });

  it("gives nothing for a picture of no size", () => {
    expect(decode({ width: 0, height: 0, data: new Uint8ClampedArray() }, true)).toBeUndefined();
  });
});
