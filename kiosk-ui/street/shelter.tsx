/** A school that takes people in: in its gym two desks side by side, each with a screen and its reader. */

import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { BEZEL, Device, type DeviceForm } from './device.tsx';
import { inWords, text } from './language.ts';
import { Slot } from './slot.tsx';

/** Of each desk's device, in the drawing's own units. */
const DESK = { left: 16, apart: 408, top: 142, width: 392, height: 315 } as const;
/** Where the thread leaves a screen that lies, in widths of it; a thread of a problem; a screen that stands. */
const THREAD = { lying: 0.2425, problem: 0.144, standing: 0.5 } as const;
const BELOW_SCREEN = 82;

export function Shelter(props: {
  readonly places: readonly PlaceShown[];
  readonly state: StreetState;
}) {
  const { places, state } = props;
  const name = state.town?.shelters.find(({ id }) => id === places[0]?.shelter)?.name;
  return (
    <div class="shelter">
      <svg class="drawing" viewBox="0 0 845 500" aria-hidden="true">
        <path class="wall" d="M10 100H835V500H10z" />
        <path class="tower" d="M372 100V8h102v92z" />
        <path class="line" d="M10 500V100M835 100V500M-6 100H851M372 100V8h102v92" />
        <path class="line" d="M423 26a26 26 0 1 1 0 52 26 26 0 0 1 0-52M423 38v14h10" />
      </svg>
      <h2 class="sign">{text.value.shelter(name ?? '')}</h2>
      {places.map((place, desk) => (
        <Desk key={place.id} place={place} state={state} left={DESK.left + desk * DESK.apart} />
      ))}
      <div class="desks" />
    </div>
  );
}

function Desk(props: {
  readonly place: PlaceShown;
  readonly state: StreetState;
  readonly left: number;
}) {
  const { place, state, left } = props;
  return (
    <>
      <Device place={place} state={state} form={formOf(place, left)}>
        {place.levels.includes('printer') && <Slot place={place} state={state} />}
      </Device>
      <p class="desk" style={{ left: `${left}px` }}>
        <b>{inWords(place.name)}</b>
        {place.staffPin !== null && (
          <span>
            {text.value.staff} {place.staffPin}
          </span>
        )}
      </p>
    </>
  );
}

/** As large as the desk has room for. */
function formOf({ screen }: PlaceShown, left: number): DeviceForm {
  const scale = Math.min(
    (DESK.width - 2 * BEZEL) / screen.width,
    (DESK.height - BEZEL - BELOW_SCREEN) / screen.height,
  );
  const lies = screen.width > screen.height;
  const width = screen.width * scale;
  return {
    left: left + (DESK.width - 2 * BEZEL - width) / 2,
    top: DESK.top,
    width: width + 2 * BEZEL,
    height: DESK.height,
    scale,
    ring: width * (lies ? THREAD.lying : THREAD.standing),
    ringOfProblem: width * (lies ? THREAD.problem : THREAD.standing),
  };
}
