/** A living room: the television on its board, and its remote control, on which a card can rest. */

import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Bezel } from './device.tsx';
import { inWords, text } from './language.ts';
import { Remote } from './remote.tsx';

const FORM = { left: 18, top: 128, width: 542, height: 316, scale: 0.27 } as const;

export function LivingRoom(props: { readonly place: PlaceShown; readonly state: StreetState }) {
  const { place, state } = props;
  return (
    <div class="living-room">
      <svg class="drawing" viewBox="0 0 750 500" aria-hidden="true">
        <path class="wall" d="M5 78H745V500H5z" />
        <path class="roof" d="M-14 78L375 2L764 78z" />
        <path class="line" d="M-14 78L375 2L764 78zM5 78V500M745 78V500" />
        <path class="line" d="M610 46V6M578 8h64M588 22h44" />
        <path class="tv-board" d="M4 462h572v38H4z" />
        <path class="tv-board" d="M214 444h150l16 18H198z" />
        <path class="table" d="M584 482h158v18H584z" />
      </svg>
      <h2 class="sign">{inWords(place.name)}</h2>
      <Bezel place={place} form={FORM}>
        {place.television?.isOn === false && <p class="switched-off">{text.value.tvIsOff}</p>}
      </Bezel>
      <Remote place={place} state={state} />
    </div>
  );
}
