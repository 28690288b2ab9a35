/** A real, small file system under a whole terminal. Needs root to mount it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { atTheGate } from '../terminal.ts';

function inSmallTemporaryFolder(): void {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = smallDisk(60 * 1_048_576);
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
}

test('a full disk: no service, also after a restart; with space it serves again, and no fact is lost', () => {
  inSmallTemporaryFolder();
  return atTheGate(async (world, { card }) => {
    const { journal, tap, papers } = world;
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    await journal.next({ event: 'print.done' });
    await world.stopPlatform();
    const ballast = join(world.directory, 'ballast');

    fillUp(ballast);
    await journal.next({ event: 'disk.full' });
    await journal.next({ event: 'terminal.out-of-service', reason: 'disk-full' });
    expect(await tap(card.card)).toMatchObject({ event: 'card.ignored', reason: 'disk-full' });

    await world.stop();
    const before = journal.all.length;
    await world.start();
    await journal.next({ event: 'terminal.out-of-service', reason: 'disk-full' }, before);
    expect(await tap(card.card)).toMatchObject({ event: 'card.ignored', reason: 'disk-full' });

    rmSync(ballast);
    await journal.next({ event: 'disk.ok' }, before);
    await journal.next({ event: 'terminal.in-service' }, before);
    expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
    expect(await papers()).toHaveLength(0);
    expect(journal.count({ event: 'entry.granted' })).toBe(1);
    expect(journal.count({ event: 'event.dropped' })).toBe(0);
  });
});
