/** From a frame of the camera or a file to pixels that can be searched for a code. */

/** Largest side, in pixels: a camera's whole picture; more would only cost memory. */
const SIDE = 4_000;
/** Largest file, in bytes: twice what cameras make. */
const FILE = 32 * 1024 * 1024;

/** Keeps one canvas for all frames of a camera. */
export class Frames {
  readonly #canvas = document.createElement("canvas");

  /** What is seen now; undefined before the first frame. */
  of(video: HTMLVideoElement): ImageData | undefined {
    const { videoWidth, videoHeight } = video;
    if (video.readyState < video.HAVE_CURRENT_DATA || videoWidth === 0) return undefined;
    return drawn(this.#canvas, video, videoWidth, videoHeight);
  }
}

export async function pixelsOf(file: Blob): Promise<ImageData | "no-picture" | "too-large"> {
  if (file.size > FILE) return "too-large";
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return "no-picture";
  }
  const { width, height } = bitmap;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const size = (side: number): number => Math.max(1, Math.round(side * scale));
  try {
    return drawn(document.createElement("canvas"), bitmap, size(width), size(height));
  } finally {
    bitmap.close();
  }
}

function drawn(canvas: HTMLCanvasElement, source: CanvasImageSource, width: number, height: number): ImageData {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser draws no canvas");
  context.fillStyle = "#ffffff"; // below pictures that are partly transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
