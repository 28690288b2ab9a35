/** The bridge between the two towns, with its signpost. The river is high while an alert is in force. */

import type { StreetState } from '../../platform-sim/street/messages.ts';
import { px } from './device.tsx';
import { goTo, hereIn } from './here.ts';
import { text } from './language.ts';

export function Bridge(props: {
  readonly state: StreetState;
  readonly left: number;
  readonly width: number;
}) {
  const { state, left, width } = props;
  const words = text.value;
  const here = hereIn(state)?.town;
  const isHigh = (state.town?.alerts.length ?? 0) > 0;
  return (
    <div class="bridge" style={{ left: px(left), width: px(width) }}>
      <svg class="drawing" viewBox="0 0 130 500" aria-hidden="true">
        <path
          class={isHigh ? 'water high' : 'water'}
          d="M0 0q16-9 32.5 0t32.5 0 32.5 0 32.5 0V90H0z"
        />
        <path class="line" d="M65 500V176" />
        <path class="line" d="M0 436H130M0 464H130M8 498V436M44 498V436M86 498V436M122 498V436" />
      </svg>
      <nav aria-label={words.signpost}>
        {(['shiomi', 'kazasu'] as const).map((town) => (
          <button
            key={town}
            type="button"
            class={`to-${town}`}
            aria-current={here === town ? 'location' : undefined}
            onClick={() => goTo(town, state)}
          >
            {words.towns[town]}
          </button>
        ))}
      </nav>
    </div>
  );
}
