/** What is said to gestures that people know from elsewhere and that do nothing here yet. Rules as in sentences.ts. */
import { catalogue } from "../kit/catalogue.ts";

export const cannot = catalogue({
  files: "Pictures and files cannot be sent yet.",
  edit: "A message that was sent cannot be changed yet.",
  reply: "One message cannot be answered by itself yet.",
  sweep: "Chats cannot be archived by a swipe yet. Press and hold one for what can be done.",
  find: "Your browser’s search finds only messages near the visible ones.",
});
