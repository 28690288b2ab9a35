/** One decoder against damaged samples: what it may cost, and what of it is told when it fails. */

import fc from 'fast-check';
import { stopwatch } from '../rig/stopwatch.ts';
import { damaged } from './damage.ts';
import type { Decoder } from './decoders.ts';
import { kept } from './kept.ts';

/** Whatever comes is refused within this time (ms), also on a machine that is busy. */
const REFUSED_WITHIN_MS = 3_000;

/** Rejects with the shortest input that it found, and the seed that finds it again. */
export async function fuzz(decoder: Decoder, seed: number, runs: number): Promise<void> {
  const property = fc.asyncProperty(damaged(decoder.seeds), async (bytes) => {
    const took = stopwatch();
    try {
      await decoder.decode(bytes);
    } catch (error) {
      throw new Error(`thrown at ${Buffer.from(bytes).toString('hex')}`, { cause: error });
    }
    const ms = took();
    if (ms > REFUSED_WITHIN_MS) throw new Error(`it took ${Math.round(ms)} ms`);
  });
  const found = kept(decoder.name);
  const examples = [...decoder.seeds, ...found].map((bytes): [Uint8Array] => [bytes]);
  await fc.assert(property, { seed, numRuns: examples.length + runs, examples });
}
