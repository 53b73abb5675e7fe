/** One use of the camera: asks for it, tells in which way that failed, and stops it for good. */
import type { Trouble } from "../words/sentences-scan.ts";

/** Enough for a code that fills a quarter of the picture; a larger one only takes longer to search. */
const WIDTH = 1280;

export class Camera {
  readonly stream: MediaStream;

  private constructor(stream: MediaStream) {
    this.stream = stream;
  }

  /** The browser asks the person. `lost`: the camera went away, or the permission was taken back. */
  static async open(lost: () => void): Promise<Camera | Trouble> {
    const { mediaDevices } = navigator as Partial<Navigator>; // absent from old browsers and insecure pages
    if (!mediaDevices) return "unsupported";
    try {
      const video = { facingMode: { ideal: "environment" }, width: { ideal: WIDTH } };
      const stream = await mediaDevices.getUserMedia({ audio: false, video });
      for (const track of stream.getTracks()) track.addEventListener("ended", lost);
      return new Camera(stream);
    } catch (error) {
      return troubleOf(error);
    }
  }

  /** A camera that looks at the person shows them as in a mirror: everything else confuses the hand. */
  get mirrored(): boolean {
    return this.stream.getVideoTracks()[0]?.getSettings().facingMode !== "environment";
  }
  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "busy";
}
