/** The screens on which staff types. What is typed goes out character by character and is not kept here. */

import { signal } from '@preact/signals';
import { plain } from '../../src/text/ruby.ts';
import { characterKeys, Keypad, type PadKey, Slots } from '../look/keypad.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import type { Draw, Hand } from './view.ts';

const DIGITS = '123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ-';
/** Rings shown before anything is typed: the least that a number may have. */
const SLOTS_MIN = 4;
/** What fits into the line at the size of a heading, and at the size of a lead. */
const TYPED_LARGE_MAX = 9;
const TYPED_MIDDLE_MAX = 14;

/** Which pad the ticket number is typed on; digits again when the screen is left. */
export const isTypingLetters = signal(false);

export const staffPin: Draw<'staff-pin'> = ({ digits, result, waitSeconds }, hand) => {
  const { pin } = hand.text.staff;
  const said = {
    ask: pin.body,
    wrong: pin.wrong,
    locked: pin.locked({ seconds: waitSeconds }),
    checking: pin.checking,
  }[result];
  const isBad = result === 'wrong' || result === 'locked';
  return {
    layout: 'work',
    ring: null,
    title: pin.title,
    words: (
      <>
        <p class={isBad ? 'warning' : undefined}>
          <Sentences text={said} />
        </p>
        <Slots filled={digits} least={SLOTS_MIN} label={<Ruby text={pin.typed({ digits })} />} />
      </>
    ),
    hands: (
      <Keypad
        kind="pin"
        label={plain(pin.title)}
        resting={!hand.offers('character')}
        keys={pinPadKeys(hand)}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const staffTicket: Draw<'staff-ticket'> = ({ errand, typed }, hand) => {
  const { ticket, keys } = hand.text.staff;
  const letters = isTypingLetters.value;
  const switchKey: PadKey = {
    id: 'switch',
    text: letters ? keys.digits : keys.letters,
    word: true,
    onPress: () => {
      isTypingLetters.value = !letters;
    },
  };
  const dash = characterKeys('-', typeInto(hand));
  return {
    layout: letters ? 'letters' : 'work',
    ring: null,
    title: ticket[errand].title,
    words: (
      <>
        {!letters && (
          <p>
            <Sentences text={ticket[errand].body} />
          </p>
        )}
        <p class="typed fixed" data-size={typedSize(typed)}>
          {typed}
          <i aria-hidden="true" />
        </p>
      </>
    ),
    hands: (
      <Keypad
        kind={letters ? 'letters' : 'digits'}
        label={plain(ticket[errand].title)}
        resting={!hand.offers('character')}
        keys={
          letters
            ? [...characterKeys(LETTERS, typeInto(hand)), switchKey, eraseKey(hand), enterKey(hand)]
            : [
                ...digitKeys(hand),
                ...dash,
                zeroKey(hand),
                switchKey,
                eraseKey(hand),
                enterKey(hand),
              ]
        }
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

/** Digits, and in the last row what takes one away and what ends the number. */
export function pinPadKeys(hand: Hand): PadKey[] {
  return [...digitKeys(hand), eraseKey(hand), zeroKey(hand), enterKey(hand)];
}

function typedSize(typed: string): 'large' | 'middle' | 'long' {
  if (typed.length <= TYPED_LARGE_MAX) return 'large';
  return typed.length <= TYPED_MIDDLE_MAX ? 'middle' : 'long';
}

function typeInto({ press }: Hand): (character: string) => void {
  return (character) => press({ key: 'character', character });
}

function digitKeys(hand: Hand): PadKey[] {
  return characterKeys(DIGITS, typeInto(hand));
}

function zeroKey(hand: Hand): PadKey {
  return { id: '0', text: '0', onPress: () => typeInto(hand)('0') };
}

function eraseKey({ text, press }: Hand): PadKey {
  const { erase } = text.staff.keys;
  return { id: 'erase', text: erase, word: true, onPress: () => press({ key: 'erase' }) };
}

function enterKey({ text, press }: Hand): PadKey {
  const { enter } = text.staff.keys;
  return { id: 'enter', text: enter, word: true, go: true, onPress: () => press({ key: 'enter' }) };
}
