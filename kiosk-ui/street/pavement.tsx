/** How the gates are, and the cards of the residents, to be picked up. */

import type {
  GateShown,
  Health,
  ResidentShown,
  StreetState,
} from '../../platform-sim/street/messages.ts';
import { Drawing, Person } from './drawings.tsx';
import {
  carried,
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
  return (
    <section class="pavement" aria-label={text.value.cards}>
      {state.gates.map((gate) => (
        <HealthRow key={gate.id} gate={gate} />
      ))}
      <ul class="tray">
        {state.residents.map((resident) => (
          <li key={resident.id}>
            <Card resident={resident} gates={state.gates} />
          </li>
        ))}
      </ul>
      <InHand residents={state.residents} />
    </section>
  );
}

interface Level {
  readonly id: string;
  readonly label: string;
  readonly well: boolean;
}

function levelsOf({ reader, printer, network, clock, disk, list, waiting }: Health): Level[] {
  const words = text.value;
  const with_ = (label: string, more: string) => (more === '' ? label : `${label} ${more}`);
  const listLabel =
    list === null
      ? words.noList
      : with_(
          words.list(list.version),
          list.contact ? words.listSince(minuteOf(list.contact)) : '',
        );
  return [
    { id: 'reader', label: with_(words.reader, words.conditions[reader]), well: reader === 'ok' },
    {
      id: 'printer',
      label: with_(words.printer, words.conditions[printer]),
      well: printer === 'ok',
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
}

function HealthRow({ gate }: { readonly gate: GateShown }) {
  return (
    <ul class="health" aria-label={inWords(gate.name)}>
      {levelsOf(gate.health).map(({ id, label, well }) => (
        <li key={id} class={well ? '' : 'unwell'}>
          <i class="level" aria-hidden="true" />
          {label}
        </li>
      ))}
    </ul>
  );
}

interface CardProps {
  readonly resident: ResidentShown;
  readonly gates: readonly GateShown[];
}

function Card({ resident, gates }: CardProps) {
  const { id, name, kana, kind, at } = resident;
  const gate = gates.find((each) => each.id === at);
  const toggle = () => ask(at === null ? { do: 'hold', who: id } : { do: 'remove' });
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
      onKeyDown={(event) => onKey(id, event, toggle)}
      onKeyUp={(event) => onKey(id, event, toggle)}
    >
      <b>{name}</b>
      <span>
        {gate === undefined ? inWords(resident.matter) : text.value.onGate(inWords(gate.name))}
      </span>
      <Last resident={resident} />
      <Person />
    </button>
  );
}

/** What the gate said last to this person: shape first, then colour and word. */
function Last({ resident: { last, at } }: { readonly resident: ResidentShown }) {
  if (last === null || at !== null) return null;
  const words = last === 'granted' ? text.value.last.granted : reasonInWords(last, language.value);
  return (
    <i
      class={last === 'granted' ? 'last granted' : 'last'}
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
