/** What staff decides at a terminal, beside a running daemon or without one, on folders of all kinds. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import {
  enterTicket,
  openPapers,
  StaffError,
  settlePaper,
  undoEntry,
} from '../../src/staff/commands.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { buildListFile } from '../../src/store/list-file.ts';
import { openLedger, READING, tempFolder } from '../store/fixtures.ts';
import { testList } from '../store/lists.ts';

const BY = { by: 'Mori', why: 'wrong gate' };
const TICKET = '0042-7781';

function configOf(state: string, name = 'gate-1'): Config {
  return {
    profile: 'gate',
    name,
    state,
    platform: { url: 'ws://127.0.0.1:8410/terminals' },
    card: { driver: 'simulated' },
    receipt: { driver: 'simulated', paper: 80 },
    services: {
      'event-entry': {
        list: 'list',
        revocation: 'any',
        ocsp: 'never',
        direction: 'in',
        passage: 'none',
      },
    },
  };
}

/** A ledger with one entry, whose paper is planned. */
function entered(ledger: Ledger, ref = 'a'): string {
  const subject = `list/${ref}`;
  let number = 0;
  ledger.record(
    [
      {
        event: 'entry.granted',
        subject,
        body: { ticket: TICKET, list: 'list', ref, gate: 'west' },
      },
    ],
    (steps) => {
      number = steps.plan('receipt', subject, { ticket: TICKET, list: 'list', ref }).number;
    },
  );
  return `gate-1-${String(number).padStart(6, '0')}`;
}

type Said = 'print.intent' | 'print.done' | 'print.owed' | 'print.unknown';
const STATE = {
  'print.intent': 'started',
  'print.done': 'done',
  'print.owed': 'failed',
  'print.unknown': 'unknown',
} as const;

function says(ledger: Ledger, paper: string, ...events: readonly Said[]): void {
  const step = ledger.steps.open('receipt').find(({ number }) => paper.endsWith(String(number)));
  if (step === undefined) throw new Error(`no open step of ${paper}`);
  for (const event of events) {
    ledger.record([{ event, subject: step.subject, body: { paper, ticket: TICKET } }], (steps) => {
      steps.move(step.id, STATE[event]);
    });
  }
}

test('a folder without a ledger is refused and stays as it was', () => {
  const state = tempFolder();
  for (const folder of [state, join(state, 'not-there')]) {
    expect(() => undoEntry(configOf(folder), TICKET, BY)).toThrow(StaffError);
    expect(() => openPapers(configOf(folder))).toThrow(StaffError);
    expect(() => settlePaper(configOf(folder), 'gate-1-000001', true, BY)).toThrow(StaffError);
  }
  expect(readdirSync(state)).toEqual([]);
});

test('the ledger of another terminal, or what is none, is refused in words', () => {
  const state = tempFolder();
  entered(openLedger(state));
  expect(() => undoEntry(configOf(state, 'gate-2'), TICKET, BY)).toThrow(StaffError);

  const damaged = tempFolder();
  writeFileSync(join(damaged, 'ledger.db'), 'no ledger');
  expect(() => openPapers(configOf(damaged))).toThrow(StaffError);

  const folder = tempFolder();
  mkdirSync(join(folder, 'ledger.db'));
  expect(() => openPapers(configOf(folder))).toThrow(StaffError);
});

test('an entry is taken back once', () => {
  const state = tempFolder();
  entered(openLedger(state));
  expect(undoEntry(configOf(state), TICKET, BY)).toMatchObject({
    event: 'entry.undone',
    body: { ticket: TICKET, gate: 'west', ...BY },
  });
  expect(() => undoEntry(configOf(state), TICKET, BY)).toThrow(/already/u);
  expect(() => undoEntry(configOf(state), 'no-such', BY)).toThrow(StaffError);
});

