/** What is typed at a shelter: on a small screen kana need two touches, first their row and then the letter. */

import { signal } from '@preact/signals';
import { plain } from '../../src/text/ruby.ts';
import { characterKeys, Keypad, type PadKey } from '../look/keypad.tsx';
import { Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { pinPadKeys } from './typing-screens.tsx';
import type { Draw, Hand } from './view.ts';

const ROWS = [
  'あいうえお',
  'かきくけこ',
  'さしすせそ',
  'たちつてと',
  'なにぬねの',
  'はひふへほ',
  'まみむめも',
  'やゆよ',
  'らりるれろ',
  'わをんー',
] as const;

/** So many characters fit into one line at the size of a heading, and at the smallest; of more, the end is shown. */
const LARGE_MAX = 7;
const LINE_MAX = 12;

/** Which row's letters are offered; nothing of what was typed. */
const row = signal(0);

export const typing: Draw<'shelter-typing'> = ({ field, typed, problem }, hand) => {
  const { typing: words, problems } = hand.text.shelter;
  const { title, body } = words[field];
  const isKana = field === 'kana';
  return {
    layout: isKana ? 'letters' : 'work',
    ring: null,
    title,
    words: (
      <>
        {isKana ? null : (
          <p class={problem === null ? undefined : 'warning'}>
            <Sentences text={problem === null ? body : problems[problem]} />
          </p>
        )}
        <p class="typed fixed" data-size={typed.length > LARGE_MAX ? 'long' : 'large'}>
          {typed === '' && isKana ? (
            <span class="placeholder">
              <Sentences text={problem === null ? title : problems[problem]} />
            </span>
          ) : (
            endOf(typed)
          )}
          <i aria-hidden="true" />
        </p>
      </>
    ),
    hands: (
      <Keypad
        kind={isKana ? 'syllabary' : 'pin'}
        label={plain(title)}
        resting={!hand.offers('character')}
        keys={isKana ? kanaKeys(hand) : pinPadKeys(hand)}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

function endOf(typed: string): string {
  return typed.length > LINE_MAX ? `…${typed.slice(1 - LINE_MAX)}` : typed;
}

function kanaKeys(hand: Hand): PadKey[] {
  const { text, press } = hand;
  const heads = ROWS.map((letters, at): PadKey => {
    const [head = ''] = letters;
    return {
      ...{ id: `row-${at}`, text: head, chosen: at === row.value },
      onPress: () => {
        row.value = at;
      },
    };
  });
  const letters = characterKeys(ROWS[row.value] ?? '', (character) =>
    press({ key: 'character', character }),
  );
  const { erase } = text.staff.keys;
  return [
    ...heads,
    ...letters.map((key) => ({ ...key, id: `letter ${key.id}` })),
    {
      ...{ id: 'mark', text: text.kiosk.textEntry.mark, word: true },
      onPress: () => press({ key: 'kana-mark' }),
    },
    { id: 'erase', text: erase, word: true, onPress: () => press({ key: 'erase' }) },
    {
      ...{ id: 'enter', text: text.shelter.keys.next, word: true, go: true },
      onPress: () => press({ key: 'enter' }),
    },
  ];
}
