/** A card that is on no list, taken in under two marks: by readers that did not know each other's key yet. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import type { Supply } from '../../src/domain/evacuation.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { atTheShelter, type Shelter } from './at-the-shelter.ts';

/** To somebody who is here. */
async function handOut(shelter: Shelter, kind: Supply, card: CardDefinition): Promise<void> {
  const { hold, remove, screen, press } = shelter;
  await hold(card);
  await screen({ screen: 'shelter-menu' });
  await remove();
  press({ key: 'choose', choice: 'supplies' });
  await screen({ screen: 'shelter-supplies' });
  press({ key: 'choose', choice: kind });
  await screen({ screen: 'shelter-done', kind } as Partial<Screen>);
}

const counting = (people: number) => ({ reader: true, people }) as Partial<Screen>;

test('it is one person again as soon as it is held, with what they had under either mark, and what they were handed twice is said', () =>
  atTheShelter({}, async (shelter) => {
    const { arrive, hold, remove, screen, press, facts, journal, cards, config } = shelter;
    const { card } = await cards.card();
    const file = join(config.state, 'shelter-mark.key');
    const keys: Buffer[] = [];
    for (const supplies of [['water'], ['blanket', 'water']] as const) {
      await arrive(card);
      await screen({ screen: 'shelter-family' });
      press({ key: 'enter' });
      for (const kind of supplies) await handOut(shelter, kind, card);
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
    const [first, second] = [{ terminal: config.name }, { terminal: config.name }];
    const said = () => journal.all.filter(({ event }) => event === 'neighbour.double-supply');
    expect(said()).toMatchObject([{ kind: 'water', first, second }]);
    const undone = facts().filter(({ event }) => event === 'shelter.undone');
    expect(undone).toMatchObject([{ body: { by: 'reader', why: 'same-card' } }]);
    press({ key: 'back' });
    await shelter.waiting(counting(1));
    // Once, and not with every tap.
    await hold(card);
    await screen({ screen: 'shelter-menu' });
    await remove();
    expect(facts().filter(({ event }) => event === 'shelter.undone')).toHaveLength(1);
    expect(said()).toHaveLength(1);
    expect(facts().filter(({ event }) => event === 'shelter.arrived')).toHaveLength(2);
  }));
