/** The screen beside the gate: what is wrong with it is said, healed, and stops nobody from entering. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hanako, withTerminal } from '../terminal.ts';
import { builtPages } from './fake-source.ts';
import { tokenOf } from './test-browser.ts';

test('a port that is taken is said once, the gate serves meanwhile, and the screen comes when it is free', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const configured = `[screen]\nport = ${port}\n`;
  await withTerminal({ tickets: hanako, configured, pages: await builtPages() }, async (world) => {
    const { journal } = world;
    const lost = await journal.next({ event: 'device.lost', device: 'screen' });
    expect(lost['reason']).toContain('EADDRINUSE');
    await world.screen({ screen: 'waiting' });
    const answer = await world.tap(world.ticket('hanako').card.card);
    expect(answer.event).toBe('entry.granted');
    expect(journal.count({ event: 'device.lost', device: 'screen' })).toBe(1);
    other.close();
    const ready = await journal.next({ event: 'device.ready', device: 'screen' });
    expect(ready['name']).toBe(`http://127.0.0.1:${port}`);
    expect(await tokenOf(String(ready['name']))).toMatch(/./u);
  });
});

test('a page that is not built is said, and the gate serves', () =>
  withTerminal(
    { tickets: hanako, configured: '[screen]\nport = 0\n', pages: '/nowhere' },
    async (world) => {
      const lost = await world.journal.next({ event: 'device.lost', device: 'screen' });
      expect(lost['reason']).toContain('not built');
      await world.screen({ screen: 'waiting' });
      const answer = await world.tap(world.ticket('hanako').card.card);
      expect(answer.event).toBe('entry.granted');
    },
  ));
