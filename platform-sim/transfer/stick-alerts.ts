/** The alerts that count now, on a stick: what the platform tells with every welcome, for whoever hears no welcome. */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformFrame } from '../../src/link/protocol.ts';
import type { AlertStore } from '../alerts/alert-store.ts';

/** In the place of those that were on it. Returns how many there are. */
export function putAlerts(
  directory: string,
  alerts: Pick<AlertStore, 'told'>,
  municipality: string,
  now: number,
): number {
  const frames: PlatformFrame[] = alerts
    .told(now)
    .filter((told) => told.municipality === municipality)
    .map(({ signed }) => ({ frame: 'alert', statement: signed.toString('base64') }));
  const folder = join(directory, 'kazasu');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'alerts.json');
  writeFileSync(`${file}.part`, JSON.stringify(frames), { flush: true });
  renameSync(`${file}.part`, file);
  return frames.length;
}
