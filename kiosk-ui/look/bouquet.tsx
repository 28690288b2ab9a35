/** Several people, one reader: a ring each, their lines leave it together. */

import type { ComponentChildren } from 'preact';

export interface Bloom {
  /** What stands in the ring. */
  readonly inside: ComponentChildren;
  /** The next one, who has not come yet. */
  readonly isNext: boolean;
}

interface BouquetProps {
  readonly blooms: readonly Bloom[];
  /** Lines go down to the reader; where it is elsewhere, the rings stand for themselves. */
  readonly lines: boolean;
}

/** Of the drawing; all lengths below are in its units. */
const WIDTH = 1_280;
const HEIGHT = 430;
/** Where the lines come in. */
const ROOT = { x: 660, y: 470 } as const;
const CENTRE_Y = 112;
const RADIUS = 102;
/** Places in a row when there are few; many share the width. */
const PLACES = 4;
/** Part of a ring's share of the width that it fills. */
const FILLS = 0.86;
const LEFT_OF_ROOT = 100;
const RIGHT_OF_ROOT = 158;

export function Bouquet({ blooms, lines }: BouquetProps) {
  const places = Math.max(PLACES, blooms.length);
  const share = WIDTH / places;
  const radius = Math.min(RADIUS, (share * FILLS) / 2);
  return (
    <div class="bouquet" data-many={places > PLACES}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {blooms.map(({ isNext }, at) => {
          const x = share * (at + 0.5);
          const { line, ring } = pathsOf(x, radius);
          return (
            <g class={isNext ? 'next' : ''} key={at}>
              <circle class="field" cx={x} cy={CENTRE_Y} r={radius} />
              <path class="line" d={lines ? `${line}${ring}` : `M${ring.slice(1)}`} />
              {isNext && lines && <path class="beads" d={line} />}
            </g>
          );
        })}
      </svg>
      <ul style={{ gridTemplateColumns: `repeat(${places}, 1fr)` }}>
        {blooms.map(({ inside, isNext }, at) => (
          <li class={isNext ? 'next' : ''} key={at}>
            {inside}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The line meets its ring where it goes on as the ring, clockwise. `ring` begins with its starting point. */
function pathsOf(x: number, radius: number): { readonly line: string; readonly ring: string } {
  const degrees = x < ROOT.x ? LEFT_OF_ROOT : RIGHT_OF_ROOT;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const start = { x: x + radius * cos, y: CENTRE_Y + radius * sin };
  const across = { x: x - radius * cos, y: CENTRE_Y - radius * sin };
  const reach = 0.33 * Math.hypot(ROOT.x - start.x, ROOT.y - start.y);
  const bend = { x: start.x + reach * sin, y: start.y - reach * cos };
  const begin = `${tidy(start.x)} ${tidy(start.y)}`;
  const half = (to: string) => `A${tidy(radius)} ${tidy(radius)} 0 0 1 ${to}`;
  return {
    line: `M${ROOT.x} ${ROOT.y}C${ROOT.x} 340 ${tidy(bend.x)} ${tidy(bend.y)} ${begin}`,
    ring: `L${begin}${half(`${tidy(across.x)} ${tidy(across.y)}`)}${half(begin)}`,
  };
}

function tidy(length: number): string {
  return length.toFixed(1);
}
