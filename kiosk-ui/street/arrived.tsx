/** What the platform knows: entries per minute, and the last facts in words. */

import type {
  ApplicationShown,
  FactShown,
  PlaceShown,
  PlatformShown,
} from '../../platform-sim/street/messages.ts';
import { Clerk } from './clerk.tsx';
import { inWords, language, text, timeOf } from './language.ts';
import { reasonInWords } from './reasons.ts';

const CHART = { width: 440, height: 92, step: 22, bar: 17 } as const;
/** So that one entry is not drawn as a crowd. */
const LEAST_SCALE = 5;

interface ArrivedProps {
  readonly platform: PlatformShown;
  readonly places: readonly PlaceShown[];
  readonly applications: readonly ApplicationShown[];
}

export function Arrived({ platform, places, applications }: ArrivedProps) {
  const words = text.value;
  const { perMinute, newest, facts, entries, doubles, list } = platform;
  return (
    <section class="arrived" aria-labelledby="arrived">
      <h2 id="arrived">
        {words.arrived}
        <span>{words.perMinute(perMinute.at(-1) ?? 0)}</span>
      </h2>
      <Clerk applications={applications} />
      <Chart perMinute={perMinute} />
      <ul class="counts">
        <li>{words.entries(entries)}</li>
        <li class={doubles === 0 ? '' : 'unwell'}>{words.doubles(doubles)}</li>
        <li>{words.facts(facts)}</li>
      </ul>
      {list !== null && (
        <p class="asks">
          <b>{words.asks[list.assurance]}</b> {inWords(list.notStopped)}
        </p>
      )}
      {newest.length === 0 && <p class="nothing">{words.nothingArrived}</p>}
      <ol class="facts">
        {newest.map((fact) => (
          <li key={fact.arrival}>
            <span class="fixed">{timeOf(fact.at)}</span>
            <span>{nameOf(fact.terminal, places)}</span>
            <span class="what">
              <span class="fixed">{fact.event}</span> {happened(fact)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Chart({ perMinute }: { readonly perMinute: readonly number[] }) {
  const most = Math.max(0, ...perMinute);
  const scale = (CHART.height - 4) / Math.max(LEAST_SCALE, most);
  return (
    <svg
      class="chart"
      preserveAspectRatio="none"
      viewBox={`0 0 ${CHART.width} ${CHART.height}`}
      role="img"
      aria-label={text.value.chart(perMinute.at(-1) ?? 0, most)}
    >
      {perMinute.map((count, minute) => (
        <rect
          key={minute}
          class={minute === perMinute.length - 1 ? 'now' : ''}
          x={2 + minute * CHART.step}
          y={CHART.height - count * scale}
          width={CHART.bar}
          height={count * scale}
        />
      ))}
    </svg>
  );
}

function nameOf(terminal: string, places: readonly PlaceShown[]): string {
  const place = places.find(({ id }) => id === terminal);
  return place === undefined ? terminal : inWords(place.name);
}

function happened({ event, reason, ticket }: FactShown): string {
  const told = (text.value.happened as Readonly<Record<string, string>>)[event] ?? '';
  const why = reason === null ? '' : reasonInWords(reason, language.value);
  return [event === 'entry.refused' ? why : told, ticket ?? ''].filter(Boolean).join(' ');
}
