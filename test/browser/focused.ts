/** Before each test in Firefox: the page has the focus. Some keys take it to fields of the browser's own, such as "/". */
import { beforeEach } from "vitest";
import { userEvent } from "vitest/browser";

beforeEach(async () => {
  if (!document.hasFocus()) await userEvent.click(document.documentElement);
});
