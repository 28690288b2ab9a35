/** One bar and four counts. A small number is never too small to be seen: whoever is not none has a width. */

import type { CountsShown } from '../../platform-sim/town/messages.ts';
import { StandingMark, type StandingShown } from './shapes.tsx';
import { count } from './words.ts';

const ORDER: readonly StandingShown[] = ['help', 'unknown', 'leaving', 'safe'];

export function Summary({ counts }: { readonly counts: CountsShown }) {
  return (
    <section class="summary" aria-label="人数">
      <p class="all">
        対象の方<b>{count(counts.all)}</b>
      </p>
      <div>
        <div class="bar-of-all" aria-hidden="true">
          {ORDER.filter((standing) => counts[standing] > 0).map((standing) => (
            <i key={standing} data-standing={standing} style={{ flexGrow: counts[standing] }} />
          ))}
        </div>
        <ul>
          {ORDER.map((standing) => (
            <li key={standing}>
              <StandingMark standing={standing} />
              <p>
                <b>{count(counts[standing])}</b>
                <small>{aside(standing, counts)}</small>
              </p>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function aside(standing: StandingShown, counts: CountsShown): string {
  switch (standing) {
    case 'help':
      return `担当あり ${count(counts.helpAssigned)}`;
    case 'unknown':
      return `75歳以上 ${count(counts.unknownOld)}`;
    case 'leaving':
      return '';
    case 'safe':
      return `避難所 ${count(counts.safeAtShelter)}　返事 ${count(counts.safeByAnswer)}`;
  }
}
