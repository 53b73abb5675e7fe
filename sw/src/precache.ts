/** The files of one version of the shell in one cache of their own, so that a waiting version never mixes with the running
 * one. Role: storage of the shell; no messages, no network but to fetch it. */
export interface Entry {
  url: string;
  revision: string | null;
}
const PREFIX = "nodus-shell-";

/** All or nothing: a version of which one file is missing is not installed. */
export async function precache(manifest: readonly Entry[]): Promise<void> {
  const cache = await caches.open(await nameOf(manifest));
  await cache.addAll(
    manifest.map(({ url, revision }) => new Request(`/${url}`, { cache: revision ? "reload" : "default" })),
  );
}

export async function dropOthers(manifest: readonly Entry[]): Promise<void> {
  const mine = await nameOf(manifest);
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== mine);
  await Promise.all(old.map((name) => caches.delete(name)));
}

export async function served(manifest: readonly Entry[], request: Request, page: boolean): Promise<Response> {
  const cache = await caches.open(await nameOf(manifest));
  const kept = await cache.match(page ? "/index.html" : request, { ignoreSearch: page });
  return kept ?? fetch(request);
}

/** The version is what it is made of. */
async function nameOf(manifest: readonly Entry[]): Promise<string> {
  const text = manifest.map(({ url, revision }) => `${url} ${revision ?? ""}`).join("\n");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return PREFIX + Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
