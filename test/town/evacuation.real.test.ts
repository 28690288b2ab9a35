/**
 * All parts of an evacuation together, as they stand in the field: two clerks at the municipality's page, a television with its
 * remote control, a shelter, one real pcscd, and a network that goes. The long form is evacuation.long.test.ts.
 */

import { expect, onTestFinished, test } from 'vitest';
import { ja } from '../../src/text/ja.ts';
import { launchChromium } from '../browser/chromium.ts';
import { Dice } from '../chaos/dice.ts';
import { withEvacuation } from '../rig/evacuation-site.ts';
import { EvacuationDay } from './evacuation-day.ts';

/** Half a minute where nothing else runs. */
const TEST_MS_MAX = 400_000;

test(
  'called by two clerks, answered by remote control, taken in at the shelter, without a network and with one: each arrives once',
  async () => {
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    await withEvacuation({ cards: 4, others: 6 }, async (site) => {
      const day = await EvacuationDay.begin(site, browser);
      await day.link(site.resident(0));
      await day.raise();
      await day.answer('blue');
      await day.counts('leaving', 1);
      await day.checkIn(site.resident(0));
      await day.counts('safe', 1);
      await day.counts('leaving', 0);
      await day.televisionSays(ja.television.alert.safe.title);

      await site.network({ gone: true });
      await day.checkIn(site.resident(1));
      await day.checkInWhileItDies(site.resident(2), new Dice(20_261_121));
      await day.platformDies();
      await day.checkIn(site.resident(3));
      expect(site.factsOf('shelter').map(({ event }) => event)).toEqual(['shelter.arrived']);
      await site.network({ gone: false, delayMs: 100, resetAfter: 1_500 });
      await day.everythingArrivesOnce();
      // What called them is there still.
      await day.televisionSays(ja.television.alert.safe.title);
    });
  },
  TEST_MS_MAX,
);
