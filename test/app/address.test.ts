import { expect, test } from "vitest";
import { inviteIn } from "#app/address.ts";

test.each([
  ["https://x.example/#AQ-_", { link: "AQ-_", path: "/" }],
  ["https://x.example/app/#AQ-_", { link: "AQ-_", path: "/app/" }],
  ["https://x.example/%23AQ-_", { link: "AQ-_", path: "/" }],
  ["https://x.example/%2523AQ-_", { link: "AQ-_", path: "/" }],
  ["https://x.example/%23AQ-_?utm_source=a", { link: "AQ-_", path: "/" }],
  ["https://x.example/%23AQ-_#:~:text=a", { link: "AQ-_#:~:text=a", path: "/" }],
  ["https://x.example/?utm_source=a#AQ-_", { link: "AQ-_", path: "/" }],
  ["https://x.example/#", undefined],
  ["https://x.example/", undefined],
  ["https://x.example/?a=b", undefined],
])("an invite is found in %s", (href, found) => expect(inviteIn(new URL(href))).toEqual(found));
