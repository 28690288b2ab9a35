/** The gate under measurement: a site as in the stories, with a list as long as a stadium's. */

import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importEntryList, type ListSettings } from '../../platform-sim/entry-lists.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import type { TestCard } from '../cards.ts';
import type { Site } from '../rig/site.ts';
import { LIST } from '../terminal.ts';

/** Rows of the entry list of a gate. */
export const ROWS = 100_000;
/** pcscd polls every 400 ms (PCSCLITE_STATUS_POLL_RATE); a card that comes back sooner may not have been away. */
export const SEEN_GONE_MS = 600;
const REVOKED = 1_000;

/** Publishes trust and a list of `rows` rows, by the platform's own code; hands back the cards that are on it. */
export async function publish(
  site: Site,
  wanted: {
    readonly rows: number;
    readonly cards: number;
    readonly settings?: ListSettings;
  },
): Promise<TestCard[]> {
  const { rows, cards: count, settings } = wanted;
  const { authority } = site.cards;
  const cards: TestCard[] = [];
  while (cards.length < count) cards.push(await site.cards.card());
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
    const said = {
      title: '春の音楽祭',
      place: 'かざす市民球場',
      startsAt: new Date().toISOString(),
      ...settings,
    };
    await importEntryList(stores.registry, keys, LIST, tickets(cards, rows), said, Date.now());
  } finally {
    stores.close();
  }
  return cards;
}

/** The cards' own rows first; the others stand for people who are not here, so any bytes do for their certificates. */
function tickets(cards: readonly TestCard[], rows: number) {
  return Array.from({ length: Math.max(rows, cards.length) }, (_, n) => {
    const certificate = cards[n]?.der ?? randomBytes(32);
    return {
      certificate,
      fingerprint: createHash('sha256').update(certificate).digest('hex'),
      ticket: `T-${String(n).padStart(7, '0')}`,
      seat: `3塁側 ${n}番`,
      holder: '',
      party: '',
    };
  });
}
