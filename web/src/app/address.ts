/** The address with which the page was opened. Layer: app. */

/**
 * The invite in it, and the path that is left. Nothing else of ours stands behind the "#", so what is no whole invite is a
 * broken one, and the person is told. A program that made %23 of the "#" put it into the path: the node that serves the
 * page has seen it then, which the person who opens it cannot change.
 */
export function inviteIn({
  hash,
  pathname,
}: Pick<URL, "hash" | "pathname">): { link: string; path: string } | undefined {
  const [path = "", ...escaped] = pathname.split(/%(?:25)*23/);
  const link = [...escaped, hash.slice(1)].filter((part) => part !== "").join("#");
  return link === "" ? undefined : { link, path };
}
