/** Reading an invite's code: by a camera (a canvas that moves) and from pictures, and what is said when that fails. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { qrPath } from "#adapters/qr.ts";
import { all, find, until } from "./drawn.ts";
import { type FixtureApp, invite, ready } from "./fixture.ts";
import { button, clear, click, focus, get, route, SMALL, settle, show, size, textOf, texts } from "./stage.ts";

const scanning = { state: ready, route: { sheet: "scan" } as const };
let devices: MediaDevices;
let streams: MediaStream[] = [];
const asked = vi.fn<(wanted?: MediaStreamConstraints) => Promise<MediaStream>>();

beforeEach(async () => {
  await size(SMALL);
  devices = navigator.mediaDevices;
  streams = [];
  asked.mockReset();
  vi.spyOn(devices, "getUserMedia").mockImplementation(asked);
});
afterEach(() => {
  clear();
  vi.restoreAllMocks();
});

/** A canvas with the code of `text`, or with nothing on it. */
function drawing(text?: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = "#c8c0b0";
  context.fillRect(0, 0, 640, 480);
  if (text === undefined) return canvas;
  const { size: modules, d } = qrPath(text);
  context.translate(110, 30);
  context.scale(420 / modules, 420 / modules);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, modules, modules);
  context.fillStyle = "#101418";
  context.fill(new Path2D(d));
  return canvas;
}
/** The camera sees `text`. */
function camera(text?: string): void {
  asked.mockImplementation(async () => {
    const canvas = drawing(text);
    const stream = canvas.captureStream(10);
    // A canvas gives a frame when it is drawn on.
    const timer = setInterval(() => canvas.getContext("2d")?.fillRect(0, 0, 1, 1), 50);
    stream.getVideoTracks()[0]?.addEventListener("ended", () => clearInterval(timer));
    streams.push(stream);
    return stream;
  });
}
const running = (): boolean =>
  streams.some((stream) => stream.getTracks().some(({ readyState }) => readyState === "live"));
async function file(canvas: HTMLCanvasElement, type = "image/png"): Promise<File> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, 0.8));
  return new File([blob ?? new Blob()], "code", { type });
}
const data = (given: File): DataTransfer => {
  const transfer = new DataTransfer();
  transfer.items.add(given);
  return transfer;
};
function choose(given: File): void {
  const input = get("input[type=file]") as HTMLInputElement;
  input.files = data(given).files;
  input.dispatchEvent(new Event("change"));
}
/** As the app answers: a link of ours is looked up, anything else is no invite. */
function answering(app: FixtureApp): void {
  app.effects["openInvite"] = (text: string) =>
    app.patch({
      invite:
        text === invite.link
          ? { kind: "found", name: "Ada", identity: "ada0".repeat(16), ends: invite.ends }
          : { kind: "fault", fault: "malformed" },
    });
  app.effects["dismissInvite"] = () => {
    const { invite: _, ...rest } = app.ready;
    app.set(rest);
  };
}
const opened = (app: FixtureApp): unknown[] =>
  app.calls.filter(([name]) => name === "openInvite").map(([, text]) => text);
const said = (): string => texts(".stack [role=status]").join(" ").trim();

