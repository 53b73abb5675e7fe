/** What can be done with one chat, as the items of its menu. */
import type { ChatView } from "#app/api.ts";
import type { MenuItem } from "../kit/menu.ts";
import type { Ui } from "../kit/view.ts";
import { acts } from "../words/sentences-acts.ts";

export function chatActs(ui: Ui, { id, blocked }: ChatView, unblock: () => void): MenuItem[] {
  const { app, router } = ui;
  return [
    blocked
      ? { label: acts.unblock, act: unblock }
      : { label: acts.block, danger: true, act: () => void ui.run(app.block(id)) },
    {
      label: acts.deleteChat,
      danger: true,
      act: () => router.go({ ...router.route, sheet: "delete-chat", item: id }),
    },
  ];
}
