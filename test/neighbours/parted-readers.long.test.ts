/**
 * Two readers of one shelter on two machines, with whatever may happen between them in any order, as often as fits in the time
 * (`KAZASU_PARTED_SECONDS`), each time with a seed of its own. `KAZASU_SEED=1234` replays one.
 */

import { randomInt } from 'node:crypto';
import { test } from 'vitest';
import { Dice } from '../chaos/dice.ts';
import { type PartedReaders, type Where, withPartedReaders } from './parted-readers.ts';

const SECONDS = Number(process.env['KAZASU_PARTED_SECONDS'] ?? 45);
const FAULTS_EACH = 9;
const LOST_MAX = 35;
const DELAY_MS_MAX = 250;

const NONE_LOST = { door: 0, gym: 0 } as const;

/** What may happen before the next one comes. Returns who hears nothing from then on; null: as before. */
const FAULTS = {
  lossy: async (shelter, dice) => {
    const lost = {
      door: Math.ceil(dice.next() * LOST_MAX),
      gym: Math.ceil(dice.next() * LOST_MAX),
    };
    await shelter.network({ lost });
    return [];
  },
  slow: async (shelter, dice) => {
    await shelter.network({ delayMs: Math.floor(dice.next() * DELAY_MS_MAX) });
    return null;
  },
  flaps: async (shelter) => {
    for (const isIn of [false, true, false, true]) shelter.plug(isIn);
    return null;
  },
  reset: async (shelter) => {
    for (const gone of [true, false]) await shelter.network({ gone });
    return null;
  },
  deafDoor: (shelter) => silence(shelter, ['door']),
  deafGym: (shelter) => silence(shelter, ['gym']),
  apart: (shelter) => silence(shelter, ['door', 'gym']),
  doorDies: (shelter) => dies(shelter, 'door'),
  gymDies: (shelter) => dies(shelter, 'gym'),
  whole: async (shelter) => {
    await shelter.network({ lost: NONE_LOST, delayMs: 0 });
    return [];
  },
} as const satisfies Readonly<
  Record<string, (shelter: PartedReaders, dice: Dice) => Promise<readonly Where[] | null>>
>;
type Fault = keyof typeof FAULTS;
const NAMES = Object.keys(FAULTS) as [Fault, ...Fault[]];

async function silence(shelter: PartedReaders, deaf: readonly Where[]): Promise<readonly Where[]> {
  const lost = { ...NONE_LOST, ...Object.fromEntries(deaf.map((where) => [where, 100])) };
  await shelter.network({ lost });
  return deaf;
}

async function dies(shelter: PartedReaders, where: Where): Promise<null> {
  await shelter.kill(where);
  await shelter.start(where);
  return null;
}

/** Somebody comes; to both readers, where the second one can't have heard of it. */
async function somebodyComes(shelter: PartedReaders, dice: Dice, deaf: readonly Where[]) {
  const [card] = await shelter.cards(1);
  if (card === undefined) throw new Error('there is a card');
  const [second] = deaf;
  if (second === undefined || dice.next() < 0.5) {
    await shelter.takesIn(dice.next() < 0.5 ? 'door' : 'gym', card);
    return;
  }
  await shelter.takesIn(second === 'door' ? 'gym' : 'door', card);
  await shelter.takesIn(second, card);
}

async function partingOf(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const happened: string[] = [];
  try {
    await withPartedReaders(async (shelter) => {
      let deaf: readonly Where[] = [];
      for (let people = 1; people <= FAULTS_EACH; people += 1) {
        const fault = dice.pick(NAMES);
        happened.push(fault);
        deaf = (await FAULTS[fault](shelter, dice)) ?? deaf;
        await somebodyComes(shelter, dice, deaf);
        // Nothing ends a connection of which one way is dead, unless somebody notices.
        if (deaf.length > 0 && dice.next() < 0.3) {
          happened.push('noticed');
          await shelter.bothNotice();
        }
      }
      await shelter.mend();
      happened.push('mended');
      await shelter.everybodyCounts(FAULTS_EACH);
    });
  } catch (error) {
    throw new Error(`seed ${seed}, after ${happened.join(', ')}`, { cause: error });
  }
}

test('whatever happens between two readers, and to them, everybody counts once at both, again and again', async () => {
  const replayed = process.env['KAZASU_SEED'];
  const end = performance.now() + SECONDS * 1_000;
  let partings = 0;
  try {
    do {
      await partingOf(replayed === undefined ? randomInt(2 ** 31) : Number(replayed));
      partings += 1;
    } while (performance.now() < end && replayed === undefined);
  } finally {
    process.stdout.write(`${partings} partings of ${FAULTS_EACH} faults\n`);
  }
});
