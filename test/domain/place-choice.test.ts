import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHOICES_SHOWN_MAX } from '../../src/domain/kiosk-screen.ts';
import {
  choicesOf,
  chosen,
  inRow,
  kanaRow,
  needsRow,
  pageOf,
  pagesOf,
  rowsOf,
} from '../../src/domain/place-choice.ts';

const place = (kana: string) => ({ name: kana, kana });
const PLACES = ['さくら', 'がっこう', 'かわ', 'ばんば', 'あさひ', 'ぱすた', 'ん'].map(place);

describe('Places to choose from', () => {
  test('stand in the row of their first kana, voiced ones with the plain', () => {
    expect(PLACES.map(({ kana }) => kanaRow(kana))).toEqual([
      'さ',
      'か',
      'か',
      'は',
      'あ',
      'は',
      'わ',
    ]);
    expect(rowsOf(PLACES)).toEqual(['あ', 'か', 'さ', 'は', 'わ']);
    expect(kanaRow('')).toBe('あ');
  });

  test('ask for the row when they do not fit one screen', () => {
    expect(needsRow(PLACES.slice(0, CHOICES_SHOWN_MAX))).toBe(false);
    expect(needsRow(PLACES.slice(0, CHOICES_SHOWN_MAX + 1))).toBe(true);
    expect(inRow(PLACES, 'か').map(({ kana }) => kana)).toEqual(['がっこう', 'かわ']);
  });

  test('are each on exactly one page and one row, and chosen as they are shown', () => {
    const reading = fc.string({
      unit: fc.constantFrom(...'あかがさたなはぱまやらわん'),
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (kana) => {
        const places = kana.map(place);
        const byRow = rowsOf(places).flatMap((row) => inRow(places, row));
        expect(byRow).toHaveLength(places.length);
        const choices = choicesOf(inRow(places, null), ({ name }) => ({
          label: { is: 'place', name, kana: name },
        }));
        const shown = Array.from({ length: pagesOf(choices) }, (_, at) => pageOf(choices, at + 1));
        expect(shown.flat()).toEqual(choices);
        expect(shown.every((page) => page.length <= CHOICES_SHOWN_MAX)).toBe(true);
        for (const { id, label } of choices) {
          expect(chosen(inRow(places, null), id)?.name).toBe(label.is === 'place' && label.name);
        }
      }),
    );
  });

  test('that were not offered are not chosen', () => {
    for (const choice of ['', '-1', '7', '1e0', '01', 'あ'])
      expect(chosen(PLACES, choice)).toBeNull();
  });
});
