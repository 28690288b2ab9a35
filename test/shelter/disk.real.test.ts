/** A shelter on a real, small file system: it takes people in where others would have closed, and then says that paper takes over. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { headroom, SERVICE_HEADROOM_BYTES } from '../../src/store/disk.ts';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { atTheShelter, households } from './at-the-shelter.ts';

/** More than the ledger keeps back would take. */
const PEOPLE_MAX = 30;

function inSmallTemporaryFolder(): void {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = smallDisk(60 * 1_048_576);
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
}

test('nearly full it goes on and says so; full, paper takes over; with room it goes on, and nothing is lost', () => {
  inSmallTemporaryFolder();
  return atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, waiting, screen, hold, remove, journal, facts, cards } = shelter;
    await waiting({ disk: 'ok' } as Partial<Screen>);
    await shelter.stopPlatform();
    const files = ['most', 'rest', 'last'].map((name) => join(shelter.directory, name));
    const [most = '', rest = '', last = ''] = files;
    writeFileSync(most, Buffer.alloc(headroom(shelter.directory) - SERVICE_HEADROOM_BYTES / 2, 1));
    await waiting({ disk: 'low' } as Partial<Screen>);
    await arrive(ticket('ken').card.card);

    // Not one byte: the ledger gives back what it kept for this.
    fillUp(rest);
    await arrive(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-family', count: 1 } as Partial<Screen>);

    // And nobody else must take that.
    let ignored = 0;
    for (let people = 0; people < PEOPLE_MAX && ignored === 0; people += 1) {
      fillUp(last);
      const before = journal.all.length;
      await hold((await cards.card()).card);
      const end = /^(shelter\.arrived|card\.ignored)$/u;
      const line = await journal.first(({ event }) => end.test(event), before);
      if (line.event === 'card.ignored') ignored += 1;
      else await remove();
    }
    expect(ignored).toBe(1);
    await screen({ screen: 'shelter-paper' });
    await remove();

    for (const file of files) rmSync(file);
    await arrive(ticket('yumi').card.card);
    const arrived = facts().filter(({ event }) => event === 'shelter.arrived');
    expect(arrived).toHaveLength(journal.count({ event: 'shelter.arrived' }));
    expect(journal.count({ event: 'terminal.out-of-service' })).toBe(0);
  });
});
