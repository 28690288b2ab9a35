import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { Heard } from '../../src/store/heard.ts';
import { lookAtHeld } from '../../src/store/heard-file.ts';
import { tempFolder } from './fixtures.ts';

const EPOCH = '6f1c1e7a-2f64-4d5e-9d0c-0d3c8f1f2a11';

function open(folder: string, limits?: { rows: number; bytes: number }): Heard {
  const heard = Heard.open(folder, limits);
  onTestFinished(() => heard.close());
  return heard;
}

function put(heard: Heard, seq: number, over: { own?: boolean; counts?: boolean } = {}): Fact {
  const fact: Fact = {
    ...{ terminal: 'east', epoch: EPOCH, seq, prev: '0'.repeat(64), event: 'entry.granted' },
    ...{ subject: `stadium/r${seq}`, at: '2026-02-20T09:00:00.000Z', clock: 'synced' },
    ...{ boot: 1, mono: 1, body: { ticket: ` t-${seq} `, list: 'stadium', gate: 'east' } },
  };
  const text = JSON.stringify(fact);
  const { hash: before } = heard.stream({ list: 'stadium', terminal: 'east', epoch: EPOCH });
  const signature = Buffer.from('signed');
  const certificate = Buffer.from('certificate');
  const told = { fact, text, before, signature, certificate, own: false, counts: true, ...over };
  heard.append({ list: 'stadium', ...told });
  return fact;
}

test('what was heard is there by subject and by the number of the ticket, also after a start', () => {
  const folder = tempFolder();
  const first = Heard.open(folder);
  const fact = put(first, 3);
  put(first, 5, { own: true });
  put(first, 7, { counts: false });
  const stream = first.stream(first.streams('stadium')[0] ?? { list: '', terminal: '', epoch: '' });
  first.close();
  const heard = open(folder);
  expect(heard.factsAbout('stadium/r3')).toEqual([fact]);
  expect(heard.factsOfTicket('T-3')).toEqual([fact]);
  expect([5, 7].flatMap((seq) => heard.factsAbout(`stadium/r${seq}`))).toEqual([]);
  expect(heard.streams('stadium')).toEqual([stream]);
  expect(stream.upto).toBe(7);
});

test('it is handed on in order, as much as fits, and one fact always', () => {
  const heard = open(tempFolder());
  for (let seq = 1; seq <= 10; seq += 1) put(heard, seq);
  const [stream] = heard.streams('stadium');
  if (stream === undefined) throw new Error('there is one');
  const seqs = (after: number, items: number, bytes: number) =>
    heard.after(stream, after, { items, bytes })?.items.map(({ seq }) => seq) ?? [];
  expect(seqs(0, 4, 100_000)).toEqual([1, 2, 3, 4]);
  expect(seqs(4, 4, 700)).toEqual([5, 6]);
  expect(seqs(8, 4, 1)).toEqual([9]);
  expect(seqs(10, 4, 100_000)).toEqual([]);
});

test('what was not kept whole is not kept at all', () => {
  const heard = open(tempFolder());
  put(heard, 1);
  expect(() =>
    heard.atOnce(() => {
      put(heard, 2);
      throw new Error('power');
    }),
  ).toThrow('power');
  expect(heard.streams('stadium')).toMatchObject([{ upto: 1 }]);
  expect(heard.rows).toBe(1);
  put(heard, 2);
});

test('it has an end in rows and in bytes', () => {
  const few = open(tempFolder(), { rows: 2, bytes: 1e9 });
  expect(few.hasRoom).toBe(true);
  put(few, 1);
  put(few, 2);
  expect(few.hasRoom).toBe(false);
  expect(open(tempFolder(), { rows: 2, bytes: 4_096 }).hasRoom).toBe(false);
});

test('when its lists are over it is empty, also on the disk', () => {
  const folder = tempFolder();
  const heard = open(folder);
  for (let seq = 1; seq <= 500; seq += 1) put(heard, seq);
  expect(heard.keepOnly(['stadium'])).toBe(0);
  expect(heard.keepOnly([])).toBe(500);
  expect(heard.streams('stadium')).toEqual([]);
  heard.close();
  expect(readFileSync(join(folder, 'heard.db')).includes('entry.granted')).toBe(false);
});

test.each([
  [
    'is no database',
    (path: string) => writeFileSync(path, 'not a database, but long enough for one'),
  ],
  [
    'is of a later form',
    (path: string) => {
      const database = new Database(path);
      database.pragma('user_version = 99');
      database.close();
    },
  ],
])('a file that %s is begun anew', (_what, spoil) => {
  const folder = tempFolder();
  spoil(join(folder, 'heard.db'));
  const heard = open(folder);
  put(heard, 1);
  expect(heard.factsAbout('stadium/r1')).toHaveLength(1);
});

test('damage that a tap meets ends no tap: nothing was heard from then on, and a start begins anew', () => {
  const folder = tempFolder();
  const first = Heard.open(folder);
  for (let seq = 1; seq <= 2_000; seq += 1) put(first, seq);
  first.close();
  const heard = open(folder);
  const told: string[] = [];
  heard.onBroken = (reason) => told.push(reason);
  const path = join(folder, 'heard.db');
  const handle = openSync(path, 'r+');
  const { length } = readFileSync(path);
  for (let at = 8 * 4_096; at < length; at += 4_096)
    writeSync(handle, Buffer.alloc(2_048, 0xa5), 0, 2_048, at);
  closeSync(handle);
  for (let seq = 1; seq <= 2_000; seq += 1) heard.factsAbout(`stadium/r${seq}`);
  expect(told).toHaveLength(1);
  expect(heard.factsAbout('stadium/r1')).toEqual([]);
  expect(heard.hasRoom).toBe(false);
  expect(open(folder).rows).toBe(0);
});

test('of whom nothing more is believed is known to whoever looks, until somebody releases them', () => {
  const folder = tempFolder();
  expect(lookAtHeld(folder)).toEqual([]);
  const heard = open(folder);
  heard.hold({ terminal: 'east', why: 'too many', at: 1 });
  heard.hold({ terminal: 'east', why: 'again', at: 2 });
  expect(lookAtHeld(folder)).toEqual([{ terminal: 'east', why: 'too many', at: 1 }]);
  const beside = Heard.openBeside(folder);
  expect(beside?.release('east', { by: '佐藤', why: 'ok' })).toBe(true);
  expect(beside?.release('east', { by: '佐藤', why: 'ok' })).toBe(false);
  beside?.close();
  expect(heard.isHeld('east')).toBe(false);
  expect(heard.releaseOf('east')).toEqual({ by: '佐藤', why: 'ok' });
});
