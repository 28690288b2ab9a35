/** A short run, with the same seeds each time; `decoders.long.test.ts` has new ones. */

import { describe, test } from 'vitest';
import { DECODERS } from './decoders.ts';
import { fuzz } from './run.ts';

const RUNS = 150;

describe.each([2_016, 220])(
  'damaged bytes are taken or refused, and nothing else (seed %i)',
  (seed) => {
    test.each(DECODERS)('$name', (decoder) => fuzz(decoder, seed, RUNS));
  },
);
