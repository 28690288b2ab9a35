/** Two readers of one shelter, each a process of its own, without a list and after their platform has gone. */

import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { withSite } from '../rig/site.ts';
import { ShelterProgram, type StayLine } from './shelter-programs.ts';
import { freePort, Wire } from './wire.ts';

/** Of a fact, in a journal and at the platform. */
function nameOf({ event, at, mark }: StayLine): string {
  return `${event} ${at} ${mark}`;
}

test('a card that both took in is one person when they meet; killed, one catches up; the platform gets each fact once', () =>
  withSite({ tls: true }, async (site) => {
    const port = await freePort();
    const wire = await Wire.to(port);
    try {
      const [listen, gates] = [
        `listen = "127.0.0.1:${port}"`,
        `gates = ["127.0.0.1:${wire.port}"]`,
      ];
      const [door, gym] = await Promise.all([
        ShelterProgram.enrol(site, { name: 'shelter-1', neighbours: listen }),
        ShelterProgram.enrol(site, { name: 'shelter-2', neighbours: gates }),
      ]);
      await site.platform.end();
      wire.cut();
      await Promise.all([door.start(), gym.start()]);
      const cards = await Promise.all([1, 2, 3].map(async () => (await site.cards.card()).card));
      const [ken, yumi, hatsu] = cards as [CardDefinition, CardDefinition, CardDefinition];
      const arrivals = [await door.held(ken), await gym.held(ken)] as const;
      expect(arrivals[0].mark).not.toBe(arrivals[1].mark);

      wire.mend();
      await Promise.all(
        [door, gym].map(({ program }) => program.next({ event: 'neighbour.marks-shared' })),
      );
      await gym.hears([arrivals[0]]);
      const undone = await gym.held(ken, 'shelter.undone');
      expect(undone).toMatchObject({ by: 'reader', why: 'same-card' });

      await gym.program.killHard();
      const missed = [await door.held(yumi), await door.held(hatsu)];
      await gym.start();
      await gym.hears(missed);

      await site.startPlatform();
      const told = [...arrivals, undone, ...missed].map(nameOf);
      const atPlatform = async () =>
        (await site.facts())
          .filter(({ event }) => event.startsWith('shelter.'))
          .map(nameOf)
          .sort();
      await expect.poll(atPlatform, { timeout: 60_000, interval: 500 }).toEqual(told.sort());
    } finally {
      await wire.close();
    }
  }));