test('who went out is let in again by number where the list on the disk says so, and only there', async () => {
  const state = tempFolder();
  const ledger = openLedger(state);
  const body = { ticket: TICKET, list: 'list', ref: 'a', gate: 'west' };
  ledger.record([
    { event: 'entry.granted', subject: 'list/a', body },
    { event: 'entry.left', subject: 'list/a', body },
  ]);
  const enter = () => enterTicket(configOf(state), TICKET, BY);
  expect(enter).toThrow(/entered already/u);

  const directory = join(state, 'lists');
  mkdirSync(directory);
  const { manifest, chunkFiles } = testList(tempFolder(), { list: 'list', version: 3 });
  const rule = { ...manifest, reentry: 'after-exit' } as const;
  await buildListFile({ directory, manifest: rule, chunkFiles });
  expect(enter()).toMatchObject({ event: 'entry.granted', body: { version: 3 } });
  expect(enter).toThrow(/entered already/u);
});

test('the time of a decision is never before the time that the platform has signed', () => {
  const state = tempFolder();
  const ledger = openLedger(state);
  entered(ledger);
  const future = Date.now() + 365 * 86_400_000;
  ledger.set('time-high', String(future));
  const fact = undoEntry(configOf(state), TICKET, BY);
  expect(Date.parse(fact.at)).toBeGreaterThanOrEqual(future);
  expect(fact.clock).toBe('unset');
});

test('papers: owed and unknown wait for staff, printed ones do not', () => {
  const state = tempFolder();
  const ledger = openLedger(state);
  const [printed, owed, unknown] = ['a', 'b', 'c'].map((ref) => entered(ledger, ref));
  says(ledger, printed ?? '', 'print.intent', 'print.done');
  says(ledger, owed ?? '', 'print.owed');
  says(ledger, unknown ?? '', 'print.intent', 'print.unknown');
  expect(openPapers(configOf(state))).toEqual([
    { paper: owed, ticket: TICKET, state: 'owed', since: READING.at },
    { paper: unknown, ticket: TICKET, state: 'unknown', since: READING.at },
  ]);
});

test('a paper that staff says did not come out is owed from then on', () => {
  const state = tempFolder();
  const ledger = openLedger(state);
  const [first, second] = [entered(ledger, 'a'), entered(ledger, 'b')];
  for (const paper of [first, second]) says(ledger, paper, 'print.intent', 'print.unknown');
  settlePaper(configOf(state), first, false, BY);
  settlePaper(configOf(state), second, true, BY);
  expect(openPapers(configOf(state))).toMatchObject([{ paper: first, state: 'owed' }]);
  expect(() => settlePaper(configOf(state), first, false, BY)).toThrow(StaffError);
  expect(() => settlePaper(configOf(state), 'gate-2-000001', false, BY)).toThrow(StaffError);
});

test('a receipt that was claimed, or whose entry was taken back, is not owed any more', () => {
  const state = tempFolder();
  const ledger = openLedger(state);
  const first = entered(ledger, 'a');
  says(ledger, first, 'print.owed');
  ledger.record(
    [{ event: 'receipt.claimed', subject: 'list/a', body: { ticket: TICKET } }],
    (steps) => {
      steps.plan('receipt', 'list/a', { ticket: TICKET });
    },
  );
  says(ledger, 'gate-1-000002', 'print.intent', 'print.done');
  expect(openPapers(configOf(state))).toEqual([]);

  const third = entered(ledger, 'b');
  says(ledger, third, 'print.owed');
  undoEntry(configOf(state), TICKET, BY);
  expect(openPapers(configOf(state))).toEqual([]);
});

test('without permission it is said in words', () => {
  const state = tempFolder();
  Ledger.open({
    directory: state,
    terminal: 'gate-1',
    read: () => READING,
    countsAsBoot: true,
  }).close();
  expect(existsSync(join(state, 'ledger.db'))).toBe(true);
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined) throw new Error('not on this system');
  const before = geteuid();
  onTestFinished(() => {
    seteuid(before);
  });
  // Another user; for one who is not root, the same thing by the mode of the folder.
  if (before === 0) seteuid(65_534);
  else writeFileSync(join(state, 'ledger.db'), '', { mode: 0 });
  expect(() => openPapers(configOf(state))).toThrow(StaffError);
});
