/** Choices side by side, where a list of rows would not fit: no more than nine. */

import type { ComponentChildren } from 'preact';
import { Ruby } from './ruby.tsx';

export interface Tile {
  readonly id: string;
  /** May carry ruby. */
  readonly title: string;
  /** Below the title: had today, for staff. */
  readonly about?: ComponentChildren;
  /** Of a choice that stays chosen. */
  readonly chosen?: boolean;
  /** What is rarely wanted. */
  readonly quiet?: boolean;
  /** What goes on. */
  readonly main?: boolean;
  readonly onPress: () => void;
}

interface TilesProps {
  readonly tiles: readonly Tile[];
  readonly columns: number;
}

export function Tiles({ tiles, columns }: TilesProps) {
  return (
    <ul class="tiles" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {tiles.map(({ id, title, about, chosen, quiet = false, main = false, onPress }, at) => (
        <li key={id}>
          <button
            type="button"
            class={main ? 'tile main' : quiet ? 'tile quiet' : 'tile'}
            aria-pressed={chosen}
            data-first={at === 0}
            onClick={onPress}
          >
            <b>
              <Ruby text={title} />
            </b>
            {about !== undefined && <small>{about}</small>}
          </button>
        </li>
      ))}
    </ul>
  );
}
