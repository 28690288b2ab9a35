/** Every sample of every screen at the sizes that the quick tests leave out. */

import { everySampleFits } from './every-sample.ts';

for (const size of ['1280x720', '1280x800', '1920x1080'] as const) everySampleFits(size);
