/** What is dragged into the page. Without this the browser would leave the app for a file or link let go beside a field. */

/** Gives a text that is let go anywhere to `take`, unless a field takes it itself; false where nothing can be written. */
export function watchDrops(take: (text?: string) => boolean): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const takes = (event: DragEvent): boolean => {
    const { dataTransfer: data } = event;
    if (event.defaultPrevented || !data) return false;
    const text = data.types.includes("text/plain") && !data.types.includes("Files");
    if (text && isField(event.composedPath()[0])) return false;
    event.preventDefault();
    const taken = text && take();
    data.dropEffect = taken ? "copy" : "none";
    return taken;
  };
  const over = (event: DragEvent): void => void takes(event);
  const drop = (event: DragEvent): void => {
    if (takes(event)) take(event.dataTransfer?.getData("text/plain"));
  };
  addEventListener("dragover", over, { signal });
  addEventListener("drop", drop, { signal });
  return () => ended.abort();
}

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
