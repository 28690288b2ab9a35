/** A vending machine that asks how old somebody is, and hands out a can to whoever is old enough. */

import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Device, type DeviceForm, useJustOut } from './device.tsx';
import { inWords, text } from './language.ts';

const FORM: DeviceForm = {
  ...{ left: 8, top: 40, width: 254, height: 414 },
  ...{ scale: 0.3, ring: 115, ringOfProblem: 115 },
};
/** A can lies in the tray for so long before somebody takes it. */
const LIES_MS = 12_000;
/** The fault that nobody takes it. */
const LEFT = 'can-left';
const SHELVES = [0, 1, 2, 3] as const;

export function VendingMachine(props: { readonly place: PlaceShown; readonly state: StreetState }) {
  const { place, state } = props;
  const justOut = useJustOut(place.handedOut ?? 0, state.run, LIES_MS);
  const isLeft = place.faults.some(({ name, on }) => name === LEFT && on);
  const can = isLeft ? (place.handedOut ?? 0) : justOut;
  return (
    <div class="machine">
      <h2 class="sign">{inWords(place.name)}</h2>
      <p class="notice">
        {text.value.cardPin} <b>{place.cardPin}</b>
      </p>
      <svg class="cans" viewBox="0 0 80 300" aria-hidden="true">
        {SHELVES.map((shelf) => (
          <g key={shelf} transform={`translate(0 ${shelf * 74})`}>
            <path class="can" d="M10 14q0-6 6-6h12q6 0 6 6v40q0 6-6 6h-12q-6 0-6-6z" />
            <path class="can other" d="M46 14q0-6 6-6h12q6 0 6 6v40q0 6-6 6h-12q-6 0-6-6z" />
            <path class="line" d="M0 64h80" />
          </g>
        ))}
      </svg>
      <Device place={place} state={state} form={FORM}>
        {null}
      </Device>
      <div class="tray-of-cans">
        {can !== null && <i key={can} class="can-out" data-can={can} />}
      </div>
    </div>
  );
}
