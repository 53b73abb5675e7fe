/** What fields take at most; the app below enforces the same in bytes. */

/** A name takes ≤ 128 B, and no UTF-16 unit more than 3. */
export const NAME_LENGTH = 40;
