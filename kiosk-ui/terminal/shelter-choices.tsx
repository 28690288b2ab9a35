/** The choices at a shelter: what somebody who is here wants, and what is asked of who has no card. */

import { PEOPLE_MAX } from '../../src/domain/shelter-form.ts';
import { SHELTER_ACTIONS, SHELTER_UNDO_REASONS } from '../../src/domain/shelter-screen.ts';
import { Mark } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { Tiles } from '../look/tiles.tsx';
import { BackKey } from './back-key.tsx';
import { dayAndTime } from './moments.ts';
import type { Draw, Hand } from './view.ts';

const choose =
  ({ press }: Hand, choice: string) =>
  (): void =>
    press({ key: 'choose', choice });

/** They had it, or chose it. */
function Ticked({ text }: { readonly text: string }) {
  return (
    <span class="mark" data-state="ok">
      <Mark state="ok" />
      <span>
        <Ruby text={text} />
      </span>
    </span>
  );
}

export const menu: Draw<'shelter-menu'> = ({ name, since, consented }, hand) => {
  const { menu: words, keys } = hand.text.shelter;
  const offered = SHELTER_ACTIONS.filter((action) => consented || action !== 'consented');
  const tiles = offered.map((action) => ({
    ...{ id: action, title: words.actions[action], onPress: choose(hand, action) },
    ...(action === 'undo' || action === 'consented'
      ? { quiet: true, about: <Ruby text={words.staffOnly} /> }
      : {}),
  }));
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    words: (
      <>
        {name !== null && (
          <p class="lead">
            <Name text={hand.text.welcome.name({ name })} />
          </p>
        )}
        <p>
          <Sentences text={words.body} />
        </p>
        {since !== null && (
          <p class="note">
            <Ruby text={words.since({ when: dayAndTime(since, hand.language, hand.text) })} />
          </p>
        )}
      </>
    ),
    hands: <Tiles columns={2} tiles={tiles} />,
    foot: <BackKey hand={hand} text={keys.close} />,
  };
};

export const supplies: Draw<'shelter-supplies'> = ({ supplies: shown }, hand) => {
  const { supplies: words } = hand.text.shelter;
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    words: (
      <p>
        <Sentences text={words.body} />
      </p>
    ),
    hands: (
      <Tiles
        columns={2}
        tiles={shown.map(({ kind, had }) => ({
          ...{ id: kind, title: words.kinds[kind], onPress: choose(hand, kind) },
          ...(had
            ? {
                quiet: true,
                about: <Ticked text={words.had} />,
              }
            : {}),
        }))}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const needs: Draw<'shelter-needs'> = ({ needs: shown }, hand) => {
  const { needs: words, keys } = hand.text.shelter;
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    words: (
      <p>
        <Sentences text={words.body} />
      </p>
    ),
    hands: (
      <Tiles
        columns={2}
        tiles={[
          ...shown.map(({ need, chosen }) => ({
            ...{ id: need, title: words.kinds[need], chosen, onPress: choose(hand, need) },
            ...(chosen
              ? {
                  about: <Ticked text={words.chosen} />,
                }
              : {}),
          })),
          {
            ...{ id: 'enter', title: keys.next, main: true },
            onPress: () => hand.press({ key: 'enter' }),
          },
        ]}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const noCard: Draw<'shelter-no-card'> = ({ unread }, hand) => {
  const { noCard: words } = hand.text.shelter;
  return {
    layout: 'work',
    ring: null,
    title: unread ? words.unread : words.title,
    words: (
      <p>
        <Sentences text={unread ? words.unreadBody : words.body} />
      </p>
    ),
    hands: (
      <Tiles
        columns={1}
        tiles={[
          {
            ...{ id: 'new', title: words.first, about: <Ruby text={words.firstAbout} /> },
            onPress: choose(hand, 'new'),
          },
          {
            ...{ id: 'number', title: words.number, about: <Ruby text={words.numberAbout} /> },
            onPress: choose(hand, 'number'),
          },
        ]}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const people: Draw<'shelter-people'> = ({ people: now }, hand) => {
  const { people: words } = hand.text.shelter;
  const numbers = Array.from({ length: PEOPLE_MAX }, (_, at) => at + 1);
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    hands: (
      <Tiles
        columns={3}
        tiles={numbers.map((count) => ({
          ...{ id: String(count), title: words.count({ people: count }) },
          ...{ chosen: count === now, onPress: choose(hand, String(count)) },
        }))}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const why: Draw<'shelter-why'> = (_screen, hand) => {
  const { why: words } = hand.text.shelter;
  return {
    layout: 'work',
    ring: null,
    title: words.title,
    hands: (
      <Tiles
        columns={1}
        tiles={SHELTER_UNDO_REASONS.map((reason) => ({
          ...{ id: reason, title: words[reason], onPress: choose(hand, reason) },
        }))}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};
