/** What every terminal of the street has: its live screen, the thread across the bezel, and the ring of its reader. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Drawing } from './drawings.tsx';
import { standBefore } from './here.ts';
import { carried } from './holding.ts';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';

/** In the drawing's own units. The screen has a bezel to the left and above. */
export interface DeviceForm {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of the screen's own pixels. */
  readonly scale: number;
  /** Where the thread leaves the screen, from its left edge; and where a thread of a problem does. The ring is below. */
  readonly ring: number;
  readonly ringOfProblem: number;
}

/** Of every device, to the left of its screen and above it. */
export const BEZEL = 12;
/** Of the ring's button; the ring hangs so far below the screen. */
const RING = { width: 80, below: 8 } as const;
/** A yes, of whichever service. */
const DONE: readonly string[] = [
  ...['granted', 'receipt.claimed', 'over'],
  ...['certificate.issued', 'registration.applied'],
  ...['shelter.arrived', 'shelter.came-back', 'television.linked', 'alert.answered'],
];

export type RingState = 'waiting' | 'hold' | 'done' | 'problem' | 'closed';

export function ringState({ held, answer, state }: PlaceShown): RingState {
  if (state !== 'serving') return 'closed';
  if (held === null) return 'waiting';
  if (answer.who !== held) return 'hold';
  return DONE.includes(answer.says) ? 'done' : 'problem';
}

/** The screen in its bezel. */
export function Bezel(props: {
  readonly place: PlaceShown;
  readonly form: Pick<DeviceForm, 'left' | 'top' | 'width' | 'height' | 'scale'>;
  /** What else is on the device. */
  readonly children: ComponentChildren;
}) {
  const { place, form, children } = props;
  const { left, top, width, height, scale } = form;
  const screen = { width: place.screen.width * scale, height: place.screen.height * scale };
  return (
    <div
      class="device"
      data-place={place.id}
      data-state={place.state}
      style={{ left: px(left), top: px(top), width: px(width), height: px(height) }}
    >
      <div class="screen" style={{ width: px(screen.width), height: px(screen.height) }}>
        <p class="dark">{place.screen.isLent ? text.value.screenLent : text.value.screenDown}</p>
        <LiveScreen place={place} scale={scale} />
      </div>
      {children}
    </div>
  );
}

/** A screen with its reader below it. */
export function Device(props: {
  readonly place: PlaceShown;
  readonly state: StreetState;
  readonly form: DeviceForm;
  /** Slots, and what comes out of them. */
  readonly children: ComponentChildren;
}) {
  const { place, state, form, children } = props;
  const below = BEZEL + place.screen.height * form.scale;
  return (
    <Bezel place={place} form={form}>
      <Wire form={form} ring={ringState(place)} top={below} />
      <Ring
        place={place}
        state={state}
        at={{ left: px(BEZEL + form.ring - RING.width / 2), top: px(below + RING.below) }}
      />
      {children}
    </Bezel>
  );
}

/** The terminal's own page: loaded as soon as it is served, and again whenever that begins anew. */
function LiveScreen({ place, scale }: { readonly place: PlaceShown; readonly scale: number }) {
  const { url, width, height, isServed, isLent, loads } = place.screen;
  if (!isServed || isLent) return null;
  return (
    <iframe
      key={loads}
      src={url}
      title={text.value.screenOf(inWords(place.name))}
      width={width}
      height={height}
      style={{ transform: `scale(${scale})` }}
      allow="autoplay"
    />
  );
}

/** The thread crosses the bezel, from where it leaves the screen to the ring. */
function Wire(props: {
  readonly form: DeviceForm;
  readonly ring: RingState;
  readonly top: number;
}) {
  const { form, ring, top } = props;
  const from = ring === 'problem' ? form.ringOfProblem : form.ring;
  return (
    <svg
      class="wire"
      data-ring-state={ring}
      viewBox="0 0 240 60"
      style={{ top: px(top) }}
      aria-hidden="true"
    >
      <path d={`M${from} 0C${from} 22 ${form.ring} 14 ${form.ring} 40`} />
    </svg>
  );
}

/** Where a card is held; it takes the card that lies there away. */
export function Ring(props: {
  readonly place: PlaceShown;
  readonly state: StreetState;
  readonly at: { readonly left: string; readonly top: string };
}) {
  const { place, state, at } = props;
  const ring = ringState(place);
  const name = inWords(place.name);
  const holder = state.residents.find(({ id }) => id === place.held);
  const near = carried.value?.over === place.id;
  const label =
    holder === undefined ? text.value.readerOf(name) : text.value.readerHolds(name, holder.name);
  const press = () =>
    holder === undefined ? standBefore(place.id) : ask({ do: 'remove', at: place.id });
  return (
    <button
      type="button"
      class={near ? 'ring near' : 'ring'}
      style={at}
      data-ring={place.id}
      data-ring-state={ring}
      aria-label={label}
      onClick={press}
    >
      {holder !== undefined && (
        <span class="on-ring">
          <Drawing name="card" />
        </span>
      )}
    </button>
  );
}

/**
 * What came out of a slot last, as long as it is there: until somebody takes it. `number`: rises with everything that
 * comes out of this slot in this `run` of the street; what was there before is gone.
 */
export function useJustOut(number: number, run: string, ms: number): number | null {
  const known = useRef({ run, number });
  const [out, setOut] = useState<number | null>(null);
  useEffect(() => {
    if (known.current.run !== run) known.current = { run, number: 0 };
    if (number <= known.current.number) return;
    known.current = { run, number };
    setOut(number);
  }, [run, number]);
  useEffect(() => {
    if (out === null) return;
    const timer = setTimeout(() => setOut(null), ms);
    return () => clearTimeout(timer);
  }, [out, ms]);
  return out;
}

export function px(length: number): string {
  return `${length}px`;
}
