/** What this page or worker was built from: the first 12 hex digits of the digest over all sources. tools/build.mjs puts
 * it in. */
declare const __NODUS_BUILD__: string;
export const build: string = __NODUS_BUILD__;
