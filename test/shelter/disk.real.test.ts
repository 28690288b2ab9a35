/** A shelter on a real, small file system: it takes people in where others would have closed, and then says that paper takes over. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { SERVICE_HEADROOM_BYTES } from '../../src/store/disk.ts';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { atTheShelter, households } from './at-the-shelter.ts';

function inSmallTemporaryFolder(): void {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = smallDisk(60 * 1_048_576);
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
}

test('nearly full it goes on and says so to staff; full, paper takes over; with room it goes on, and nothing is lost', () => {
  inSmallTemporaryFolder();
  return atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, waiting, screen, hold, remove, journal, facts, cards } = shelter;
    await arrive(ticket('ken').card.card);
    await shelter.stopPlatform();
    const ballast = join(shelter.directory, 'ballast');
    fillUp(ballast, SERVICE_HEADROOM_BYTES / 2);
    await waiting({ disk: 'low', people: 1 } as Partial<Screen>);
    await arrive(ticket('yumi').card.card);
    await screen({ screen: 'shelter-family' });

    fillUp(join(shelter.directory, 'more'));
    // The ledger gives back what it kept for this: more than a thousand people.
    await arrive(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-family', count: 1 } as Partial<Screen>);
    fillUp(join(shelter.directory, 'all'));
    const stranger = (await cards.card()).card;
    const before = journal.all.length;
    for (let tries = 0; journal.count({ event: 'card.ignored' }) === 0; tries += 1) {
      expect(tries).toBeLessThan(20);
      await hold((await cards.card()).card);
      await journal.first(
        ({ event }) => /^(shelter.arrived|card.ignored)$/u.test(event),
        before + tries,
      );
      await remove();
      fillUp(join(shelter.directory, `again-${tries}`));
    }
    await screen({ screen: 'shelter-paper' });

    for (const file of ['ballast', 'more', 'all']) {
      rmSync(join(shelter.directory, file), { force: true });
    }
    await arrive(stranger);
    const arrived = facts().filter(({ event }) => event === 'shelter.arrived');
    expect(arrived.length).toBe(journal.count({ event: 'shelter.arrived' }));
    expect(journal.count({ event: 'terminal.out-of-service' })).toBe(0);
  });
});
