/** The street in small, and the cards of the residents, to be picked up. */

import type { ResidentShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Drawing, Person } from './drawings.tsx';
import { Overview } from './health.tsx';
import { hereIn } from './here.ts';
import {
  carried,
  lay,
  letGo,
  onKey,
  onPointerCancel,
  onPointerDown,
  onPointerMove,
  onPointerUp,
} from './holding.ts';
import { inWords, language, text } from './language.ts';
import { ask } from './link.ts';
import { reasonInWords } from './reasons.ts';
import { StandingMark, whereabouts } from './standing.tsx';

export function Pavement({ state }: { readonly state: StreetState }) {
  return (
    <section class="pavement" aria-label={text.value.cards}>
      <Overview state={state} />
      <ul class="tray">
        {state.residents.map((resident) => (
          <li key={resident.id}>
            <Card resident={resident} state={state} />
          </li>
        ))}
      </ul>
      <InHand residents={state.residents} />
    </section>
  );
}

interface CardProps {
  readonly resident: ResidentShown;
  readonly state: StreetState;
}

function Card({ resident, state }: CardProps) {
  const { id, name, kana, kind, at } = resident;
  const here = hereIn(state);
  const layHere = () => lay(id, here);
  const toggle = () => (at === null ? layHere() : ask({ do: 'remove', at }));
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
      onKeyDown={(event) => onKey(event, { toggle, hold: layHere })}
      onKeyUp={(event) => onKey(event, { toggle, hold: layHere })}
      onBlur={letGo}
    >
      <b>{name}</b>
      <Matter resident={resident} state={state} />
      <Person />
    </button>
  );
}

/**
 * Where the card is; else, in the town that looks for its people, how it stands with its holder; else what is the matter
 * with them, and what a terminal said last.
 */
function Matter({ resident, state }: CardProps) {
  const { id, at, matter } = resident;
  const place = state.places.find((each) => each.id === at);
  if (place !== undefined) return <span>{text.value.onReader(inWords(place.name))}</span>;
  const found = hereIn(state)?.town === 'shiomi' ? whereabouts(state, id) : null;
  if (found === null || found.standing === 'unknown') {
    return (
      <>
        <span>{inWords(matter)}</span>
        <Last resident={resident} />
      </>
    );
  }
  return (
    <span
      class="found"
      data-standing={found.standing}
      {...(found.at === '' ? {} : { title: found.at })}
    >
      <StandingMark standing={found.standing} />
      <span>{found.words}</span>
    </span>
  );
}

/** Shape first, then colour and word. */
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
