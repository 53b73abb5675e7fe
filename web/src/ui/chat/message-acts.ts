/** What can be done with one message, as the items of its menu. */
import type { MessageView } from "#app/api.ts";
import type { MenuItem } from "../kit/menu.ts";
import type { Ui } from "../kit/view.ts";
import { say } from "../words/sentences.ts";
import { acts } from "../words/sentences-acts.ts";

export function messageActs(ui: Ui, chat: string, message: MessageView, copied: () => void): MenuItem[] {
  const { app, router, deletions } = ui;
  const { id, text, delivery } = message;
  return [
    ...(delivery?.kind === "failed" ? [{ label: say.retry, act: () => void ui.run(app.retry(chat, id)) }] : []),
    { label: acts.copyText, act: () => void copy(ui, text, copied) },
    { label: acts.details, act: () => router.go({ ...router.route, sheet: "message", item: id }) },
    { label: acts.remove, danger: true, act: () => deletions.start(chat, message) },
  ];
}

async function copy(ui: Ui, text: string, copied: () => void): Promise<void> {
  if (await ui.run(navigator.clipboard.writeText(text))) copied();
}
