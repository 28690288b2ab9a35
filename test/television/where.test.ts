/** The shelter where somebody is, on a television: as they agreed, for as long as they agreed, and as the municipality tells it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { WHERE_MS } from '../../src/domain/evacuation.ts';
import { Journal } from '../../src/journal.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import { Recorder } from '../../src/recorder.ts';
import { DiskFullError, Ledger } from '../../src/store/ledger.ts';
import { Links } from '../../src/television/links.ts';
import { STANDING_DELAYS } from '../../src/television/standings.ts';
import { TelevisionAlerts } from '../../src/television/television-alerts.ts';
import { WhereConsents } from '../../src/television/where.ts';
import { ALERT, FakeAlerts, HATSU } from './television-rig.ts';

const SHELTER = {
  ja: '港町公民館',
  'ja-simple': 'みなとちょうこうみんかん',
  en: 'Minatocho Community Hall',
};
let recorder: Recorder;
let links: Links;
let now = 0;

beforeEach(async () => {
  now = Date.parse(ALERT.sentAt);
  const directory = mkdtempSync(join(tmpdir(), 'kazasu-where-'));
  const read = () => ({ at: ALERT.sentAt, clock: 'synced' as const, mono: 1 });
  const ledger = Ledger.open({ directory, terminal: 'tv-1', countsAsBoot: true, read });
  const journal = new Journal(directory, null);
  recorder = new Recorder(ledger, journal, () => now);
  links = new Links({
    recorder,
    keyStore: new FileKeyStore(join(directory, 'keys'), { seal: null }),
  });
  await links.add(HATSU, Buffer.from('card'), 'possession');
  onTestFinished(async () => {
    ledger.close();
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

const open = () => new WhereConsents({ recorder, links, now: () => now });

/** A television that has heard that Hatsu is safe, and where. */
async function deskWith(where: WhereConsents, standing = 'safe'): Promise<TelevisionAlerts> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const at = new Date(now).toISOString();
  const standings = [{ ref: HATSU.ref, standing, at, where: SHELTER }];
  const alerts = new FakeAlerts();
  const desk = new TelevisionAlerts({
    ...{ alerts, recorder, links, where, wakeScreen: null },
    ask: async () => ({ asked: 'answered', body: JSON.stringify({ standings }) }),
    isOnline: () => true,
    watchStanding: () => () => {},
    random: () => 0,
  });
  onTestFinished(() => desk.stop());
  alerts.set(ALERT);
  await vi.advanceTimersByTimeAsync(STANDING_DELAYS.first);
  return desk;
}

const whereOf = (desk: TelevisionAlerts) => desk.people[0]?.where;

test('stands beside their name only once they agreed, and not longer, though the platform says it still', async () => {
  const where = open();
  const desk = await deskWith(where);
  expect(desk.people).toMatchObject([{ standing: 'safe', where: null }]);
  where.agree(HATSU.ref, 'possession');
  expect(whereOf(desk)).toEqual(SHELTER);
  now += WHERE_MS - 1;
  expect(whereOf(desk)).toEqual(SHELTER);
  now += 1;
  expect(whereOf(desk)).toBeNull();
  where.agree(HATSU.ref, 'possession');
  expect(whereOf(desk)).toEqual(SHELTER);
});

test('is nowhere while guests are there, and where somebody is not safe', async () => {
  const where = open();
  where.agree(HATSU.ref, 'possession');
  const desk = await deskWith(where);
  desk.turnGuests();
  expect(whereOf(desk)).toBeNull();
  desk.turnGuests();
  expect(whereOf(desk)).toEqual(SHELTER);
  desk.press({ key: 'choose', choice: `help.${HATSU.ref}` });
  expect(desk.people).toMatchObject([{ standing: 'help', where: null }]);
});

test('is kept across a start, ended once, and gone with the link', () => {
  const where = open();
  where.agree(HATSU.ref, 'possession');
  expect(open().until(HATSU.ref)).toBe(new Date(now + WHERE_MS).toISOString());
  where.end(HATSU.ref, 'remote');
  where.end(HATSU.ref, 'card');
  expect(open().until(HATSU.ref)).toBeNull();
  const ended = [...recorder.ledger.facts(0)].filter(
    ({ event }) => event === 'television.where-ended',
  );
  expect(ended.map(({ body }) => body)).toEqual([{ ref: HATSU.ref, by: 'remote' }]);
  where.agree(HATSU.ref, 'possession');
  links.end(HATSU.ref, 'remote');
  expect(where.until(HATSU.ref)).toBeNull();
  expect(recorder.ledger.get('television-where')).not.toContain(HATSU.ref);
});

test('a disk that takes no fact: nobody has agreed, and nobody has ended it', () => {
  const where = open();
  const fill = () =>
    vi.spyOn(recorder.ledger, 'record').mockImplementation(() => {
      throw new DiskFullError('full');
    });
  const full = fill();
  expect(() => where.agree(HATSU.ref, 'possession')).toThrow(DiskFullError);
  expect(where.until(HATSU.ref)).toBeNull();
  full.mockRestore();
  where.agree(HATSU.ref, 'possession');
  fill();
  expect(() => where.end(HATSU.ref, 'remote')).toThrow(DiskFullError);
  expect(where.until(HATSU.ref)).not.toBeNull();
});
