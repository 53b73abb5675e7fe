/** Keys that belong to the keyboard's own window of words, as for Japanese, and not to the page. */

/** What a key has for code while a word is composed. Safari says of the key that ends the composition only this. */
const COMPOSING = 229;

export const composes = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === COMPOSING;
