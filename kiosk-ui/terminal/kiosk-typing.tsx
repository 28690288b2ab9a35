/** What is typed at a kiosk. Each character goes out by itself; a secret is shown as rings, and nowhere else. */

import { CARD_PIN_DIGITS } from '../../src/domain/card-pin.ts';
import type { TextField } from '../../src/domain/kiosk-screen.ts';
import { plain } from '../../src/text/ruby.ts';
import { Key } from '../look/key.tsx';
import { characterKeys, Keypad, type PadKey, Slots } from '../look/keypad.tsx';
import { Maru } from '../look/maru.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { pinPadKeys } from './typing-screens.tsx';
import type { Draw, Hand, ScreenOf, View } from './view.ts';

const PASSWORD_LEAST = 6;
const PASSWORD_KEYS = '1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The PIN of the card, at a kiosk. */
export function pin({ digits, result, tries, progress }: ScreenOf<'pin'>, hand: Hand): View {
  const { kiosk, pin: words, staff } = hand.text;
  const said = { ask: kiosk.pin.body, wrong: kiosk.pin.wrong, checking: words.checking }[result];
  return {
    layout: 'kiosk-type',
    progress: progress ?? null,
    ring: null,
    title: kiosk.pin.title,
    words: (
      <>
        <p class={result === 'wrong' ? 'warning' : undefined}>
          <Sentences text={said} />
        </p>
        <Slots
          filled={digits}
          least={CARD_PIN_DIGITS}
          label={<Ruby text={staff.pin.typed({ digits })} />}
        />
      </>
    ),
    hands: (
      <div class="typing" data-side="beside">
        <Keypad
          kind="pin"
          label={plain(kiosk.pin.title)}
          resting={!hand.offers('character')}
          keys={pinPadKeys(hand)}
        />
        <Side hand={hand} tries={tries} />
      </div>
    ),
    foot: <BackKey hand={hand} text={kiosk.keys.stop} />,
  };
}

export const password: Draw<'password'> = ({ progress, length, result, tries }, hand) => {
  const { kiosk } = hand.text;
  const words = kiosk.password;
  const said = { ask: words.body, wrong: words.wrong, checking: words.checking }[result];
  return {
    layout: 'kiosk-type',
    progress,
    ring: null,
    title: words.title,
    words: (
      <>
        <p class={result === 'wrong' ? 'warning' : undefined}>
          <Sentences text={said} />
        </p>
        <Slots
          filled={length}
          least={PASSWORD_LEAST}
          label={<Ruby text={words.typed({ characters: length })} />}
        />
      </>
    ),
    hands: (
      <div class="typing" data-side="above">
        <Side hand={hand} tries={tries} />
        <Keypad
          kind="password"
          label={plain(words.title)}
          resting={!hand.offers('character')}
          keys={[...typingKeys(PASSWORD_KEYS, hand), ...endKeys(hand, hand.text.staff.keys.enter)]}
        />
      </div>
    ),
    foot: <BackKey hand={hand} text={kiosk.keys.stop} />,
  };
};

/** The card stays, and so often may one still be wrong. */
function Side({ hand, tries }: { readonly hand: Hand; readonly tries: number }) {
  const { pin: words, cardStays } = hand.text.kiosk;
  return (
    <div class="side">
      <Maru state="hold" to={hand.reader} />
      <p class="stays">
        <Ruby text={cardStays} />
      </p>
      <p class="tries">
        <span>
          <Ruby text={words.left} />
        </span>{' '}
        <b>
          <Ruby text={words.tries({ tries })} />
        </b>
      </p>
      <p class="note">
        <Sentences text={words.secret} />
      </p>
    </div>
  );
}

export const passwordLastTry: Draw<'password-last-try'> = ({ progress }, hand) =>
  lastTry(hand.text.kiosk.passwordLastTry, progress, hand);

interface LastTryWords {
  readonly title: string;
  readonly body: string;
  readonly note: string;
  readonly go: string;
}

/** One wrong secret more and the card takes none: stopping harms nothing, so it is what Enter does first. */
export function lastTry(
  { title, body, note, go }: LastTryWords,
  progress: View['progress'],
  hand: Hand,
): View {
  const { stop } = hand.text.kiosk.keys;
  return {
    layout: 'kiosk-slip',
    progress: progress ?? null,
    ring: null,
    title,
    words: (
      <>
        <p class="warning">
          <Sentences text={body} />
        </p>
        <p>
          <Ruby text={note} />
        </p>
      </>
    ),
    hands: (
      <div class="decide">
        <Key text={go} onPress={() => hand.press({ key: 'enter' })} />
        <Key kind="main" text={stop} onPress={() => hand.press({ key: 'back' })} first />
      </div>
    ),
  };
}

export const textEntry: Draw<'text-entry'> = ({ progress, field, typed, problem }, hand) => {
  const { textEntry: words, keys } = hand.text.kiosk;
  const { title, body } = words[field];
  return {
    layout: 'kiosk-type',
    progress,
    ring: null,
    title,
    words: (
      <>
        <p class={problem === null ? undefined : 'warning'}>
          <Sentences text={problem === null ? body : words.problems[problem]} />
        </p>
        <p class="typed fixed" data-size={typed.length > LINE_MAX ? 'long' : 'large'}>
          {typed}
          <i aria-hidden="true" />
        </p>
      </>
    ),
    hands: (
      <div class="typing">
        <Keypad
          kind={field === 'domicile-number' ? 'number' : 'kana'}
          label={plain(words.keyboard)}
          resting={!hand.offers('character')}
          keys={fieldKeys(field, hand)}
        />
      </div>
    ),
    foot: <BackKey hand={hand} text={keys.back} />,
  };
};

/** So many characters fit into one line at the size of a heading. */
const LINE_MAX = 15;
/** By columns; a space is a place without a key. */
const KANA =
  'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもや ゆ よらりるれろわをんー';

function fieldKeys(field: TextField, hand: Hand): PadKey[] {
  const end = endKeys(hand, hand.text.kiosk.keys.next);
  if (field === 'domicile-number') {
    return [...typingKeys('123456789-0', hand), ...end];
  }
  const kana = [...KANA].flatMap((letter, at) =>
    letter === ' '
      ? []
      : typingKeys(letter, hand).map((key) => ({
          ...key,
          place: { column: Math.floor(at / 5) + 1, row: (at % 5) + 1 },
        })),
  );
  return [...kana, markKey(hand), ...end];
}

function markKey({ text, press }: Hand): PadKey {
  return {
    id: 'mark',
    text: text.kiosk.textEntry.mark,
    word: true,
    onPress: () => press({ key: 'kana-mark' }),
  };
}

function typingKeys(characters: string, { press }: Hand): PadKey[] {
  return characterKeys(characters, (character) => press({ key: 'character', character }));
}

function endKeys({ text, press }: Hand, go: string): PadKey[] {
  const { erase } = text.staff.keys;
  return [
    { id: 'erase', text: erase, word: true, onPress: () => press({ key: 'erase' }) },
    { id: 'enter', text: go, word: true, go: true, onPress: () => press({ key: 'enter' }) },
  ];
}
