/** What one person was handed twice on one day, by readers of a shelter that did not know it of each other. */

import type { Fact } from './fact.ts';

/** When, and by which reader. */
interface HandedOut {
  readonly at: string;
  readonly terminal: string;
}

interface DoubleSupply {
  /** YYYY-MM-DD of Japan. */
  readonly day: unknown;
  readonly kind: unknown;
  readonly first: HandedOut;
  readonly second: HandedOut;
}

/** Of supplies of one person, one of them among `ours`. Null: none of ours is the same, or staff knew. */
export function doubleSupply(theirs: Fact, ours: readonly Fact[]): DoubleSupply | null {
  const { day, kind } = theirs.body;
  for (const own of ours.toReversed()) {
    if (own.body['day'] !== day || own.body['kind'] !== kind || isSame(own, theirs)) continue;
    const [first, second] = inOrder(own, theirs);
    // Whoever handed it out again knew of the one before; of a third one, elsewhere, they may have known nothing.
    if (second.body['again'] === undefined) {
      return { day, kind, first: handedOut(first), second: handedOut(second) };
    }
  }
  return null;
}

function handedOut({ at, terminal }: Fact): HandedOut {
  return { at, terminal };
}

/** The same at every reader. */
function inOrder(one: Fact, other: Fact): [Fact, Fact] {
  const isFirst = one.at === other.at ? one.terminal < other.terminal : one.at < other.at;
  return isFirst ? [one, other] : [other, one];
}

function isSame(one: Fact, other: Fact): boolean {
  return one.terminal === other.terminal && one.epoch === other.epoch && one.seq === other.seq;
}
