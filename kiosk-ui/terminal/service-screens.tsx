/** What every plain service shows, whichever it is: the pad of the card's PIN, that the platform is asked, what it found. */

import { CARD_PIN_DIGITS } from '../../src/domain/card-pin.ts';
import type { RingEnd, Told } from '../../src/domain/told.ts';
import { plain } from '../../src/text/ruby.ts';
import { Key } from '../look/key.tsx';
import { Keypad, Slots } from '../look/keypad.tsx';
import type { MaruState } from '../look/maru.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import * as kiosk from './kiosk-typing.tsx';
import { pinPadKeys } from './typing-screens.tsx';
import type { Draw, Hand } from './view.ts';

const RINGS: Readonly<Record<RingEnd, MaruState>> = {
  done: 'done',
  problem: 'problem',
  neutral: 'closed',
};

export const pin: Draw<'pin'> = (screen, hand) => {
  if (screen.progress !== undefined) return kiosk.pin(screen, hand);
  const { digits, result, tries } = screen;
  const { pin: words, staff } = hand.text;
  const said = { ask: words.body, wrong: words.wrong, checking: words.checking }[result];
  return {
    layout: 'work',
    ring: null,
    title: words.title,
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
        {result !== 'checking' && (
          <p class="note">
            <Ruby text={words.tries({ tries })} />
          </p>
        )}
      </>
    ),
    hands: (
      <Keypad
        kind="pin"
        label={plain(words.title)}
        resting={!hand.offers('character')}
        keys={pinPadKeys(hand)}
      />
    ),
    foot: <BackKey hand={hand} text={words.stop} />,
  };
};

export const pinLastTry: Draw<'pin-last-try'> = ({ progress }, hand) => {
  const { pinLastTry: words, pin: pad } = hand.text;
  if (progress !== undefined) return kiosk.lastTry(words, progress, hand);
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    words: (
      <p class="warning">
        <Sentences text={words.body} />
      </p>
    ),
    hands: (
      <div class="panel">
        <p class="known">
          <Ruby text={words.note} />
        </p>
        <Key text={words.go} onPress={() => hand.press({ key: 'enter' })} />
      </div>
    ),
    // Stopping harms nothing: it is what Enter does first.
    foot: <BackKey hand={hand} text={pad.stop} first />,
  };
};

export const asking: Draw<'asking'> = (_screen, hand) => ({
  layout: 'call',
  ring: { state: 'hold' },
  title: hand.text.asking.title,
  titleSize: 'shout',
  words: (
    <p class="lead">
      <Sentences text={hand.text.asking.body} />
    </p>
  ),
});

export const result: Draw<'result'> = ({ ring, told }, { text }) => ({
  layout: ring === 'done' ? 'call' : 'tell',
  ring: { state: RINGS[ring] },
  title: text.told[told.text].title,
  words: (
    <p class="lead">
      <Sentences text={bodyOf(told, text)} />
    </p>
  ),
});

/** A text and what it mentions belong together; TypeScript knows each pair, but not that `told` is one of them. */
function bodyOf({ text: key, given }: Told, text: Hand['text']): string {
  const { body }: { readonly body: (given: never) => string } = text.told[key];
  return body(given as never);
}
