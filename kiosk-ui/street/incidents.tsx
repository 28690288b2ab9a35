/** What really happened elsewhere, to be played here: each scene plays by itself and says what was proved. */

import { signal } from '@preact/signals';
import type { ScenarioShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Drawing } from './drawings.tsx';
import { hereIn } from './here.ts';
import { inWords, language, text } from './language.ts';
import { ask } from './link.ts';

/** The scene that is unfolded: the last one that was played here. */
const unfolded = signal<string | null>(null);

/** Scenes that play in the town that has to leave; all others play in the other one. */
const OF_SHIOMI: readonly string[] = [
  ...['evacuation', 'town-hall-down', 'wrong-town-alert', 'family-apart', 'noto', 'alert-storm'],
];

/** Those of the town where one stands come first. */
export function Incidents({ state }: { readonly state: StreetState }) {
  const words = text.value;
  const isThere = hereIn(state)?.town === 'shiomi';
  const isNear = ({ name }: ScenarioShown) => OF_SHIOMI.includes(name) === isThere;
  const scenarios = [
    ...state.scenarios.filter(isNear),
    ...state.scenarios.filter((scenario) => !isNear(scenario)),
  ];
  const busy = scenarios.some(({ state }) => state === 'playing');
  const incidents = scenarios.filter(({ source }) => source !== null);
  return (
    <section class="incidents" aria-labelledby="incidents">
      <h2 id="incidents">
        {words.incidents}
        <span>{words.scenes(incidents.length)}</span>
      </h2>
      <ul class="scenes">
        {scenarios.map((scenario) => (
          <Scene key={scenario.name} scenario={scenario} busy={busy} />
        ))}
      </ul>
    </section>
  );
}

function Scene({ scenario, busy }: { readonly scenario: ScenarioShown; readonly busy: boolean }) {
  const { name, title, incident, source, state, step, proved, seen } = scenario;
  const isOpen = state === 'playing' || (unfolded.value === name && state !== 'idle');
  const play = () => {
    unfolded.value = name;
    ask({ do: 'play', name });
  };
  return (
    <li data-state={state}>
      <button type="button" disabled={busy} onClick={play} title={inWords(incident)}>
        <Drawing name="play" />
        <span>
          <b>{inWords(title)}</b>
          <span class="why">{inWords(source ?? incident)}</span>
        </span>
        <Outcome state={state} />
      </button>
      {isOpen && (
        <div class="unfolded" role="status">
          {source !== null && <p>{inWords(incident)}</p>}
          <ul>
            {proved.map((words) => (
              <li key={words.en}>
                <i class="level" aria-hidden="true" />
                {words[language.value]}
              </li>
            ))}
          </ul>
          {step !== null && <p class="step">{inWords(step)}</p>}
          {seen !== null && <p class="seen">{seen}</p>}
        </div>
      )}
    </li>
  );
}

function Outcome({ state }: { readonly state: ScenarioShown['state'] }) {
  const words = text.value;
  switch (state) {
    case 'idle':
      return <span class="outcome" />;
    case 'playing':
      return <span class="outcome now">{words.playing}</span>;
    case 'proved':
      return (
        <span class="outcome">
          <i class="level" aria-hidden="true" />
          {words.kept}
        </span>
      );
    case 'not-proved':
      return (
        <span class="outcome unwell">
          <i class="level" aria-hidden="true" />
          {words.notKept}
        </span>
      );
  }
}
