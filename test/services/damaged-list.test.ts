/** The file of the list rots under a gate that is open. */

import { openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atTheGate } from '../terminal.ts';

const PAGE = 4_096;

test('whoever can’t be looked up is sent to staff, and a moment later is let in: the list has mended itself', () =>
  atTheGate(async ({ directory, journal, tap }, { card }) => {
    await journal.next({ event: 'terminal.in-service' });
    const lists = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const path = join(directory, lists.find((name) => /lists\/[^/]+\.db$/u.test(name)) ?? '');
    const rows = Buffer.alloc(statSync(path).size - 2 * PAGE, 0xff);
    writeSync(openSync(path, 'r+'), rows, 0, rows.length, 2 * PAGE);
    expect(await tap(card.card)).toMatchObject({ event: 'entry.refused', reason: 'list-damaged' });
    await journal.next({ event: 'list.mended' });
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    expect(journal.count({ event: 'list.damaged' })).toBe(1);
  }));
