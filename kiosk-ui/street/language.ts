/** Japanese first; whoever chose the other language keeps it. */

import { computed, signal } from '@preact/signals';
import type { Words } from '../../platform-sim/street/messages.ts';
import { CATALOGUES, type StreetLanguage } from './words.ts';

const KEPT = 'kazasu-street-language';

export const language = signal<StreetLanguage>(localStorage.getItem(KEPT) === 'en' ? 'en' : 'ja');

export const text = computed(() => CATALOGUES[language.value]);

export function switchLanguage(): void {
  language.value = language.value === 'ja' ? 'en' : 'ja';
  localStorage.setItem(KEPT, language.value);
}

export function inWords(words: Words): string {
  return words[language.value];
}

/** The street is in Japan, wherever somebody looks at it from. */
const timeZone = 'Asia/Tokyo';
const clockTime = new Intl.DateTimeFormat('ja-JP', { timeStyle: 'medium', timeZone });
const shortTime = new Intl.DateTimeFormat('ja-JP', { timeStyle: 'short', timeZone });

/** `17:02:31` */
export function timeOf(moment: string | number): string {
  return clockTime.format(new Date(moment)).padStart(8, '0');
}

/** `17:02` */
export function minuteOf(moment: string): string {
  return shortTime.format(new Date(moment)).padStart(5, '0');
}
