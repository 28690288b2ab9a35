/** Every sample of every screen at the sizes that the quick tests leave out. */

import { everySampleFits } from './every-sample.ts';

for (const size of ['1280x720', '1920x1080'] as const) {
  everySampleFits(size, { gates: 'every', kiosks: 'none' });
}
everySampleFits('1280x800', { gates: 'every', kiosks: 'every' });
everySampleFits('1080x1920', { gates: 'every', kiosks: 'every' });