describe("by camera", () => {
  it("asks for it only after a click, tells why before, and opens the invite that is seen", async () => {
    camera(invite.link);
    const app = await show(scanning);
    answering(app);
    expect(asked).not.toHaveBeenCalled();
    expect(texts("p").join()).toContain("nothing is kept of it");
    await click("Use the camera");
    expect(asked.mock.calls[0]?.[0]).toMatchObject({ audio: false, video: { facingMode: { ideal: "environment" } } });
    await until(() => route().sheet === "open-invite");
    expect(opened(app)).toEqual([invite.link]);
    await until(() => texts("h3").some((text) => text.includes("Ada")));
    expect(running()).toBe(false);
  });

  it("shows what is no invite, shortened and as text, without opening it, and stops the camera", async () => {
    const text = `https://evil.example/?${"x".repeat(200)}`;
    camera(text);
    const app = await show(scanning);
    answering(app);
    await click("Use the camera");
    await until(() => find(".strange") !== undefined);
    expect(textOf(get(".strange"))).toMatch(/is no invite.*https:\/\/evil\.example\/\?x+…$/);
    expect(textOf(get(".strange bdi")).length).toBeLessThan(100);
    expect(all("a", get("nodus-scan"))).toEqual([]);
    expect(route().sheet).toBe("scan");
    expect(app.ready.invite).toBeUndefined();
    expect(running()).toBe(false);
    camera(invite.link);
    await click("Use the camera again");
    await until(() => route().sheet === "open-invite");
  });

  it("lets the sheet of the invite say what else is wrong with one", async () => {
    camera(invite.link);
    const app = await show(scanning);
    app.effects["openInvite"] = () => app.patch({ invite: { kind: "fault", fault: "expired" } });
    await click("Use the camera");
    await until(() => find(".fault-box") !== undefined);
    expect(textOf(get(".fault-box"))).toContain("has ended");
  });

  it("keeps the focus on a button as the picture comes and goes", async () => {
    camera();
    await show(scanning);
    button("Use the camera").focus();
    await click("Use the camera");
    await until(() => find("video") !== undefined);
    await until(() => focus()?.textContent?.trim() === "Stop the camera");
    await click("Stop the camera");
    expect(running()).toBe(false);
    expect(textOf(focus() ?? document.body)).toBe("Use the camera");
  });

  it("stops when the sheet closes", async () => {
    camera();
    await show(scanning);
    await click("Use the camera");
    await until(() => find("video") !== undefined);
    expect(running()).toBe(true);
    await click("Close");
    await until(() => find("nodus-scan") === undefined);
    expect(running()).toBe(false);
  });

  it("stops when the sheet closed while the browser was still asking", async () => {
    let allow: () => void = () => undefined;
    asked.mockImplementation(async () => {
      await new Promise<void>((done) => {
        allow = done;
      });
      const stream = drawing().captureStream(10);
      streams.push(stream);
      return stream;
    });
    await show(scanning);
    await click("Use the camera");
    await click("Close");
    await until(() => find("nodus-scan") === undefined);
    allow();
    await until(() => streams.length === 1 && !running());
  });

  it.each(["visibilitychange", "pagehide"])("stops at %s and says so", async (event) => {
    camera();
    await show(scanning);
    await click("Use the camera");
    await until(() => find("video") !== undefined);
    if (event === "visibilitychange") vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    document.dispatchEvent(new Event(event));
    dispatchEvent(new Event(event));
    await settle();
    expect(running()).toBe(false);
    expect(find("video")).toBeUndefined();
    expect(said()).toContain("The camera was stopped");
  });

  it("says so when the camera is taken away", async () => {
    camera();
    const listening = vi.spyOn(MediaStreamTrack.prototype, "addEventListener");
    await show(scanning);
    await click("Use the camera");
    await until(() => find("video") !== undefined);
    // Firefox hands an event that a page made to nobody here.
    for (const [type, heard] of listening.mock.calls) {
      if (type === "ended" && typeof heard === "function") heard(new Event("ended"));
    }
    await until(() => find("video") === undefined);
    expect(said()).toContain("The camera was stopped");
  });

  it("has a sentence of its own for each refusal, and tries again", async () => {
    await show(scanning);
    const sentences = new Set<string>();
    for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError"]) {
      asked.mockRejectedValueOnce(new DOMException("no", name));
      button(sentences.size === 0 ? "Use the camera" : "Use the camera again").click();
      await until(() => said() !== "" && !said().includes("starts. Your") && !sentences.has(said()));
      sentences.add(said());
    }
    expect(sentences.size).toBe(3);
  });

  it("says that there is none in a browser that knows no cameras", async () => {
    vi.spyOn(Navigator.prototype, "mediaDevices", "get").mockReturnValue(undefined as never);
    await show(scanning);
    await click("Use the camera");
    await until(() => said().includes("gives pages no camera"));
  });

  it("says that codes cannot be read where the reader does not load", async () => {
    camera(invite.link);
    await show(scanning, { reader: () => Promise.reject(new Error("offline")) });
    await click("Use the camera");
    await until(() => said().includes("cannot be read here"));
    expect(running()).toBe(false);
  });
});

