/** The arena: the gate, its barrier, and the seat tickets that come out of it. */

import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Device, type DeviceForm, ringState } from './device.tsx';
import { inWords, text } from './language.ts';
import { Slot } from './slot.tsx';

/** The ring is where the thread leaves the screen. */
const FORM: DeviceForm = {
  ...{ left: 700, top: 92, width: 544, height: 408 },
  ...{ scale: 0.65, ring: 126, ringOfProblem: 75 },
};

interface ArenaProps {
  readonly place: PlaceShown;
  readonly state: StreetState;
}

export function Arena({ place, state }: ArenaProps) {
  return (
    <div class="arena">
      <ArenaDrawing />
      <h2 class="sign">{inWords(place.name)}</h2>
      <div class="poster" aria-hidden="true">
        <span>{text.value.tonight}</span>
        <b>{text.value.event}</b>
      </div>
      <div class="poster notice">
        <span>{text.value.staff}</span>
        {text.value.staffPin} <b>{place.staffPin}</b>
      </div>
      <Device place={place} state={state} form={FORM}>
        <Slot place={place} state={state} />
      </Device>
      <Barrier isOpen={ringState(place) === 'done'} />
    </div>
  );
}

/** It opens for whoever may enter. */
function Barrier({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <svg class={isOpen ? 'barrier open' : 'barrier'} viewBox="0 0 150 140" aria-hidden="true">
      <path class="post" d="M20 140V56h22v84" />
      <path class="arm" d="M31 72H140" />
      <circle cx="31" cy="72" r="7" />
    </svg>
  );
}

function ArenaDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 1920 500" aria-hidden="true">
      <path class="roof" d="M452 214Q960 -128 1468 214L1468 246Q960 -72 452 246z" />
      <path class="wall" d="M480 500V228Q960 -78 1440 228V500z" />
      <g class="stand">
        <path d="M500 470h150M500 440h132M500 410h114M500 380h98M500 350h82M500 320h66M500 290h50" />
        <path d="M1420 470h-126M1420 440h-112M1420 410h-98M1420 380h-86M1420 350h-74M1420 320h-60M1420 290h-46" />
      </g>
      <path
        class="line"
        d="M452 214Q960 -128 1468 214M480 228V500M1440 228V500M452 214v32M1468 214v32"
      />
      <path class="line" d="M452 246Q960 -72 1468 246" />
      <g class="mast">
        <path class="line" d="M404 500V120M1516 500V120" />
        <path class="lamp" d="M372 92h64v28h-64zM1484 92h64v28h-64z" />
        <path
          class="line"
          d="M372 92h64v28h-64zM1484 92h64v28h-64zM393 92v28M415 92v28M1505 92v28M1527 92v28"
        />
      </g>
      <g class="flags">
        <path class="line" d="M700 96V46M1220 96V46" />
        <path class="flag" d="M701 47h44l-12 12 12 12h-44zM1221 47h44l-12 12 12 12h-44z" />
      </g>
    </svg>
  );
}
