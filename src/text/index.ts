/** The catalogues by language. */

import type { Language } from '../domain/screen.ts';
import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { jaSimple } from './ja-simple.ts';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { ja, 'ja-simple': jaSimple, en };

export function catalogueOf(language: Language): Catalogue {
  return CATALOGUES[language];
}
