/** 札: a small table of questions and their answers. */

import type { ComponentChildren } from 'preact';
import { Ruby } from './ruby.tsx';

export interface FudaRow {
  /** May carry ruby. */
  readonly term: string;
  readonly answer: ComponentChildren;
  /** What to do now: in bold. */
  readonly now?: boolean;
}

export function Fuda({ rows }: { readonly rows: readonly FudaRow[] }) {
  return (
    <dl class="fuda">
      {rows.map(({ term, answer, now = false }) => (
        <div key={term}>
          <dt>
            <Ruby text={term} />
          </dt>
          <dd class={now ? 'now' : undefined}>{answer}</dd>
        </div>
      ))}
    </dl>
  );
}
