/** The languages of the screen, each named in itself: who looks for a language reads none of the others. */

import type { Language } from '../domain/screen.ts';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  ja: '日本語',
  'ja-simple': 'やさしい日本語',
  en: 'English',
};
