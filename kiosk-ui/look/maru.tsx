/** 一筆のまる, the one-stroke maru: a line leaves the reader and, while the card is held, writes a circle. */

import type { ComponentChildren } from 'preact';

export type MaruState = 'waiting' | 'hold' | 'done' | 'take' | 'problem' | 'closed';
export type Edge = 'down' | 'right' | 'left' | 'up';

export interface MaruProps {
  readonly state: MaruState;
  /** The edge at which the thread leaves: the one nearest the reader. Null: no reader has to do with it. */
  readonly to: Edge | null;
  /** What stands in the ring instead of the card: the seat, a name, a number. */
  readonly children?: ComponentChildren;
}

/** From the reader to where the circle begins, below left; far enough to leave any screen. */
const THREAD = 'M200 3600L200 492C200 420 159.5 351.6 120.5 327.2';
/** The same, outward: the beads run from the ring to the reader. */
const BEADS = 'M120.5 327.2C159.5 351.6 200 420 200 492L200 3600';
/** Clockwise from below; `pathLength` makes its dashes per cent. */
const RING = 'M120.5 327.2A150 150 0 0 1 279.5 72.8A150 150 0 0 1 120.5 327.2';
const CARD_MARK =
  'M118 241v-9a21 21 0 0 1 42 0v9zM139 170a19 19 0 1 1 0 38 19 19 0 0 1 0-38zM182 166h98v12h-98zM182 196h98v12h-98zM182 226h62v12h-62z';
const CARD = { x: 100, y: 137, width: 200, height: 126, rx: 13 } as const;

/**
 * Fills the box that holds it, which is square; the ring has three quarters of its width. Decoration for assistive
 * technology: the words beside it say the same.
 */
export function Maru({ state, to, children }: MaruProps) {
  const hasAnswer = children !== undefined && children !== null;
  const classes = ['maru', ...(to === null ? ['alone'] : []), ...(hasAnswer ? ['answered'] : [])];
  return (
    <div class="maru-box" aria-hidden="true">
      <svg
        class={classes.join(' ')}
        data-state={state}
        data-to={to ?? 'down'}
        viewBox="0 0 400 400"
        aria-hidden="true"
      >
        <circle class="field" cx="200" cy="200" r="150" />
        <g class="turn">
          <path class="track leash" d={THREAD} />
          <circle class="track" cx="200" cy="200" r="150" />
          <path class="beads" d={BEADS} />
          <path class="thread" d={THREAD} />
          <path class="ring" pathLength="100" d={RING} />
        </g>
        <rect class="ghost" {...CARD} />
        <rect class="shade" {...CARD} />
        <g class="card">
          <rect class="body" {...CARD} />
          <path class="mark" d={CARD_MARK} />
        </g>
        <path class="bang" d="M200 128V212M200 266v.1" />
        <path class="bar" d="M132 200H268" />
      </svg>
      {hasAnswer && <div class="answer">{children}</div>}
    </div>
  );
}
