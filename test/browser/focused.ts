/** Before each test in Firefox: the page has the focus. Some keys take it to fields of the browser's own, such as "/". */
import { beforeEach } from "vitest";
import { userEvent } from "vitest/browser";

beforeEach(async () => {
  if (document.hasFocus()) return;
  const place = document.createElement("div"); // an empty page has nothing to press
  Object.assign(place.style, { position: "fixed", inset: "0" });
  document.body.append(place);
  await userEvent.click(place);
  place.remove();
});
