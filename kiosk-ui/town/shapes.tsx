/** The shape of a standing beside its word: filled "!", dashed ring, open ring, closed ring. Told apart without any colour. */

import type { RowShown } from '../../platform-sim/town/messages.ts';
import type { Crowding } from '../../src/domain/evacuation.ts';

export type StandingShown = RowShown['standing'];

export const STANDING_WORDS = {
  help: '助けが必要',
  unknown: '返事なし',
  leaving: '避難中',
  safe: '無事',
} as const satisfies Record<StandingShown, string>;

const SHAPES = {
  help: (
    <>
      <circle class="filled" cx="10" cy="10" r="9.5" />
      <path class="cut" d="M10 5v5.5M10 14.6v.1" />
    </>
  ),
  unknown: <circle class="dashed" cx="10" cy="10" r="8" />,
  leaving: (
    <>
      <circle class="pale" cx="10" cy="10" r="7.5" />
      <path class="ring" d="M6 16.3A7.5 7.5 0 1 1 17.2 12.2" />
    </>
  ),
  safe: <circle class="ring" cx="10" cy="10" r="7.5" />,
} as const;

export function StandingMark({ standing }: { readonly standing: StandingShown }) {
  return (
    <span class="standing" data-standing={standing}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        {SHAPES[standing]}
      </svg>
      {STANDING_WORDS[standing]}
    </span>
  );
}

const CROWDING_WORDS = {
  roomy: ['すいています', 1],
  'some-room': ['まだ入れます', 2],
  crowded: ['こんでいます', 3],
  full: ['いっぱい', 4],
} as const satisfies Record<Crowding, readonly [string, number]>;

export function CrowdingMark({ crowding }: { readonly crowding: Crowding }) {
  const [word, bars] = CROWDING_WORDS[crowding];
  return (
    <span class="crowding">
      <span class="meter" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <i key={bar} class={bar <= bars ? 'on' : undefined} />
        ))}
      </span>
      {word}
    </span>
  );
}

/** No signal. */
export function SilentMark() {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 9.5a12 12 0 0 1 5-2.8M13 6.4a12 12 0 0 1 7 3.1M7 13a7.5 7.5 0 0 1 3.5-1.8M14.5 11.6A7.5 7.5 0 0 1 17 13M4 3.5l16 17" />
      <circle class="dot" cx="12" cy="19.5" r="1.5" />
    </svg>
  );
}
