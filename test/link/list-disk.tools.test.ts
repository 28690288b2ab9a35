/** A list that does not fit on the disk. Needs root to mount a small one. */

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeChunk } from '../../src/link/protocol.ts';
import { headroom, RESERVE_BYTES, SERVICE_HEADROOM_BYTES } from '../../src/store/disk.ts';
import { smallDisk } from '../store/fixtures.ts';
import { FakePlatform } from './fake-platform.ts';
import { LIST, TestTerminal } from './fixtures.ts';

const MIB = 1_048_576;

/** 100 rows in 10 chunks of 600 KB each. */
function largeChunks(): Buffer[] {
  return Array.from({ length: 10 }, (_, n) =>
    encodeChunk(
      Array.from({ length: 10 }, (_, m) => ({
        key: Buffer.alloc(32, n * 10 + m),
        ref: Buffer.alloc(16, m),
        sealed: Buffer.alloc(60_000, m),
      })),
    ),
  );
}

test('a list that finds no room gives back what it took, says so once, and comes by itself when there is room', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal(smallDisk(48 * MIB));
  await terminal.connect(platform.url);
  await platform.sendHead((await platform.publish(1)).head);
  await terminal.until('list.activated', { version: 1 });

  const ballast = join(terminal.state, 'ballast');
  const spare = SERVICE_HEADROOM_BYTES + RESERVE_BYTES + 3 * MIB;
  writeFileSync(ballast, Buffer.alloc(headroom(terminal.state) - spare));
  const before = headroom(terminal.state);
  const second = await platform.publish(2, {}, largeChunks());
  await platform.sendHead(second.head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'disk-full', version: 2 });
  const chunks = join(terminal.state, 'chunks', LIST);
  // It is tried once more, without what only version 1 needed.
  const left = () => (existsSync(chunks) ? readdirSync(chunks) : []);
  await expect
    .poll(() => [left(), headroom(terminal.state) >= before], { timeout: 60_000 })
    .toEqual([[], true]);
  expect(terminal.shelf.active(LIST)?.manifest.version).toBe(1);

  rmSync(ballast);
  await terminal.until('list.activated', { version: 2 });
  expect(terminal.of('list.rejected')).toHaveLength(1);
  // Three attempts; of one that ends early, requests on their way are made once more.
  for (const chunk of second.manifest.chunks) {
    const asked = platform.requests.filter((sha256) => sha256 === chunk).length;
    expect(asked).toBeLessThanOrEqual(6);
  }
});
