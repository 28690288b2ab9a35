/** A real, small file system. Needs root to mount it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { FakePlatform } from './fake-platform.ts';
import { LIST, TestTerminal } from './fixtures.ts';

test('on a full disk the active list stays, facts go on, and with space the list comes by itself', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal(smallDisk(40 * 1_048_576));
  await terminal.connect(platform.url);
  await platform.sendHead((await platform.publish(1)).head);
  await terminal.until('list.activated', { version: 1 });

  const ballast = join(terminal.state, 'ballast');
  fillUp(ballast);
  const { head } = await platform.publish(2);
  await platform.sendHead(head);
  expect(await terminal.until('list.rejected')).toMatchObject({ reason: 'disk-full', version: 2 });
  expect(terminal.shelf.active(LIST)?.manifest.version).toBe(1);

  rmSync(ballast);
  terminal.record(3);
  await terminal.until('facts.acknowledged', { waiting: 0 });
  await terminal.until('list.activated', { version: 2 });
});
