export const LANGUAGES = ['ja', 'ja-simple', 'en'] as const;
/** `ja-simple` is やさしい日本語. */
export type Language = (typeof LANGUAGES)[number];
