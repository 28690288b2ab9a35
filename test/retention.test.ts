/** What leaves a terminal by itself, and what does not. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { ClockQuality } from '../src/domain/fact.ts';
import { Journal } from '../src/journal.ts';
import { FileKeyStore } from '../src/keys/file-key-store.ts';
import { KeyStoreError } from '../src/keys/key-store.ts';
import { LinkSupervisor } from '../src/link-supervisor.ts';
import { Recorder } from '../src/recorder.ts';
import { Retention } from '../src/retention.ts';
import { RETENTION_DEFAULT } from '../src/retention-config.ts';
import { buildListFile } from '../src/store/list-file.ts';
import { ListShelf } from '../src/store/list-shelf.ts';
import { granted, openLedger, tempFolder } from './store/fixtures.ts';
import { type ListShape, testList } from './store/lists.ts';

const DAY = 86_400_000;
/** When the lists of these tests are over. */
const OVER = Date.parse('2016-02-21T00:00:00.000Z');

async function terminal({ forget = async () => {} }: { forget?: (list: string) => Promise<void> }) {
  const state = tempFolder();
  const time = { now: OVER - DAY, quality: 'synced' as ClockQuality };
  const read = () => ({ at: new Date(time.now).toISOString(), clock: time.quality, mono: 1 });
  const ledger = openLedger(state, { read });
  const journal = new Journal(state, null);
  onTestFinished(() => journal.close());
  const recorder = new Recorder(ledger, journal, () => time.now);
  const shelf = ListShelf.open(join(state, 'lists'));
  onTestFinished(() => shelf.close());
  const clock = { now: () => time.now, quality: () => time.quality };
  const parts = { recorder, shelf, clock, wanted: ['stadium'], forget };
  const fail = (error: unknown) => {
    throw error;
  };
  const retention = new Retention({ ...parts, config: RETENTION_DEFAULT, onDefect: fail });
  const events = () => [...ledger.facts(0)].map(({ event }) => event);
  const publish = async (shape: ListShape = {}) => {
    const { manifest, chunkFiles } = testList(tempFolder(), shape);
    const path = await buildListFile({ directory: shelf.directory, manifest, chunkFiles });
    shelf.activate(manifest.list, path);
    shelf.confirm(manifest.list, manifest.version, manifest.root, time.now);
    return manifest;
  };
  return { state, time, ledger, shelf, retention, events, publish };
}

test('a list that has been over for a week goes, with its keys, and a fact says so', async () => {
  const forgotten: string[] = [];
  const gate = await terminal({ forget: async (list) => void forgotten.push(list) });
  await gate.publish();
  await gate.publish({ version: 2 });
  gate.time.now = OVER + 7 * DAY - 1;
  await gate.retention.run();
  expect(gate.shelf.active('stadium')).not.toBeNull();
  const lease = gate.shelf.lease('stadium');
  gate.time.now = OVER + 7 * DAY;
  await gate.retention.run();
  expect(gate.shelf.active('stadium')).toBeNull();
  expect(readdirSync(gate.shelf.directory)).toEqual(['confirmed.json']);
  expect(forgotten).toEqual(['stadium']);
  const [fact] = [...gate.ledger.facts(0)];
  expect(fact).toMatchObject({ event: 'list.deleted', body: { list: 'stadium', version: 2 } });
  // Whoever was at the gate in that moment is answered by it all the same.
  expect(lease?.file.find(Buffer.alloc(32))).toBeNull();
  lease?.release();
  await gate.retention.run();
  expect(gate.events()).toEqual(['list.deleted']);
});

test('a clock that is not known deletes nothing', async () => {
  const gate = await terminal({});
  await gate.publish();
  gate.time.now = OVER + 3_650 * DAY;
  gate.time.quality = 'unset';
  await gate.retention.run();
  expect(gate.shelf.active('stadium')).not.toBeNull();
});

