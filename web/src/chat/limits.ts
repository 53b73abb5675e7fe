/** How long what people write may be; apart from the codec, so that the first paint can know it. Tier 2. */
export const TEXT_LIMIT = 16_000; // B of UTF-8; with its fields it fills a 16 KiB session cell
export const FIRST_TEXT_LIMIT = 5_000; // B of UTF-8; what a first contact has room for beside its keys and signatures
export const NAME_LIMIT = 128; // B of UTF-8; a name, not a letter
