/** The levels that the staff's screen shows, asked of the parts of a terminal in this process. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { levelsOf } from '../src/doctor/levels.ts';
import { type OwnParts, ownLevels } from '../src/doctor/own-view.ts';
import { openStateFolder } from '../src/state-folder.ts';
import { CardMaker } from './cards.ts';
import { trustStoreOf } from './pki/memory-trust.ts';

async function partsOf(changed: Partial<OwnParts> = {}): Promise<OwnParts> {
  const directory = mkdtempSync(join(tmpdir(), 'kazasu-own-view-'));
  const file = join(directory, 'gate.toml');
  writeFileSync(
    file,
    `profile = "gate"\nname = "gate-1"\nstate = ${JSON.stringify(join(directory, 'state'))}
[platform]\nurl = "ws://127.0.0.1:1/terminals"\n[card]\ndriver = "simulated"
[receipt]\ndriver = "simulated"\n[services.event-entry]\nlist = "stadium"\n`,
  );
  const config = readConfig(file);
  const folder = openStateFolder(config, null);
  onTestFinished(async () => {
    await folder.close();
    rmSync(directory, { recursive: true });
  });
  const { authority } = await CardMaker.create();
  const trust = await trustStoreOf({
    anchors: [authority.caCertificate],
    crls: [authority.crl({ revoked: [] })],
  });
  return {
    config,
    folder,
    reader: { isOpen: true, name: 'ACR1252' },
    printer: { name: '/dev/ttyUSB0', condition: async () => 'ready' },
    turnstile: null,
    remote: null,
    page: null,
    hasPayment: false,
    keys: { store: 'file', sealed: false, lost: null },
    link: { isUp: true, trust, listKeys: () => null, institution: null },
    venue: { level: null },
    papers: [],
    ...changed,
  };
}

async function notWell(parts: OwnParts): Promise<string[]> {
  const checks = levelsOf(await ownLevels(parts));
  return checks.filter(({ state }) => state === 'not-well').map(({ id }) => id);
}

test('what works is well, and a list that never came is not', async () => {
  expect(await notWell(await partsOf())).toEqual(['list']);
});

test('each part that fails is seen', async () => {
  const parts = await partsOf({
    reader: { isOpen: false, name: 'no reader' },
    printer: null,
    papers: [{ state: 'owed' }, { state: 'unknown' }],
  });
  const link = { ...parts.link, isUp: false };
  const simulated = { driver: 'simulated' } as const;
  const config = { ...parts.config, payment: simulated, turnstile: simulated };
  const turnstile = { isOpen: false, condition: 'ready' };
  expect(await notWell({ ...parts, config, link, turnstile })).toEqual([
    'card-reader',
    'receipt-printer',
    'turnstile',
    'payment-unit',
    'list',
    'papers',
    'link',
  ]);
});

test('a terminal that is not enrolled has no certificate, and that is said', async () => {
  expect(await ownLevels(await partsOf())).toMatchObject({ certificate: 'none' });
});

test('facts that wait are counted, with the time of the oldest', async () => {
  const parts = await partsOf();
  const before = Date.now();
  for (const reason of ['not-on-list', 'already-entered']) {
    parts.folder.ledger.record([{ event: 'entry.refused', subject: null, body: { reason } }]);
  }
  const { waiting } = await ownLevels(parts);
  expect(waiting?.facts).toBe(2);
  expect(waiting?.since).toBeGreaterThanOrEqual(before - 1_000);
});

test('a shelter looks residents up in a list, which is looked at as that of a gate', async () => {
  const { config, ...parts } = await partsOf();
  const shelter = {
    ...{ shelter: 'shiomi-elementary', name: '汐見小学校 避難所', capacity: 420 },
    ...{ list: 'evacuees-990029', 'municipality-key': 'municipality.der' },
  };
  const services = { 'evacuation-shelter': shelter };
  const levels = await ownLevels({ ...parts, config: { ...config, services } });
  expect(levels.list).toMatchObject({ id: 'evacuees-990029', active: null });
});
