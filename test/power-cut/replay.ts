/** Cuts the power of a recording at moments and in ways that a seed chooses, and has each judged. */

import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Dice } from '../chaos/dice.ts';
import { judge } from './judge.ts';
import { type Loss, Medium } from './medium.ts';
import type { Operation, Recording } from './recording.ts';
import type { Said } from './said.ts';

const LOSSES = ['nothing', 'in-order', 'any', 'any'] as const;

/** A cut before operation `at`, and what of the unsynced it took. */
export interface Cut {
  readonly at: number;
  readonly loss: Loss;
  readonly seed: number;
}

export interface Found {
  readonly cut: Cut;
  readonly what: string;
}

/** Half of them right after something was said: then the most is at stake. */
export function cutsOf(operations: readonly Operation[], count: number, seed: number): Cut[] {
  const dice = new Dice(seed);
  const afterSaid = operations.flatMap(({ kind }, at) => (kind === 'said' ? [at + 1] : []));
  return Array.from({ length: count }, (_, n) => {
    const some = afterSaid[Math.floor(dice.next() * afterSaid.length)] ?? 0;
    const any = Math.floor(dice.next() * (operations.length + 1));
    return { at: n % 2 === 0 ? some : any, loss: dice.pick(LOSSES), seed: seed * 1_000 + n };
  });
}

/** Cuts at the end, when most has been said, of all that was not synced. */
export function lastMoments(operations: readonly Operation[], count: number): Cut[] {
  const last = operations.findLastIndex(({ kind }) => kind === 'said') + 1;
  return Array.from({ length: count }, (_, n) => ({ at: last, loss: 'nothing', seed: n }));
}

/** What was lost that must not be, by each cut; empty: nothing. `until`: stops there (performance.now()), after one cut at least. */
export async function replay(
  { folder, operations }: Recording,
  cuts: readonly Cut[],
  scratch: string,
  until = Number.POSITIVE_INFINITY,
): Promise<{ found: Found[]; done: number }> {
  const medium = new Medium(folder, statSync(folder).ino);
  const said: Said[] = [];
  const found: Found[] = [];
  const inOrder = cuts.toSorted((a, b) => a.at - b.at);
  let next = 0;
  let done = 0;
  for (const cut of inOrder) {
    if (done > 0 && performance.now() > until) break;
    for (; next < cut.at; next += 1) {
      const operation = operations[next];
      if (operation === undefined) break;
      medium.apply(operation);
      if (operation.kind === 'said') said.push(JSON.parse(operation.text));
    }
    const what = await judged(medium, cut, said, join(scratch, `cut-${cut.seed}`));
    if (what !== null) found.push({ cut, what });
    done += 1;
  }
  return { found, done };
}

async function judged(
  medium: Medium,
  { loss, seed }: Cut,
  said: readonly Said[],
  place: string,
): Promise<string | null> {
  const left = join(place, 'medium');
  mkdirSync(left, { recursive: true });
  try {
    medium.lose(left, loss, new Dice(seed));
    await judge(left, said, place);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
