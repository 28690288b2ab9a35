/** What people at a shelter's reader see: everybody is taken in. */

import { CROWDING, type Crowding } from '../../src/domain/evacuation.ts';
import type { PersonShown, ShelterScreenName } from '../../src/domain/shelter-screen.ts';
import { plain } from '../../src/text/ruby.ts';
import type { ShelterTexts } from '../../src/text/shelter/words.ts';
import { type Bloom, Bouquet } from '../look/bouquet.tsx';
import { Fuda } from '../look/fuda.tsx';
import { Icon } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { clockTime } from './moments.ts';
import * as choices from './shelter-choices.tsx';
import * as typing from './shelter-typing.tsx';
import type { Draw, Hand } from './view.ts';

/** Four bars, of which so many are full. */
const BARS: readonly Crowding[] = CROWDING;

const waiting: Draw<'shelter-waiting'> = ({ people, crowding, offline, reader, disk }, hand) => {
  const { waiting: words } = hand.text.shelter;
  // One thing at a time: what concerns staff more than that the network is down stands alone.
  const calm = offline && disk === 'ok' ? words.offline : words.body;
  const said = reader ? calm : words.noReader;
  return {
    layout: 'call',
    ring: { state: reader ? 'waiting' : 'closed' },
    here: reader,
    title: reader ? words.title : hand.text.shelter.noCard.title,
    titleSize: 'head',
    words: (
      <>
        <p>
          <Sentences text={said} />
        </p>
        {disk === 'low' && (
          <p class="note">
            <Ruby text={words.diskLow} />
          </p>
        )}
        <p class="crowd">
          <Counted text={words.count({ people })} />
          <span class="crowding">
            <Meter crowding={crowding} />
            <Ruby text={words.crowding[crowding]} />
          </span>
        </p>
        <p>
          <Key
            kind="quiet"
            text={words.noCard}
            onPress={() => hand.press({ key: 'choose', choice: 'without-card' })}
            first
          />
        </p>
      </>
    ),
  };
};

/** The number stands out. */
function Counted({ text }: { readonly text: string }) {
  return (
    <span>
      {text
        .split(/(\d+)/u)
        .map((part, at) =>
          /^\d+$/u.test(part) ? <b key={at}>{part}</b> : <Ruby text={part} key={at} />,
        )}
    </span>
  );
}

function Meter({ crowding }: { readonly crowding: Crowding }) {
  const full = BARS.indexOf(crowding);
  return (
    <span class="meter" aria-hidden="true">
      {BARS.map((bar, at) => (
        <i key={bar} class={at <= full ? 'on' : ''} />
      ))}
    </span>
  );
}

const family: Draw<'shelter-family'> = ({ people, count, seconds }, hand) => {
  const { family: words } = hand.text.shelter;
  const goesOn = seconds !== null;
  const next: Bloom = {
    isNext: true,
    inside: (
      <>
        <b>
          <Ruby text={words.next} />
        </b>
        <span>
          <Ruby text={words.hold} />
        </span>
      </>
    ),
  };
  const blooms = people.map((person) => ({ isNext: false, inside: inRing(person, words, hand) }));
  return {
    layout: 'family',
    ring: null,
    title: words.title,
    titleSize: 'head',
    words: (
      <>
        <p>
          <Sentences
            text={`${words.count({ people: count })}${gap(hand)}${goesOn ? words.more : words.goIn}`}
          />
        </p>
        {goesOn && (
          <p class="note">
            <Ruby text={words.ends({ seconds })} />
          </p>
        )}
      </>
    ),
    hands: (
      <>
        <Bouquet blooms={goesOn ? [...blooms, next] : blooms} lines={hand.reader === 'down'} />
        {goesOn && (
          <div class="family-keys">
            <Key
              kind="main"
              text={words.complete}
              onPress={() => hand.press({ key: 'enter' })}
              first
            />
            <Key
              kind="quiet"
              text={hand.text.shelter.waiting.noCard}
              onPress={() => hand.press({ key: 'choose', choice: 'no-card' })}
            />
          </div>
        )}
      </>
    ),
  };
};

/** Between two sentences. */
function gap({ language }: Hand): string {
  return language === 'ja' ? '' : ' ';
}

