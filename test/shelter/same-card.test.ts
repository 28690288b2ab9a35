/** A card that is on no list, taken in under two marks: by readers that did not know each other's key yet. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { atTheShelter } from './at-the-shelter.ts';

const counting = (people: number) => ({ reader: true, people }) as Partial<Screen>;

test('it is one person again as soon as it is held, with what they had under either mark', () =>
  atTheShelter({}, async (shelter) => {
    const { arrive, hold, remove, screen, press, facts, cards, config } = shelter;
    const { card } = await cards.card();
    const file = join(config.state, 'shelter-mark.key');
    const keys: Buffer[] = [];
    for (const _reader of ['door', 'gym']) {
      await arrive(card);
      await shelter.stop();
      keys.push(readFileSync(file));
      // What the other one has, until they meet.
      writeFileSync(file, Buffer.alloc(32, 7));
      await shelter.start();
      await shelter.waiting(counting(keys.length));
    }
    expect(keys[0]).not.toEqual(keys[1]);
    await shelter.stop();
    writeFileSync(file, Buffer.concat(keys));
    await shelter.start();
    await shelter.waiting(counting(2));

    await hold(card);
    await screen({ screen: 'shelter-menu' });
    await remove();
    const undone = facts().filter(({ event }) => event === 'shelter.undone');
    expect(undone).toMatchObject([{ body: { by: 'reader', why: 'same-card' } }]);
    press({ key: 'back' });
    await shelter.waiting(counting(1));
    // Once, and not with every tap.
    await hold(card);
    await screen({ screen: 'shelter-menu' });
    await remove();
    expect(facts().filter(({ event }) => event === 'shelter.undone')).toHaveLength(1);
    expect(facts().filter(({ event }) => event === 'shelter.arrived')).toHaveLength(2);
  }));
