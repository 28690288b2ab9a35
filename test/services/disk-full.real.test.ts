/** A real, small file system under a whole terminal. Needs root to mount it. */

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { atTheGate, LIST } from '../terminal.ts';

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

test('a disk that is full of copies: these go first, and the gate serves on', () => {
  inSmallTemporaryFolder();
  return atTheGate(async (world, { card }) => {
    const { journal, tap, config } = world;
    await journal.next({ event: 'terminal.in-service' });
    await world.stopPlatform();
    const chunks = join(config.state, 'chunks', LIST);
    mkdirSync(chunks, { recursive: true });
    const copy = join(chunks, 'a'.repeat(64));
    fillUp(copy);
    await expect.poll(() => existsSync(copy), { timeout: 60_000 }).toBe(false);
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    expect(journal.count({ event: 'disk.full' })).toBe(0);
  });
});
