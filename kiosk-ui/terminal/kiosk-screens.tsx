/** What the people at a kiosk see, who begin with a choice and not with a card. */

import type { Choice, KioskScreenName } from '../../src/domain/kiosk-screen.ts';
import { Key } from '../look/key.tsx';
import { Rows } from '../look/rows.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import type { Draw, Hand, View } from './view.ts';

function plainly(hand: Hand, { title, body }: { title: string; body: string }): View {
  return {
    layout: 'tell',
    ring: null,
    title,
    words: (
      <p>
        <Sentences text={body} />
      </p>
    ),
    foot: (
      <>
        {hand.offers('enter') && (
          <Key
            kind="main"
            text={hand.text.kiosk.keys.next}
            onPress={() => hand.press({ key: 'enter' })}
            first
          />
        )}
        <BackKey hand={hand} />
      </>
    ),
  };
}

function titleOf({ label }: Choice, { choices }: Hand['text']['kiosk']): string {
  switch (label.is) {
    case 'document':
      return choices.documents[label.document];
    case 'option':
      return choices.options[label.option];
    case 'copies':
      return choices.copies({ copies: label.copies });
    case 'kana-row':
      return choices.kanaRow({ row: label.row });
    default:
      return label.name;
  }
}

function rowsOf(hand: Hand, rows: { id: string; title: string }[]) {
  return (
    <Rows
      rows={rows}
      resting={!hand.offers('choose')}
      onChoose={(choice) => hand.press({ key: 'choose', choice })}
    />
  );
}

export const KIOSK_DRAWINGS: { readonly [Name in KioskScreenName]: Draw<Name> } = {
  menu: ({ items }, hand) => {
    const { menu } = hand.text.kiosk;
    return {
      layout: 'work',
      ring: null,
      title: menu.title,
      words: (
        <p>
          <Ruby text={menu.body} />
        </p>
      ),
      hands: rowsOf(
        hand,
        items.map(({ id }) => ({ id, title: menu.errands[id].title })),
      ),
    };
  },
  choose: ({ of, choices }, hand) => ({
    ...plainly(hand, hand.text.kiosk.choose[of]),
    layout: 'work',
    hands: rowsOf(
      hand,
      choices.map((choice) => ({ id: choice.id, title: titleOf(choice, hand.text.kiosk) })),
    ),
  }),
  'place-card': (_, hand) => ({
    ...plainly(hand, hand.text.kiosk.placeCard),
    ring: { state: 'waiting' },
  }),
  working: ({ at }, hand) => plainly(hand, hand.text.kiosk.working[at]),
  password: (_, hand) => plainly(hand, hand.text.kiosk.password),
  'password-last-try': (_, hand) => plainly(hand, hand.text.kiosk.passwordLastTry),
  'text-entry': ({ field }, hand) => plainly(hand, hand.text.kiosk.textEntry[field]),
  review: (_, hand) => plainly(hand, hand.text.kiosk.review),
  'confirm-order': (_, hand) =>
    plainly(hand, { title: hand.text.kiosk.confirm.title, body: hand.text.kiosk.confirm.warning }),
  paying: ({ chosen }, hand) => plainly(hand, hand.text.kiosk.paying[chosen ?? 'choose']),
  printing: (_, hand) => plainly(hand, hand.text.kiosk.printing),
  'take-paper': (_, hand) => plainly(hand, hand.text.kiosk.takePaper),
  applied: (_, hand) => plainly(hand, hand.text.kiosk.applied),
  registration: ({ state }, hand) => plainly(hand, hand.text.kiosk.registration[state]),
  ended: ({ reason }, hand) => {
    const { title, why } = hand.text.reasons[reason];
    return plainly(hand, { title, body: why });
  },
  'still-there': ({ seconds }, hand) => {
    const { title, body } = hand.text.kiosk.stillThere;
    return plainly(hand, { title, body: body({ seconds }) });
  },
};
