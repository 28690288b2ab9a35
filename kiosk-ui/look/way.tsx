/** The way through a procedure: one line, a small ring a step. */

import { Ruby } from './ruby.tsx';

interface WayProps {
  /** Of the list, for assistive technology. */
  readonly label: string;
  /** Added to a step that is over, for assistive technology. */
  readonly past: string;
  /** May carry ruby. */
  readonly steps: readonly string[];
  /** Where one is: its place in `steps`. */
  readonly at: number;
}

export function Way({ label, past, steps, at }: WayProps) {
  return (
    <nav class="way" aria-label={label}>
      <ol>
        {steps.map((step, index) => (
          <li
            key={step}
            class={index < at ? 'past' : undefined}
            aria-current={index === at ? 'step' : undefined}
          >
            <span>
              <Ruby text={step} />
            </span>
            {index < at && <span class="vh">{past}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
