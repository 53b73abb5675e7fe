/**
 * The one Trusted Types policy of the app: addresses of its own scripts. Under the content policy a worker or service
 * worker takes nothing else. Importing this file creates the policy; a page may do that once. Layer: adapters.
 */

/** TypeScript's dom library does not know Trusted Types. */
interface Policy {
  createScriptURL(url: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const ownScript = (url: string): string => {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError("This is no script of this app.");
  return url;
};
const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy("nodus", {
  createScriptURL: ownScript,
});

/** What `new Worker` and `register` take; a plain string where the browser has no Trusted Types. */
export const scriptUrl = (url: string): string => (policy ? (policy.createScriptURL(url) as string) : ownScript(url));
