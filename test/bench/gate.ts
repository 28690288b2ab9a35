/** The gate under measurement: a site as in the stories, with a list as long as a stadium's. */

import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import { importEntryList, type ListSettings } from '../../platform-sim/entry-lists.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import type { TestCard } from '../cards.ts';
import type { Site } from '../rig/site.ts';
import { LIST } from '../terminal.ts';
import type { Bench } from './figures.ts';

const ROWS = 100_000;
const QUICK_ROWS = 10_000;

/** pcscd polls every 400 ms (PCSCLITE_STATUS_POLL_RATE); a card that comes back sooner may not have been away. */
export const SEEN_GONE_MS = 600;
const REVOKED = 1_000;
/** What the list says of its event. */
export const EVENT = { title: '春の音楽祭', place: 'かざす市民球場' } as const;

/** How long the entry list of the gate is. */
export function rowsOf({ quick }: Pick<Bench, 'quick'>): number {
  return quick ? QUICK_ROWS : ROWS;
}

/** Publishes trust and a list of `rows` rows, by the platform's own code; hands back the cards that are on it. */
export async function publish(
  site: Site,
  wanted: {
    readonly rows: number;
    readonly cards: number;
    readonly settings?: ListSettings;
  },
): Promise<TestCard[]> {
  const cards = await newCards(site, wanted.cards);
  await publishTrust(site);
  const fingerprints = cards.map(({ der }) => fingerprintOf(der));
  const stores = openStores(site.platformState);
  try {
    const keys = await openKeys(site.platformState);
    const said = { ...EVENT, startsAt: new Date().toISOString(), ...wanted.settings };
    const rows = tickets(fingerprints, wanted.rows);
    await importEntryList(stores.registry, keys, LIST, rows, said, Date.now());
  } finally {
    stores.close();
  }
  return cards;
}

export async function newCards(site: Site, count: number): Promise<TestCard[]> {
  const cards: TestCard[] = [];
  while (cards.length < count) cards.push(await site.cards.card());
  return cards;
}

/** The authority of the site's cards, and a revocation list on which none of them is. */
export async function publishTrust(site: Site): Promise<void> {
  const { authority } = site.cards;
  const ca = join(site.directory, 'ca.der');
  const crl = join(site.directory, 'crl.der');
  const revoked = Array.from({ length: REVOKED }, () => {
    return { serial: randomBytes(8).fill(1, 0, 1), reason: 'superseded', at: new Date() } as const;
  });
  await writeFile(ca, authority.caCertificate);
  await writeFile(crl, authority.crl({ revoked }));
  const stores = openStores(site.platformState);
  try {
    const keys = await openKeys(site.platformState);
    await addTrust(stores.registry, keys, { ca: [ca], crl: [crl] }, Date.now());
  } finally {
    stores.close();
  }
}

/** SHA-256 of a certificate (DER), hex: what stands for it in an organiser's table. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

/** The rows of these certificates first; the others stand for people who are not here, so any bytes do for theirs. */
export function tickets(fingerprints: readonly string[], rows: number): CsvRow[] {
  return Array.from({ length: Math.max(rows, fingerprints.length) }, (_, n) => ({
    fingerprint: fingerprints[n] ?? fingerprintOf(randomBytes(32)),
    ticket: `T-${String(n).padStart(7, '0')}`,
    seat: `3塁側 ${n}番`,
    holder: '',
    party: '',
  }));
}
