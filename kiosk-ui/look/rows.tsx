/** Choices, one below the other: no more than six. */

import type { ComponentChildren } from 'preact';
import { Icon } from './icons.tsx';
import { Ruby } from './ruby.tsx';

export interface Row {
  readonly id: string;
  /** May carry ruby. */
  readonly title: string;
  readonly about?: ComponentChildren;
  /** Beside the title: until when, how much. */
  readonly aside?: ComponentChildren;
}

interface RowsProps {
  readonly rows: readonly Row[];
  /** Nothing can be chosen now. */
  readonly resting: boolean;
  readonly onChoose: (id: string) => void;
}

export function Rows({ rows, resting, onChoose }: RowsProps) {
  return (
    <ol class="rows">
      {rows.map(({ id, title, about, aside }, index) => (
        <li key={id}>
          <button
            type="button"
            class="row"
            aria-disabled={resting}
            onClick={resting ? undefined : () => onChoose(id)}
            data-first={index === 0}
          >
            <span class="number" aria-hidden="true">
              {index + 1}
            </span>
            <span>
              <b>
                <Ruby text={title} />
              </b>
              {about !== undefined && <small>{about}</small>}
            </span>
            {aside !== undefined && <span class="aside">{aside}</span>}
            <Icon name="next" />
          </button>
        </li>
      ))}
    </ol>
  );
}
