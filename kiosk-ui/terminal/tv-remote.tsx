/** The card and the remote control: the thread of the ring ends in a drawn remote control with its own ring. */

import { Maru, type MaruState } from '../look/maru.tsx';

export function CardToRemote({ state }: { readonly state: MaruState }) {
  return (
    <div class="card-to-remote" aria-hidden="true">
      <Maru state={state} to="right" />
      <svg class="remote" viewBox="0 0 320 130" aria-hidden="true">
        <rect x="4" y="4" width="312" height="122" rx="18" />
        <circle class="place" cx="62" cy="65" r="38" />
        <circle class="wheel" cx="160" cy="65" r="38" />
        <circle class="ok" cx="160" cy="65" r="15" />
        <path class="digits" d="M226 40v.1M252 40v.1M226 65v.1M252 65v.1M226 90v.1M252 90v.1" />
        <path class="yellow" d="M286 24v14" />
        <path class="green" d="M286 50v8" />
        <path class="red" d="M286 72v8" />
        <path class="blue" d="M286 94v12" />
      </svg>
    </div>
  );
}
