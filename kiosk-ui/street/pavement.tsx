/** How the terminals are, and the cards of the residents, to be picked up. */

import type {
  Health,
  PlaceShown,
  ResidentShown,
  StreetState,
} from '../../platform-sim/street/messages.ts';
import { Drawing, Person } from './drawings.tsx';
import { placeHere, standBefore } from './here.ts';
import {
  carried,
  lay,
  onKey,
  onPointerCancel,
  onPointerDown,
  onPointerMove,
  onPointerUp,
} from './holding.ts';
import { inWords, language, minuteOf, text } from './language.ts';
import { ask } from './link.ts';
import { reasonInWords } from './reasons.ts';

export function Pavement({ state }: { readonly state: StreetState }) {
  const here = placeHere(state.places);
  return (
    <section class="pavement" aria-label={text.value.cards}>
      <div class="healths">
        {state.places.map((place) => (
          <HealthRow key={place.id} place={place} isHere={place === here} />
        ))}
      </div>
      <ul class="tray">
        {state.residents.map((resident) => (
          <li key={resident.id}>
            <Card resident={resident} places={state.places} />
          </li>
        ))}
      </ul>
      <InHand residents={state.residents} />
    </section>
  );
}

interface Level {
  readonly id: keyof Health;
  readonly label: string;
  readonly well: boolean;
}

function levelsOf({ health, levels }: PlaceShown): Level[] {
  const { reader, printer, release, page, payment, network, clock, disk, list, waiting } = health;
  const words = text.value;
  const with_ = (label: string, more: string) => (more === '' ? label : `${label} ${more}`);
  const listLabel =
    list === null
      ? words.noList
      : with_(
          words.list(list.version),
          list.contact ? words.listSince(minuteOf(list.contact)) : '',
        );
  const all: Level[] = [
    { id: 'reader', label: with_(words.reader, words.conditions[reader]), well: reader === 'ok' },
    {
      id: 'printer',
      label: with_(words.printer, words.conditions[printer]),
      well: printer === 'ok',
    },
    {
      id: 'release',
      label: with_(words.release, words.conditions[release]),
      well: release === 'ok',
    },
    { id: 'page', label: with_(words.sheets, words.conditions[page]), well: page === 'ok' },
    {
      id: 'payment',
      label: with_(words.payment, words.conditions[payment]),
      well: payment === 'ok',
    },
    {
      id: 'network',
      label: with_(words.network, network === 'ok' ? '' : words.networkLost),
      well: network === 'ok',
    },
    { id: 'list', label: listLabel, well: list !== null },
    { id: 'waiting', label: words.waiting(waiting), well: waiting === 0 },
    { id: 'clock', label: with_(words.clock, words.conditions[clock]), well: clock === 'ok' },
    { id: 'disk', label: with_(words.disk, words.conditions[disk]), well: disk === 'ok' },
  ];
  return all.filter(({ id }) => levels.includes(id));
}

/** Its name is the way to stand before it. */
function HealthRow(props: { readonly place: PlaceShown; readonly isHere: boolean }) {
  const { place, isHere } = props;
  const name = inWords(place.name);
  return (
    <div class="health">
      <button
        type="button"
        class="where"
        aria-pressed={isHere}
        title={text.value.standBefore(name)}
        onClick={() => standBefore(place.id)}
      >
        {name}
      </button>
      <ul aria-label={name}>
        {levelsOf(place).map(({ id, label, well }) => (
          <li key={id} class={well ? '' : 'unwell'}>
            <i class="level" aria-hidden="true" />
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface CardProps {
  readonly resident: ResidentShown;
  readonly places: readonly PlaceShown[];
}

function Card({ resident, places }: CardProps) {
  const { id, name, kana, kind, at } = resident;
  const place = places.find((each) => each.id === at);
  const here = placeHere(places)?.id;
  const toggle = () => (at === null ? lay(id, here) : ask({ do: 'remove', at }));
  const away = at !== null || carried.value?.who === id;
  const classes = ['card', away ? 'away' : '', kind].join(' ');
  return (
    <button
      type="button"
      class={classes}
      aria-pressed={at !== null}
      title={kana}
      onPointerDown={(event) => onPointerDown(id, event)}
      onPointerMove={onPointerMove}
      onPointerUp={(event) => onPointerUp(event, toggle)}
      onPointerCancel={onPointerCancel}
      onKeyDown={(event) => onKey(event, { toggle, hold: () => lay(id, here) })}
      onKeyUp={(event) => onKey(event, { toggle, hold: () => lay(id, here) })}
    >
      <b>{name}</b>
      <span>
        {place === undefined ? inWords(resident.matter) : text.value.onReader(inWords(place.name))}
      </span>
      <Last resident={resident} />
      <Person />
    </button>
  );
}

/** What a terminal said last to this person: shape first, then colour and word. */
function Last({ resident: { last, at } }: { readonly resident: ResidentShown }) {
  if (last === null || at !== null) return null;
  const good = (text.value.last as Readonly<Record<string, string>>)[last];
  const words = good ?? reasonInWords(last, language.value);
  return (
    <i
      class={good === undefined ? 'last' : 'last granted'}
      role="img"
      aria-label={words}
      title={words}
    />
  );
}

/** The card that somebody carries; it follows the pointer. */
function InHand({ residents }: { readonly residents: readonly ResidentShown[] }) {
  const hand = carried.value;
  if (hand === null) return null;
  const name = residents.find(({ id }) => id === hand.who)?.name;
  return (
    <div
      class={hand.over === null ? 'in-hand' : 'in-hand over'}
      style={{ left: `${hand.x}px`, top: `${hand.y}px` }}
      aria-hidden="true"
    >
      <Drawing name="card" />
      <b>{name}</b>
    </div>
  );
}
