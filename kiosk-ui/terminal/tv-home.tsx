/** A television on which nothing happens: whom it would call, and what can be done about that. */

import type { PersonShown } from '../../src/domain/television-screen.ts';
import { Icon, type IconName } from '../look/icons.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { calendarDay, clockTime, now } from './moments.ts';
import { CardToRemote } from './tv-remote.tsx';
import { nameOf, RemoteHints, Room, standingOf, tvBack } from './tv-room.tsx';
import type { Draw, Hand } from './view.ts';

export const tvHome: Draw<'tv-home'> = (screen, hand) => {
  const { municipality, offline, advisory, people, guests } = screen;
  const { home, level } = hand.text.television;
  const pane = people.length === 0 ? home.nobody : home.calls;
  const choose = (choice: string) => () => hand.press({ key: 'choose', choice });
  const note = guests ? home.masked : offline ? home.offline : null;
  const whole = (
    <Room name="home">
      <header class="top">
        <p class="city">{municipality}</p>
        <p>
          <Ruby text={calendarDay(now.value, hand.language)} />
        </p>
        {advisory !== null && (
          <p class="advisory">
            <b>
              <Ruby text={level({ level: 2 })} />
            </b>
            <span>
              <Ruby text={advisory[hand.language]} />
            </span>
          </p>
        )}
        <p class="clock">{clockTime(now.value.toISOString())}</p>
      </header>
      <ul class="menu">
        <Item
          icon="people"
          text={home.people}
          about={people.length === 0 ? null : home.count({ count: people.length })}
          onPress={choose('people')}
          first
        />
        <Item icon="card" text={home.link} onPress={choose('link')} />
        <Item icon="sample" text={home.sample} onPress={choose('sample')} />
        <Item
          icon="guests"
          text={guests ? home.guestsHere : home.guests}
          onPress={choose('guests')}
        />
      </ul>
      <section class="pane words">
        <h1>
          <Ruby text={pane.title} />
        </h1>
        {people.length > 0 && (
          <ul class="names">
            {people.map((person) => (
              <li key={person.ref}>
                <Ruby text={nameOf(person, hand)} />
              </li>
            ))}
          </ul>
        )}
        <p>
          <Sentences text={pane.body} />
        </p>
        {note !== null && (
          <p class="note">
            <Sentences text={note} />
          </p>
        )}
        {people.length === 0 && <CardToRemote state="waiting" />}
      </section>
      <RemoteHints hand={hand} />
    </Room>
  );
  return { layout: 'tv', ring: null, title: pane.title, whole };
};

interface ItemProps {
  readonly icon: IconName;
  /** May carry ruby. */
  readonly text: string;
  readonly about?: string | null;
  readonly onPress: () => void;
  readonly first?: boolean;
}

function Item({ icon, text, about = null, onPress, first = false }: ItemProps) {
  return (
    <li>
      <button type="button" class="item" onClick={onPress} data-first={first}>
        <Icon name={icon} />
        <b>
          <Ruby text={text} />
        </b>
        {about !== null && (
          <span>
            <Ruby text={about} />
          </span>
        )}
      </button>
    </li>
  );
}

export const tvPeople: Draw<'tv-people'> = ({ people }, hand) => {
  const { people: words } = hand.text.television;
  const whole = (
    <Room name="people">
      <div class="words">
        <h1>
          <Ruby text={words.title} />
        </h1>
        <p>
          <Sentences text={people.length === 0 ? words.none : words.body} />
        </p>
      </div>
      {people.length > 0 && (
        <ul class="rows-tv">
          {people.map((person, at) => (
            <Person key={person.ref} person={person} hand={hand} first={at === 0} />
          ))}
        </ul>
      )}
      <div class="foot-tv">{tvBack(hand, { first: people.length === 0 })}</div>
      <RemoteHints hand={hand} />
    </Room>
  );
  return { layout: 'tv', ring: null, title: words.title, whole };
};

interface PersonProps {
  readonly person: PersonShown;
  readonly hand: Hand;
  readonly first: boolean;
}

function Person({ person, hand, first }: PersonProps) {
  return (
    <li>
      <button
        type="button"
        class="item"
        onClick={() => hand.press({ key: 'choose', choice: person.ref })}
        data-first={first}
      >
        <Icon name="people" />
        <b>
          <Ruby text={nameOf(person, hand)} />
        </b>
        {person.standing !== 'unknown' && (
          <span>
            <Ruby text={standingOf(person, hand)} />
          </span>
        )}
      </button>
    </li>
  );
}
