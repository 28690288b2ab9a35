/** Linking somebody to a television, and ending it. */

import type { ComponentChildren } from 'preact';
import type { WHERE_CHOICES } from '../../src/domain/television-screen.ts';
import { Fuda } from '../look/fuda.tsx';
import { Maru } from '../look/maru.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { calendarDay } from './moments.ts';
import { CardToRemote } from './tv-remote.tsx';
import { politely, RemoteHints, Room, TvKey, tvBack } from './tv-room.tsx';
import type { Draw, Hand, View } from './view.ts';

export const tvConsent: Draw<'tv-consent'> = ({ municipality, pin }, hand) => {
  const { consent: words } = hand.text.television;
  const terms = [words.calls({ municipality }), words.heard, words.shown, words.ends];
  return page('consent', words.title, hand, {
    words: (
      <>
        <p>
          <Ruby text={words.body} />
        </p>
        <Terms terms={terms} />
        {pin && (
          <p class="note">
            <Ruby text={words.pin} />
          </p>
        )}
      </>
    ),
    hands: (
      <>
        <TvKey text={words.go} onPress={() => hand.press({ key: 'enter' })} first main />
        {tvBack(hand)}
      </>
    ),
  });
};

export const tvPlaceCard: Draw<'tv-place-card'> = ({ again }, hand) => {
  const { placeCard: words } = hand.text.television;
  return page('place-card', again === null ? words.title : words.again, hand, {
    words: (
      <>
        <p class={again === null ? undefined : 'warning'}>
          <Sentences text={again === null ? words.body : hand.text.reasons[again].why} />
        </p>
        <p class="note">
          <Ruby text={words.note} />
        </p>
      </>
    ),
    picture: <CardToRemote state="waiting" />,
    hands: tvBack(hand, { first: true }),
  });
};

export const tvStillThere: Draw<'tv-still-there'> = ({ seconds }, hand) => {
  const { stillThere: words } = hand.text.television;
  return page('still-there', words.title, hand, {
    words: (
      <p>
        <Sentences text={words.body({ seconds })} />
      </p>
    ),
    hands: (
      <>
        <TvKey text={words.stay} onPress={() => hand.press({ key: 'stay' })} first main />
        {tvBack(hand, { text: words.alert })}
      </>
    ),
  });
};

export const tvLinked: Draw<'tv-linked'> = ({ end, person }, hand) => {
  const { linked, keys } = hand.text.television;
  const words = linked[end];
  return page('linked', words.title, hand, {
    words: (
      <>
        {person !== null && (
          <p class="named">
            <Ruby text={politely(person, hand)} />
          </p>
        )}
        <p>
          <Sentences text={words.body} />
        </p>
      </>
    ),
    picture: (
      <Maru state="done" to={null}>
        {''}
      </Maru>
    ),
    hands: <TvKey text={keys.close} onPress={() => hand.press({ key: 'enter' })} first main />,
  });
};

export const tvUnlink: Draw<'tv-unlink'> = ({ person, mayAgree, until }, hand) => {
  const { unlink: words } = hand.text.television;
  const choose = (choice: (typeof WHERE_CHOICES)[number]) => () =>
    hand.press({ key: 'choose', choice });
  return page('unlink', words.title, hand, {
    words: (
      <>
        <p class="named">
          <Ruby text={politely(person, hand)} />
        </p>
        <p>
          <Sentences text={words.body} />
        </p>
        {until !== null && (
          <p class="note">
            <Ruby text={words.whereUntil({ day: calendarDay(new Date(until), hand.language) })} />
          </p>
        )}
      </>
    ),
    hands: (
      <>
        <TvKey text={words.keep} onPress={() => hand.press({ key: 'back' })} first main />
        {mayAgree && (
          <TvKey text={until === null ? words.where : words.whereAgain} onPress={choose('where')} />
        )}
        {until !== null && <TvKey text={words.whereEnd} onPress={choose('where-end')} />}
        <TvKey text={words.go} onPress={() => hand.press({ key: 'enter' })} />
      </>
    ),
  });
};

export const tvWhere: Draw<'tv-where'> = ({ person, until }, hand) => {
  const { where: words } = hand.text.television;
  const day = calendarDay(new Date(until), hand.language);
  const terms = [words.shown, words.everybody, words.until({ day }), words.ends, words.mayNot];
  return page('consent', words.title, hand, {
    words: (
      <>
        <p class="named">
          <Ruby text={politely(person, hand)} />
        </p>
        <Terms terms={terms} />
      </>
    ),
    hands: (
      <>
        {tvBack(hand, { first: true })}
        <TvKey text={words.go} onPress={() => hand.press({ key: 'enter' })} main />
      </>
    ),
  });
};

export const tvStopped: Draw<'tv-stopped'> = ({ reason }, hand) => {
  const { reasons, refused, information, television } = hand.text;
  const { title, card, why, next } = reasons[reason];
  const now = next({ information: hand.ways.information ?? information });
  const rows = [
    { term: refused.card, answer: <Sentences text={card} /> },
    { term: refused.why, answer: <Sentences text={why} /> },
    { term: refused.next, answer: <Sentences text={now} />, now: true },
  ];
  return page('stopped', title, hand, {
    words: <Fuda rows={rows} />,
    picture: <Maru state="problem" to={null} />,
    hands: (
      <TvKey text={television.keys.close} onPress={() => hand.press({ key: 'enter' })} first main />
    ),
  });
};

/** What somebody agrees to. */
function Terms({ terms }: { readonly terms: readonly string[] }) {
  return (
    <ul class="terms">
      {terms.map((term) => (
        <li key={term}>
          <Ruby text={term} />
        </li>
      ))}
    </ul>
  );
}

interface Page {
  readonly words: ComponentChildren;
  readonly picture?: ComponentChildren;
  readonly hands: ComponentChildren;
}

function page(name: string, title: string, hand: Hand, { words, picture, hands }: Page): View {
  const whole = (
    <Room name={name}>
      <div class="words" aria-live="polite">
        <h1>
          <Ruby text={title} />
        </h1>
        {words}
      </div>
      {picture !== undefined && <div class="picture">{picture}</div>}
      <div class="foot-tv">{hands}</div>
      <RemoteHints hand={hand} />
    </Room>
  );
  return { layout: 'tv', ring: null, title, whole };
}