function inRing({ name, at, how, people }: PersonShown, words: ShelterTexts['family'], hand: Hand) {
  const counted = people > 1 ? hand.text.shelter.people.count({ people }) : words.someone;
  const below = how === 'again' ? words.again : how === 'back' ? words.back : clockTime(at);
  return (
    <>
      <b>
        {name === null ? (
          <Ruby text={counted} />
        ) : (
          name.split(' ').map((part) => (
            <i class="nb" key={part}>
              {part}{' '}
            </i>
          ))
        )}
      </b>
      <span>
        <Ruby text={below} />
      </span>
    </>
  );
}

const done: Draw<'shelter-done'> = ({ what, kind }, { text }) => {
  const { done: words, supplies } = text.shelter;
  return {
    layout: 'call',
    ring: {
      state: 'done',
      inside:
        kind === null ? (
          ''
        ) : (
          <p class="seat kind">
            <span>
              <Ruby text={supplies.kinds[kind]} />
            </span>
          </p>
        ),
    },
    title: words[what].title,
    titleSize: 'head',
    words: (
      <p class="lead">
        <Sentences text={words[what].body} />
      </p>
    ),
  };
};

const slip: Draw<'shelter-slip'> = ({ slip: number, people, paper }, hand) => {
  const { slip: words, people: counted, keys } = hand.text.shelter;
  return {
    layout: 'call',
    ring: {
      state: 'done',
      inside: (
        <p class="seat slip-number">
          <b>{number.slice(0, 3)}</b>
          <b>{number.slice(3)}</b>
        </p>
      ),
    },
    title: words.title,
    titleSize: 'head',
    words: (
      <>
        <p class="vh">{number}</p>
        {people > 1 && (
          <p class="lead">
            <Ruby text={counted.count({ people })} />
          </p>
        )}
        <p>
          <Sentences text={words.body} />
        </p>
        <p class="paper">
          <Icon name="paper" />
          <span>
            <Sentences text={paper ? words.paper : words.write} />
          </span>
        </p>
        <p>
          <Key kind="main" text={keys.next} onPress={() => hand.press({ key: 'enter' })} first />
        </p>
      </>
    ),
  };
};

const staff: Draw<'shelter-staff'> = ({ asked, refused }, hand) => {
  const { staff: words } = hand.text.shelter;
  return {
    layout: 'tell',
    ring: { state: 'waiting' },
    ownStaffKey: true,
    title: words.title,
    words: (
      <>
        {refused && (
          <p class="warning">
            <Sentences text={words.refused} />
          </p>
        )}
        <p class="lead">
          <Sentences text={words[asked]} />
        </p>
      </>
    ),
    foot: (
      <>
        {hand.offers('staff') && (
          <Key text={words.pin} onPress={() => hand.press({ key: 'staff' })} />
        )}
        <BackKey hand={hand} first />
      </>
    ),
  };
};

const SAID = ['bloodType', 'allergies', 'medication', 'contact'] as const;

const consented: Draw<'shelter-consented'> = ({ said, days }, hand) => {
  const { consented: words } = hand.text.shelter;
  const rows = SAID.flatMap((what) =>
    said[what] === undefined
      ? []
      : [{ term: plain(words[what]), answer: <span class="line">{said[what]}</span> }],
  );
  return {
    layout: 'tell',
    ring: { state: 'done', inside: '', alone: true },
    title: words.title,
    words: (
      <>
        <Fuda rows={rows} />
        <p class="note">
          <Ruby text={words.agreed({ days })} />
        </p>
      </>
    ),
    foot: <BackKey hand={hand} text={hand.text.shelter.keys.close} first />,
  };
};

const paper: Draw<'shelter-paper'> = (_screen, { text }) => {
  const { paper: words } = text.shelter;
  return {
    layout: 'call',
    ring: { state: 'closed' },
    title: words.title,
    titleSize: 'head',
    words: (
      <>
        <p class="lead">
          <Sentences text={words.card} />
        </p>
        <p>
          <Sentences text={words.body} />
        </p>
      </>
    ),
  };
};

export const SHELTER_DRAWINGS: { readonly [Name in ShelterScreenName]: Draw<Name> } = {
  'shelter-waiting': waiting,
  'shelter-family': family,
  'shelter-menu': choices.menu,
  'shelter-supplies': choices.supplies,
  'shelter-needs': choices.needs,
  'shelter-done': done,
  'shelter-no-card': choices.noCard,
  'shelter-typing': typing.typing,
  'shelter-people': choices.people,
  'shelter-slip': slip,
  'shelter-staff': staff,
  'shelter-why': choices.why,
  'shelter-consented': consented,
  'shelter-paper': paper,
};
