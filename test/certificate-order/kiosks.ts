/** Kiosks of a test, with folders of their own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrderWorld } from './order-world.ts';

const ends: (() => Promise<void>)[] = [];

/** After each test. */
export async function endKiosks(): Promise<void> {
  for (const end of ends.splice(0)) await end();
}

/** One that does not run yet. */
export function unstarted(pages: number): OrderWorld {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-order-'));
  const world = new OrderWorld(folder, pages);
  ends.push(async () => {
    await world.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return world;
}

/** One at which somebody has just begun. */
export async function kiosk({ pages = 1 } = {}): Promise<OrderWorld> {
  const world = unstarted(pages);
  await world.start();
  world.begin();
  return world;
}