describe("from a picture", () => {
  it.each(["image/png", "image/jpeg", "image/webp"])("that is chosen, %s", async (type) => {
    const app = await show(scanning);
    answering(app);
    choose(await file(drawing(invite.link), type));
    await until(() => route().sheet === "open-invite");
    expect(opened(app)).toEqual([invite.link]);
    expect(asked).not.toHaveBeenCalled();
  });

  it("that is pasted", async () => {
    const app = await show(scanning);
    answering(app);
    const clipboardData = data(await file(drawing(invite.link)));
    const paste = new ClipboardEvent("paste", { bubbles: true, composed: true, cancelable: true });
    Object.defineProperty(paste, "clipboardData", { value: clipboardData }); // Firefox takes no files at its making
    get("dialog").dispatchEvent(paste);
    await until(() => opened(app).length === 1);
    expect(opened(app)).toEqual([invite.link]);
  });

  it("that is dropped, which the browser does not open instead", async () => {
    const app = await show(scanning);
    answering(app);
    const dataTransfer = data(await file(drawing(invite.link)));
    const events = ["dragover", "drop"].map(
      (type) => new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }),
    );
    for (const event of events) get("dialog").dispatchEvent(event);
    expect(events.map((event) => event.defaultPrevented)).toEqual([true, true]);
    await until(() => opened(app).length === 1);
  });

  it("without a code, or no picture at all: each is said in its own words", async () => {
    const app = await show(scanning);
    choose(await file(drawing()));
    await until(() => said().includes("No code was found"));
    choose(new File(["no picture"], "text.txt"));
    await until(() => said().includes("is no picture"));
    expect(opened(app)).toEqual([]);
  });

  it("that is too large is not even opened", async () => {
    await show(scanning);
    const large = new File([new Uint8Array(33 * 1024 * 1024)], "large.png");
    choose(large);
    await until(() => said().includes("too large"));
  });

  it("is left alone when text is pasted", async () => {
    await show(scanning);
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", invite.link);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true, cancelable: true });
    get("dialog").dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });
});

describe("the way in", () => {
  it("stands beside the link, takes that sheet's place, and leads back to it", async () => {
    await show("open-invite");
    await click("Scan code");
    await until(() => find("nodus-scan") !== undefined);
    await click("Paste a link instead");
    await until(() => find("nodus-open-invite") !== undefined);
    expect(route().sheet).toBe("open-invite");
  });

  it("is not disturbed by the fault of an invite that was opened before", async () => {
    await show({ ...scanning, state: { ...ready, invite: { kind: "fault", fault: "used" } } });
    expect(route().sheet).toBe("scan");
    expect(button("Use the camera")).toBeDefined();
  });

  it("gives way to an invite whose link was opened meanwhile", async () => {
    const app = await show(scanning);
    app.patch({ invite: { kind: "found", name: "Ada", identity: "ada0".repeat(16), ends: invite.ends } });
    await until(() => route().sheet === "open-invite");
  });

  it("can be used again when the app could not take what was read", async () => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
    const app = await show(scanning);
    app.refused.add("openInvite");
    const code = await file(drawing(invite.link));
    choose(code);
    await until(() => opened(app).length === 1);
    await until(() => texts("p.failed").join().includes("That did not work"));
    choose(code);
    await until(() => opened(app).length === 2);
  });

  it("is not there where codes cannot be read", async () => {
    await show("open-invite", { reader: undefined as never });
    expect(texts("button")).not.toContain("Scan code");
  });

  it("forgets the invite when the sheet is left while it is looked up", async () => {
    const app = await show(scanning);
    app.effects["openInvite"] = () => app.patch({ invite: { kind: "looking" } });
    choose(await file(drawing(invite.link)));
    await until(() => said().includes("Looking up"));
    await click("Close");
    expect(app.calls).toContainEqual(["dismissInvite"]);
  });
});
