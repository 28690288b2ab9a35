/**
 * Publishes versions of one long list, in a process of its own: sealing a million rows is the organiser's work, and keeps
 * neither the bench nor the platform waiting. `publisher-process.ts STATE`, then one order at a time over Node's channel.
 */

import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import { importEntryList, readEntryListManifest } from '../../platform-sim/entry-lists.ts';
import type { Publication } from '../../platform-sim/registry.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { LIST } from '../terminal.ts';
import { EVENT, tickets } from './gate.ts';
import type { Published, PublishOrder } from './publisher.ts';

const { registry } = openStores(process.argv[2] ?? '');
const keys = await openKeys(process.argv[2] ?? '');
let rows: readonly CsvRow[] = [];
let published: Publication | undefined;

async function obey(order: PublishOrder): Promise<Published> {
  const begun = performance.now();
  const before = published;
  if (order.do === 'whole') rows = tickets(order.fingerprints, order.rows);
  else rows = moved(order.count);
  const newKey = order.do === 'whole' && before !== undefined;
  published = await importEntryList(registry, keys, LIST, rows, { ...EVENT, newKey }, Date.now());
  const [at, tookMs] = [Date.now(), performance.now() - begun];
  // Looked at only where it is little: a terminal is fetching meanwhile.
  const freshBytes = order.do === 'whole' ? null : bytesOf(published, before);
  return { version: published.version, at, tookMs, freshBytes };
}

/** So many rows, all over the table, with another seat. */
function moved(count: number): CsvRow[] {
  const step = Math.floor(rows.length / count);
  const isMoved = (n: number) => n % step === 0 && n / step < count;
  return rows.map((row, n) => (isMoved(n) ? { ...row, seat: `${row.seat} 移動` } : row));
}

/** Of the chunks that the version before does not have. */
function bytesOf(after: Publication, before: Publication | undefined): number {
  const held = new Set(before === undefined ? [] : chunksOf(before));
  const fresh = chunksOf(after).filter((chunk) => !held.has(chunk));
  return fresh.reduce((sum, chunk) => sum + (registry.object(chunk)?.length ?? 0), 0);
}

function chunksOf(publication: Publication): readonly string[] {
  return readEntryListManifest(LIST, publication).chunks;
}

process.on('message', (order: PublishOrder) => {
  void obey(order).then((said) => process.send?.(said));
});
process.on('disconnect', () => process.exit());
