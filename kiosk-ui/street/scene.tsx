/**
 * The street as one would walk it: each place a cutaway with one live screen, its reader's ring and what comes out of it.
 * House and school stand behind and wait for their terminals.
 */

import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Arena } from './arena.tsx';
import { placeHere } from './here.ts';
import { text } from './language.ts';
import { Shop } from './shop.tsx';
import { VendingMachine } from './vending-machine.tsx';

/** The drawing's own units. */
const TOWN = { width: 1920, height: 500 } as const;
/** What of it must be seen: all places side by side, or on a narrow page, which scrolls along the street, one of them. */
const SEEN = { wide: 1990, narrow: 1010 } as const;
const NARROW = '(max-width: 62.49rem)';

/** By the terminal's name; where it stands is its drawing's own affair. */
const DRAWN: Readonly<
  Record<
    string,
    ComponentType<{ readonly place: PlaceShown; readonly state: StreetState }> | undefined
  >
> = {
  'gate-1': Arena,
  'vending-1': VendingMachine,
  'kiosk-1': Shop,
};

export function Scene({ state }: { readonly state: StreetState }) {
  const box = useRef<HTMLElement>(null);
  const scale = useScale(box);
  const here = placeHere(state.places)?.id;
  useEffect(() => {
    const device = box.current?.querySelector(`[data-place="${here}"]`);
    device?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [here]);
  return (
    <section ref={box} class="scene" aria-label={text.value.street}>
      <div class="town" style={{ '--scale': scale }}>
        <Town />
        {state.places.map((place) => {
          const Drawn = DRAWN[place.id];
          return Drawn === undefined ? null : <Drawn key={place.id} place={place} state={state} />;
        })}
      </div>
    </section>
  );
}

/** As large as the height allows, as long as what must be seen is seen whole. */
function useScale(box: { readonly current: HTMLElement | null }): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      const seen = matchMedia(NARROW).matches ? SEEN.narrow : SEEN.wide;
      setScale(Math.min(clientHeight / TOWN.height, clientWidth / seen));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return scale;
}

function Town() {
  return (
    <svg class="drawing" viewBox="0 0 1920 500" aria-hidden="true">
      <title>{text.value.street}</title>
      <g class="far">
        <path d="M-600 500V330h90v-60h70v60h110v170zM-300 500V250h64v-50h50v300zM20 500V300h60v-70h80v110h70v160zM1690 500V210h70v290zM1800 500V300h90v-90h60v290zM1990 500V340h120v160zM2180 500V240h70v260z" />
      </g>
      <g class="next">
        <path d="M96 500V170h268v330M84 170v-26h292v26zM84 170v30a18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0v-30M150 500V268h96v232M276 268h60v84h-60z" />
        <path d="M1516 500V262h232v238M1494 266l138-86 138 86M1560 500V346h70v154M1660 330h56v56h-56zM1690 204v-50M1670 166h40M1675 178h30" />
        <path d="M1812 500V250h270v250M1892 250v-70h90v70M1937 198a17 17 0 1 1 0 34 17 17 0 0 1 0-34M1850 300h44v50h-44zM1940 300h44v50h-44z" />
        <path d="M-190 500V262h200v238M-210 266l120-74 120 74" />
      </g>
      <path class="ground" d="M-2000 498h6000" />
    </svg>
  );
}
