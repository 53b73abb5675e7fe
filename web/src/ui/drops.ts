/**
 * What is dragged into the page, or pasted beside its fields. Without this the browser would leave the app for a file or
 * link let go beside a field.
 */

interface Writing {
  /** Puts a text into what is being written; false where nothing can be. Without one only asks. */
  take(text?: string): boolean;
  /** Files came, where a text would have been taken. */
  refuse(): void;
}

/** Gives a text that is let go or pasted anywhere to `take`, unless a field takes it itself. Returns the end of it. */
export function watchDrops({ take, refuse }: Writing): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const takes = (event: DragEvent): "files" | "text" | undefined => {
    const { dataTransfer: data } = event;
    if (event.defaultPrevented || !data) return undefined;
    const files = data.types.includes("Files");
    const text = data.types.includes("text/plain") && !files;
    if (text && isField(event.composedPath()[0])) return undefined;
    event.preventDefault();
    const taken = (text || files) && take();
    data.dropEffect = taken ? "copy" : "none";
    return taken ? (files ? "files" : "text") : undefined;
  };
  const over = (event: DragEvent): void => void takes(event);
  const drop = (event: DragEvent): void => {
    const what = takes(event);
    if (what === "text") take(event.dataTransfer?.getData("text/plain"));
    else if (what === "files") refuse();
  };
  /** What comes with a text, as from a word processor, is pasted as that. */
  const paste = (event: ClipboardEvent): void => {
    const { clipboardData: data } = event;
    if (event.defaultPrevented || !data || !take()) return;
    const text = data.getData("text/plain");
    if (text === "" && data.files.length > 0) refuse();
    else if (text === "" || isField(event.composedPath()[0])) return;
    else take(text);
    event.preventDefault();
  };
  addEventListener("dragover", over, { signal });
  addEventListener("drop", drop, { signal });
  addEventListener("paste", paste, { signal });
  return () => ended.abort();
}

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
