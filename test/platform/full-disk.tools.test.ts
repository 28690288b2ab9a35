/** The platform on a real, small file system that fills up. Needs root to mount it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fillUp, smallDisk } from '../store/fixtures.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { TestPlatform } from './test-platform.ts';

/** Together less than a frame, and more than SQLite has blocks for already. */
const FACTS = 90;
const PAD = 'x'.repeat(10_000);

test('on a full disk the platform lives, asks for patience, and with space it has every fact once', async () => {
  const stateDirectory = smallDisk(64 * 1_048_576);
  const platform = await TestPlatform.start({ stateDirectory });
  onTestFinished(() => platform.stop());
  const chain = new Chain();
  for (let n = 0; n < FACTS; n += 1) chain.add({ PAD });

  const ballast = join(stateDirectory, 'ballast');
  fillUp(ballast);
  const early = await BareTerminal.connect(platform.url);
  early.hello(chain);
  early.facts(1, chain.items);
  expect(await early.closed).toBe(1013);
  expect(early.frames.filter(({ frame }) => frame === 'ack')).toEqual([]);
  expect(platform.logged).toContainEqual(expect.objectContaining({ event: 'facts.unwritable' }));

  rmSync(ballast);
  const again = await BareTerminal.greet(platform.url, chain);
  expect(again.welcome.upto).toBe(0);
  expect(await again.tell(chain)).toBe(FACTS);
  expect(platform.storedFacts().map(({ seq }) => seq)).toEqual(chain.items.map((_, n) => n + 1));
});