test('cut off in the middle, or without its token, it is done again and told once', async () => {
  let isLost = true;
  const forget = async () => {
    if (isLost) throw new KeyStoreError('the token is gone');
  };
  const gate = await terminal({ forget });
  await gate.publish();
  gate.time.now = OVER + 8 * DAY;
  await gate.retention.run();
  expect(gate.events()).toEqual([]);
  expect(gate.shelf.active('stadium')).not.toBeNull();
  isLost = false;
  // As after a power cut between the removal of the files and the fact.
  gate.shelf.remove('stadium');
  await gate.retention.run();
  expect(gate.events()).toEqual(['list.deleted']);
});

test('facts about tickets stay as long as their list may let somebody in; others for thirty days', async () => {
  const gate = await terminal({});
  await gate.publish();
  gate.ledger.record([granted('a')]);
  gate.ledger.record([{ event: 'entry.refused', subject: null, body: { reason: 'x' } }]);
  gate.ledger.record([granted('b')]);
  gate.ledger.acknowledge(3);
  gate.time.now = OVER + 5 * DAY;
  await gate.retention.run();
  expect(gate.events()).toHaveLength(3);
  gate.time.now = OVER + 35 * DAY;
  await gate.retention.run();
  expect(gate.shelf.lists).toEqual([]);
  expect(gate.ledger.factsAbout('stadium/a')).toEqual([]);
  gate.ledger.acknowledge(gate.ledger.lastFact().seq);
  await gate.retention.run();
  expect(gate.events()).toEqual(['list.deleted', 'ledger.pruned']);
});

test('a list that is wanted and not here, as after a damaged file, keeps what is known of its tickets', async () => {
  const gate = await terminal({});
  gate.ledger.record([granted('a')]);
  gate.ledger.record([{ ...granted('b'), subject: 'elsewhere/b' }]);
  gate.ledger.record([{ event: 'entry.refused', subject: null, body: { reason: 'x' } }]);
  gate.ledger.acknowledge(3);
  gate.time.now = OVER + 100 * DAY;
  await gate.retention.run();
  expect(gate.ledger.factsAbout('stadium/a')).toHaveLength(1);
  expect(gate.ledger.factsAbout('elsewhere/b')).toEqual([]);
});

test('the keys and chunks of a list are deleted, and no other list’s', async () => {
  const gate = await terminal({});
  await gate.publish();
  const file = join(gate.state, 'gate.toml');
  const config = [
    ...['profile = "gate"', 'name = "gate-1"', `state = "${gate.state}"`],
    ...['[platform]', 'url = "ws://127.0.0.1:1/terminals"', '[card]', 'driver = "simulated"'],
    ...['[receipt]', 'driver = "simulated"'],
    ...['[services.event-entry]', 'list = "stadium"', '[retention]', 'lists-days = 1'],
  ];
  writeFileSync(file, config.join('\n'));
  const chunks = join(gate.state, 'chunks');
  for (const list of ['stadium', 'hall']) {
    mkdirSync(join(chunks, list), { recursive: true });
    writeFileSync(join(chunks, list, 'f'.repeat(64)), 'x');
  }
  const keyStore = new FileKeyStore(join(gate.state, 'keys'), { seal: null });
  for (const label of ['list.stadium.row', 'list.stadium.data', 'list.hall.row']) {
    await keyStore.keep(label, 'secret', Buffer.alloc(32, 1));
  }
  const journal = new Journal(tempFolder(), null);
  onTestFinished(() => journal.close());
  const { ledger, shelf } = gate;
  const link = await LinkSupervisor.open(readConfig(file), {
    ...{ ledger, shelf, keyStore, recorder: new Recorder(ledger, journal, () => OVER) },
    ...{ inspect: () => {}, onChange: () => {}, clock: {} as never },
  });
  expect(readConfig(file).retention).toEqual({ 'facts-days': 30, 'lists-days': 1 });
  await link.forgetList('stadium');
  expect(readdirSync(join(gate.state, 'keys'))).toEqual(['list.hall.row.bin']);
  expect(readdirSync(chunks)).toEqual(['hall']);
  expect(existsSync(join(gate.state, 'lists'))).toBe(true);
});
