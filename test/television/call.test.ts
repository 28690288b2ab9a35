/** What the voice says in an alert: names by their readings alone, and nothing that a synthesiser can't read. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALERT_LEVELS } from '../../src/domain/alert.ts';
import { LANGUAGES } from '../../src/domain/screen.ts';
import { callWords } from '../../src/text/television/call.ts';
import { ALERT } from './television-rig.ts';

const READABLE = {
  ja: /^[ぁ-ヺー0-9、。 ]+$/u,
  'ja-simple': /^[ぁ-ヺー0-9、。 ]+$/u,
  en: /^[A-Za-zÀ-ž0-9 ,.?'-]+$/u,
};

test('whom, what to do, why, where to', () => {
  expect(callWords(ALERT, ['もりかわ はつ'], 'ja')).toBe(
    'もりかわ はつさん、にげてください。しおみがわの みずが、あふれそうです。しおみしょうがっこうえ、むかってください。',
  );
  expect(callWords(ALERT, ['モリカワ ハツ'], 'en')).toBe(
    'Morikawa Hatsu. Leave now. The Shiomi River is about to flood. Go to Shiomi Elementary School.',
  );
});

test('a drill says so first; at level 5 nobody is sent to a shelter', () => {
  expect(callWords({ ...ALERT, drill: true }, [], 'ja')).toMatch(/^これわ くんれんです。/u);
  expect(callWords({ ...ALERT, level: 5 }, [], 'ja')).not.toContain('しょうがっこう');
});

test('a name without a reading is left out, and the call goes on', () => {
  expect(callWords(ALERT, ['森川 ハツ', 'もりかわ たろう'], 'ja')).toMatch(
    /^もりかわ たろうさん、にげて/u,
  );
  expect(callWords(ALERT, ['[[a]]'], 'en')).toMatch(/^Leave now\./u);
});

test('whatever an alert and a register say, it can be read aloud and is short', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 6 }), (what, name, kana) => {
      for (const language of LANGUAGES) {
        for (const level of ALERT_LEVELS) {
          const worded = { ja: what, 'ja-simple': what, en: what };
          const place = { ...ALERT.shelters[0], name: { ja: name, 'ja-simple': name, en: name } };
          const shelters = [{ id: 's', way: worded, minutes: null, ...place }];
          const said = callWords({ level, drill: true, what: worded, shelters }, kana, language);
          expect(said).toMatch(READABLE[language]);
          expect(said.length).toBeLessThan(400);
        }
      }
    }),
    { numRuns: 60 },
  );
});
