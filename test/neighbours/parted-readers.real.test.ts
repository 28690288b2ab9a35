/** Two readers of one shelter, each on a machine of its own, and everything that may happen between them. Real TCP, TLS and time. */

import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { withPartedReaders } from './parted-readers.ts';

/** A quarter of a minute where nothing else runs. */
const TEST_MS_MAX = 400_000;

test(
  'over a cable that loses, delays, flaps and parts, one of them killed: everybody is taken in at once, and counts once at both',
  () =>
    withPartedReaders(async (shelter) => {
      const cards = await shelter.cards(7);
      const [ken, hatsu, yumi, ...others] = cards as [
        CardDefinition,
        CardDefinition,
        CardDefinition,
        ...CardDefinition[],
      ];
      const next = () => others.shift() ?? ken;

      await shelter.network({ lost: { door: 20, gym: 20 }, delayMs: 60 });
      await shelter.takesIn('door', ken);
      await shelter.takesIn('gym', hatsu);
      await shelter.bothHear();
      await shelter.network({ lost: { door: 0, gym: 0 }, delayMs: 0 });

      shelter.plug(false);
      await shelter.takesIn('door', next());
      shelter.plug(true);
      await shelter.network({ gone: true });
      shelter.plug(false);
      await shelter.takesIn('gym', next());
      shelter.plug(true);
      await shelter.network({ gone: false });
      await shelter.bothHear();

      // Silence one way, and then both ways: no end of a connection is told, and nobody waits for one.
      await shelter.network({ lost: { gym: 100 } });
      await shelter.takesIn('door', next());
      await shelter.network({ lost: { door: 100 } });
      await shelter.takesIn('gym', next());
      await shelter.kill('gym');
      await shelter.handsOut('door', 'water', ken);
      await shelter.takesIn('door', yumi);
      await shelter.start('gym');
      await shelter.handsOut('gym', 'water', ken);
      await shelter.takesIn('gym', yumi);
      await expect.poll(() => shelter.toldBy('door')).toEqual(shelter.saidBy('door'));
      expect(shelter.toldBy('gym')).toEqual([]);

      await shelter.mend();
      const doubles = await shelter.bothSay('neighbour.double-supply');
      for (const double of doubles) {
        expect(double).toMatchObject({
          ...{ kind: 'water', first: { terminal: 'door' }, second: { terminal: 'gym' } },
        });
      }
      await shelter.everybodyCounts(cards.length);
    }),
  TEST_MS_MAX,
);
