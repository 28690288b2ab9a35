/** Places to choose from with a finger or four arrows: six at a time, found by the row of their first kana. */

import { CHOICES_SHOWN_MAX, type Choice } from './kiosk-screen.ts';
import type { ReadableName } from './municipal-certificate.ts';

/** Each row of the table of kana, by its head; small, voiced and half-voiced ones stand with their plain forms. */
const ROWS: Readonly<Record<string, string>> = {
  あ: 'ぁあぃいぅうぇえぉおゔ',
  か: 'かがきぎくぐけげこごゕゖ',
  さ: 'さざしじすずせぜそぞ',
  た: 'ただちぢっつづてでとど',
  な: 'なにぬねの',
  は: 'はばぱひびぴふぶぷへべぺほぼぽ',
  ま: 'まみむめも',
  や: 'ゃやゅゆょよ',
  ら: 'らりるれろ',
  わ: 'ゎわゐゑをん',
};

/** The head of the row in which a reading begins; あ for whatever has none. */
export function kanaRow(kana: string): string {
  const first = kana.slice(0, 1);
  return Object.keys(ROWS).find((head) => ROWS[head]?.includes(first)) ?? 'あ';
}

/** Whether a row has to be asked for first: more than fit on one screen. */
export function needsRow(places: readonly ReadableName[]): boolean {
  return places.length > CHOICES_SHOWN_MAX;
}

/** The rows that have a place, in the order of the table. */
export function rowsOf(places: readonly ReadableName[]): string[] {
  const there = new Set(places.map(({ kana }) => kanaRow(kana)));
  return Object.keys(ROWS).filter((row) => there.has(row));
}

/** Those of one row, or all, by their reading. */
export function inRow<Place extends ReadableName>(
  places: readonly Place[],
  row: string | null,
): Place[] {
  return places
    .filter(({ kana }) => row === null || kanaRow(kana) === row)
    .toSorted((a, b) => a.kana.localeCompare(b.kana, 'ja'));
}

/** Choices in this order; the key `choose` carries the place in it, for names are no ASCII. */
export function choicesOf<Item>(
  items: readonly Item[],
  shown: (item: Item) => Pick<Choice, 'label'> & Partial<Choice>,
): Choice[] {
  return items.map((item, at) => ({ id: String(at), fee: null, openness: null, ...shown(item) }));
}

/** What was chosen; null for what was not offered. */
export function chosen<Item>(items: readonly Item[], choice: string): Item | null {
  return items.find((_, at) => String(at) === choice) ?? null;
}

export function pagesOf(choices: readonly Choice[]): number {
  return Math.max(1, Math.ceil(choices.length / CHOICES_SHOWN_MAX));
}

/** `page`: from 1. */
export function pageOf(choices: readonly Choice[], page: number): readonly Choice[] {
  return choices.slice((page - 1) * CHOICES_SHOWN_MAX, page * CHOICES_SHOWN_MAX);
}
