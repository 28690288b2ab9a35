/**
 * As many days of evacuation as fit in the time, each with a seed of its own: people are taken in while networks come and go, are
 * slow, or reset what is on its way, and shelter, television, platform and page are killed. `KAZASU_SEED=1234` replays one.
 */

import { randomInt } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { test } from 'vitest';
import { ja } from '../../src/text/ja.ts';
import { launchChromium } from '../browser/chromium.ts';
import { Dice } from '../chaos/dice.ts';
import { withEvacuation } from '../rig/evacuation-site.ts';
import { EvacuationDay } from './evacuation-day.ts';

const MINUTES = Number(process.env['KAZASU_CHAOS_MINUTES'] ?? 4);
const PEOPLE = 14;
const DELAY_MS_MAX = 300;
const RESET_BYTES_MAX = 4_000;

const { alert } = ja.television;

/** What may happen before the next one comes. */
const FAULTS = {
  gone: ({ site }) => site.network({ gone: true }),
  back: ({ site }) => site.network({ gone: false }),
  flaps: async ({ site }) => {
    for (const gone of [true, false, true, false]) await site.network({ gone });
  },
  slow: ({ site }, dice) => site.network({ delayMs: Math.floor(dice.next() * DELAY_MS_MAX) }),
  reset: ({ site }, dice) =>
    site.network({ gone: false, resetAfter: Math.floor(dice.next() * RESET_BYTES_MAX) }),
  platform: (day) => day.platformDies(),
  page: (day) => day.pageDies(),
  television: (day) => day.televisionDies(),
  nothing: async () => {},
} as const satisfies Readonly<Record<string, (day: EvacuationDay, dice: Dice) => Promise<void>>>;
type Fault = keyof typeof FAULTS;
const FAULT_NAMES = Object.keys(FAULTS) as [Fault, ...Fault[]];

async function dayOf(seed: number, browser: Browser): Promise<Fault[]> {
  const dice = new Dice(seed);
  const happened: Fault[] = [];
  try {
    await withEvacuation({ cards: PEOPLE, others: PEOPLE }, async (site) => {
      const day = await EvacuationDay.begin(site, browser);
      await day.link(site.resident(0));
      await day.raise();
      await day.answer('red');
      await day.counts('help', 1);
      for (const resident of site.residents.slice(1)) {
        const fault = dice.pick(FAULT_NAMES);
        happened.push(fault);
        await FAULTS[fault](day, dice);
        await day.televisionSays(alert.call[4]);
        if (dice.next() < 0.4) await day.checkInWhileItDies(resident, dice);
        else await day.checkIn(resident);
      }
      await site.network({ gone: false, delayMs: 0, resetAfter: null });
      await day.everythingArrivesOnce();
      // Whoever asked for help and came nowhere is still the one who needs it, on the page and at home.
      await day.counts('help', 1);
      await day.televisionSays(alert.call[4]);
      await day.close();
    });
  } catch (error) {
    throw new Error(`seed ${seed}, after ${happened.join(', ')}`, { cause: error });
  }
  return happened;
}

test('whatever breaks between the call and the shelter, everybody arrives once, again and again', async () => {
  const replayed = process.env['KAZASU_SEED'];
  const browser = await launchChromium();
  const end = performance.now() + MINUTES * 60_000;
  let [days, faults] = [0, 0];
  try {
    do {
      const seed = replayed === undefined ? randomInt(2 ** 31) : Number(replayed);
      faults += (await dayOf(seed, browser)).length;
      days += 1;
    } while (performance.now() < end && replayed === undefined);
  } finally {
    await browser.close();
    process.stdout.write(`${days} days of evacuation, ${faults} faults\n`);
  }
});
