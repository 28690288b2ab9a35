/**
 * The street as one would walk it: two towns and the river between them, each as much as a wide page shows at once. Each
 * place is a cutaway with its live screen, its reader's ring and what comes out of it.
 */

import { Fragment, type JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { StreetState } from '../../platform-sim/street/messages.ts';
import { Arena } from './arena.tsx';
import { Bridge } from './bridge.tsx';
import { px } from './device.tsx';
import { goTo, hereIn, type TownId, townsOf } from './here.ts';
import { carried } from './holding.ts';
import { text } from './language.ts';
import { LivingRoom } from './living-room.tsx';
import { Shelter } from './shelter.tsx';
import { Shop } from './shop.tsx';
import { TownHall } from './town-hall.tsx';
import { VendingMachine } from './vending-machine.tsx';

/** The drawing's own units. */
const HEIGHT = 500;
const TOWN = 1955;
const BRIDGE = 130;
/** What must be seen: a town and the bridge, or on a narrow page a single place. */
const SEEN = { wide: TOWN + BRIDGE, narrow: 1010 } as const;
const NARROW = '(max-width: 62.49rem)';
/** A card that is carried so near to the edge of the page is carried on, in px. */
const EDGE_PX = 40;

export function Scene({ state }: { readonly state: StreetState }) {
  const box = useRef<HTMLElement>(null);
  const towns = townsOf(state);
  const length = towns.length * (TOWN + BRIDGE) - BRIDGE;
  const scale = useScale(box, length);
  useWalk(box, state, scale);
  return (
    <section ref={box} class="scene" aria-label={text.value.street}>
      <div class="along" style={{ width: px(length * scale) }}>
        <div class="town-line" style={{ width: px(length), transform: `scale(${scale})` }}>
          {towns.map((town, nth) => (
            <Fragment key={town}>
              {nth > 0 && <Bridge state={state} left={TOWN} width={BRIDGE} />}
              <div
                class={`town ${town}`}
                data-town={town}
                data-edge={nth === 0 ? 'start' : 'end'}
                style={{ left: px(nth * (TOWN + BRIDGE)), width: px(TOWN) }}
                onFocusIn={() => goTo(town, state)}
              >
                {town === 'kazasu' ? <Kazasu state={state} /> : <Shiomi state={state} />}
              </div>
            </Fragment>
          ))}
        </div>
      </div>
    </section>
  );
}

function Kazasu({ state }: { readonly state: StreetState }): JSX.Element {
  const at = (wanted: string) => state.places.find(({ id }) => id === wanted);
  const [gate, machine, kiosk] = [at('gate-1'), at('vending-1'), at('kiosk-1')];
  return (
    <>
      <svg class="drawing" viewBox="0 0 1955 500" aria-hidden="true">
        <path
          class="far"
          d="M0 500V250h60v-60h90v60h44v-96h70v346zM960 500V236h58v-44h72v60h40v-92h64v340zM1480 500V226h60v-70h80v344z"
        />
      </svg>
      {gate && <Arena place={gate} state={state} />}
      {machine && <VendingMachine place={machine} state={state} />}
      {kiosk && <Shop place={kiosk} state={state} />}
    </>
  );
}

function Shiomi({ state }: { readonly state: StreetState }): JSX.Element {
  const television = state.places.find((place) => place.television !== null);
  const school = state.places.find(({ shelter }) => shelter !== null)?.shelter;
  const desks = state.places.filter(({ shelter }) => shelter !== null && shelter === school);
  return (
    <>
      <svg class="drawing" viewBox="0 0 1955 500" aria-hidden="true">
        <path
          class="far"
          d="M-90 500C60 330 190 220 330 130C420 74 500 96 600 170L760 280C900 190 1020 96 1130 60C1250 24 1370 60 1500 150C1640 240 1800 330 2050 400V500z"
        />
      </svg>
      {state.town !== null && <TownHall town={state.town} />}
      {television && <LivingRoom place={television} state={state} />}
      {desks.length > 0 && <Shelter places={desks} state={state} />}
    </>
  );
}

/** As large as the height allows, as long as what must be seen is seen whole. */
function useScale(box: { readonly current: HTMLElement | null }, length: number): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      const seen = matchMedia(NARROW).matches ? SEEN.narrow : Math.min(SEEN.wide, length);
      setScale(Math.min(clientHeight / HEIGHT, clientWidth / seen));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [length]);
  return scale;
}

/**
 * Whoever stands before something sees it; whoever walks to the other town by hand stands there; and a card that is
 * carried to the edge of the page is carried on.
 */
function useWalk(
  box: { readonly current: HTMLElement | null },
  state: StreetState,
  scale: number,
): void {
  const here = hereIn(state);
  // Before anybody sees that one stands there: what is scrolled by hand after that is not undone.
  useLayoutEffect(() => {
    const smooth = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    walkTo(box.current, here, smooth ? 'smooth' : 'auto');
  }, [here?.id]);
  // Another size of the page is no walk.
  useLayoutEffect(() => walkTo(box.current, here, 'instant'), [scale]);
  useEffect(() => {
    const element = box.current;
    const arrive = () => {
      const town = element && townSeen(element);
      if (town) goTo(town, state);
    };
    element?.addEventListener('scrollend', arrive);
    return () => element?.removeEventListener('scrollend', arrive);
  });
  const hand = carried.value;
  const onwards = hand && hand.over === null ? edgeOf(hand.x) : null;
  useEffect(() => {
    const towns = townsOf(state);
    const town = onwards === 'start' ? towns[0] : towns.at(-1);
    if (onwards !== null && town !== undefined) goTo(town, state);
  }, [onwards]);
}

function edgeOf(x: number): 'start' | 'end' | null {
  if (x < EDGE_PX) return 'start';
  return x > document.documentElement.clientWidth - EDGE_PX ? 'end' : null;
}

function walkTo(
  box: HTMLElement | null,
  here: { readonly id: string; readonly town: TownId } | undefined,
  behavior: ScrollBehavior,
): void {
  if (box === null || here === undefined) return;
  if (matchMedia(NARROW).matches) {
    const place = box.querySelector(`[data-place="${here.id}"]`);
    place?.scrollIntoView({ block: 'nearest', inline: 'center', behavior });
  } else {
    const town = box.querySelector<HTMLElement>(`[data-town="${here.town}"]`);
    const left = town?.dataset['edge'] === 'end' ? box.scrollWidth : 0;
    box.scrollTo({ left, behavior });
  }
}

/** The one in the middle of what is seen. */
function townSeen(box: HTMLElement): TownId | undefined {
  const { left, width } = box.getBoundingClientRect();
  const middle = left + width / 2;
  const towns = [...box.querySelectorAll<HTMLElement>('[data-town]')];
  const seen = towns.find((town) => town.getBoundingClientRect().right > middle) ?? towns.at(-1);
  return seen?.dataset['town'] as TownId | undefined;
}
