/** The clerk of a municipality: applications for usage registration, to be accepted or refused; after two minutes it is done. */

import type { ApplicationShown } from '../../platform-sim/street/messages.ts';
import { text } from './language.ts';
import { ask } from './link.ts';

const SHOWN = 3;

export function Clerk({ applications }: { readonly applications: readonly ApplicationShown[] }) {
  const words = text.value;
  if (applications.length === 0) return null;
  return (
    <ul class="clerk" aria-label={words.clerk}>
      {applications.slice(0, SHOWN).map(({ number, state, municipality, name, domicile }) => (
        <li key={number}>
          <span>
            <b>{words.application(municipality)}</b> {name}（{domicile}）
          </span>
          {state === 'pending' ? (
            <>
              <button type="button" class="plain" onClick={() => ask({ do: 'accept', number })}>
                {words.accept}
              </button>
              <button type="button" class="plain" onClick={() => ask({ do: 'refuse', number })}>
                {words.refuse}
              </button>
            </>
          ) : (
            words.applicationStates[state]
          )}
        </li>
      ))}
    </ul>
  );
}
