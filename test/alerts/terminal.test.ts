/** A whole terminal that stands somewhere: from its configuration to what it shows, over a start without a network. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlertOrder } from '../../platform-sim/alerts/order.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import { type World, withTerminal } from '../terminal.ts';
import { CITY } from './drafts.ts';

const configured = `[place]\nmunicipality = "${CITY}"\ndistrict = "kawara"\n`;

async function send({ platform }: World, order: AlertOrder): Promise<string> {
  const { id, sha256 } = platform.alertDesk.propose(order, '田中');
  await platform.alertDesk.consent(id, sha256, '森');
  return id;
}

test('an alert is taken while it serves, is there after a power cut without a network, and ends', () =>
  withTerminal({ configured }, async (world) => {
    const { journal, directory } = world;
    const offline = offlineFolder(join(directory, 'platform'));
    await nameAlertKey(world.platform.stores.keys, offline, CITY, Date.now());
    await journal.next({ event: 'link.up' });
    const order = { do: 'alert', municipality: CITY, drill: true, level: 3, minutes: 60 } as const;
    const alert = await send(world, { ...order, districts: ['kawara'] });
    await journal.next({ event: 'alert.taken', alert, level: 3, drill: true });

    await world.stopPlatform();
    await world.stop();
    const before = journal.all.length;
    await world.start();
    await world.startPlatform();
    await send(world, { do: 'all-clear', alert });
    // It was active when the end of it came: it had come through.
    await journal.next({ event: 'alert.over', alert, why: 'all-clear' }, before);
    expect(journal.all.slice(before).filter(({ event }) => event === 'alert.rejected')).toEqual([]);
  }));
