/** The street in small: who stands where, and how each terminal is. Nothing that is unwell is out of sight. */

import type { Health, PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { hereIn, type Somewhere, somewheres, standBefore, townsOf } from './here.ts';
import { minuteOf, text } from './language.ts';

interface Level {
  readonly id: keyof Health;
  readonly label: string;
  readonly well: boolean;
}

export function Overview({ state }: { readonly state: StreetState }) {
  const words = text.value;
  const here = hereIn(state);
  const all = somewheres(state);
  return (
    <div class="overview">
      <nav class="wheres" aria-label={words.places}>
        {townsOf(state).map((town) => (
          <div key={town} class="town-of">
            <b id={`town-${town}`}>{words.towns[town]}</b>
            <ul aria-labelledby={`town-${town}`}>
              {all
                .filter((each) => each.town === town)
                .map((each) => (
                  <Where key={each.id} where={each} isHere={each.id === here?.id} />
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <ul class="health" aria-label={here?.name}>
        {here?.place != null &&
          levelsOf(here.place).map(({ id, label, well }) => (
            <li key={id} class={well ? '' : 'unwell'}>
              <i class="level" aria-hidden="true" />
              {label}
            </li>
          ))}
        {here?.place === null && <AtShelters state={state} />}
      </ul>
    </div>
  );
}

/** What the town hall hears: of the shelter that is on the street, and of every other one where somebody is. */
function AtShelters({ state: { places, town } }: { readonly state: StreetState }) {
  const isHere = (id: string) => places.some(({ shelter }) => shelter === id);
  const shown = town?.shelters.filter(({ id, people }) => people > 0 || isHere(id)) ?? [];
  return (
    <>
      {shown.map(({ id, name, people, capacity }) => (
        <li key={id}>{text.value.atShelter(name, people, capacity)}</li>
      ))}
    </>
  );
}

/** Its name is the way to stand before it. What is unwell there is said, unless it is said below. */
function Where({ where, isHere }: { readonly where: Somewhere; readonly isHere: boolean }) {
  const words = text.value;
  const { id, name } = where;
  const unwell = unwellOf(where);
  const said = isHere && where.place !== null ? [] : unwell;
  return (
    <li class={unwell.length === 0 ? 'where-and-how' : 'where-and-how unwell'}>
      <button
        type="button"
        class="where"
        aria-pressed={isHere}
        title={words.standBefore(name)}
        onClick={() => standBefore(id)}
      >
        {name}
      </button>
      <i class="level" role="img" aria-label={unwell.length === 0 ? words.well : words.unwell} />
      {said.length > 0 && <span class="what-is-wrong">{said.join(' ')}</span>}
    </li>
  );
}

/** What waits to be sent is nothing wrong as long as it can be sent. */
function unwellOf({ place, faults }: Somewhere): readonly string[] {
  if (place === null) {
    return faults.some(({ on }) => on) ? [text.value.noPower] : [];
  }
  const unwell = levelsOf(place).filter(({ well }) => !well);
  const isWaiting = unwell.every(({ id }) => id === 'waiting');
  return isWaiting ? [] : unwell.map(({ label }) => label);
}

function levelsOf({ health, levels }: PlaceShown): Level[] {
  const words = text.value;
  return levels.map((id) => {
    switch (id) {
      case 'list':
        return { id, label: listLabel(health.list), well: health.list !== null };
      case 'waiting':
        return { id, label: words.waiting(health.waiting), well: health.waiting === 0 };
      case 'network': {
        const well = health.network === 'ok';
        return { id, label: with_(words.network, well ? '' : words.networkLost), well };
      }
      default: {
        const condition = health[id];
        const label = with_(words.parts[id], words.conditions[condition]);
        return { id, label, well: condition === 'ok' };
      }
    }
  });
}

function listLabel(list: Health['list']): string {
  const words = text.value;
  if (list === null) return words.noList;
  const since = list.contact === null ? '' : words.listSince(minuteOf(list.contact));
  return with_(words.list(list.version), since);
}

function with_(label: string, more: string): string {
  return more === '' ? label : `${label} ${more}`;
}
