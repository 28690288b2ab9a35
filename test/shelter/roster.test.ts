/** Who is at a shelter, counted as facts come; and the key by which it knows people again. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { slipNumber } from '../../src/domain/shelter-slip.ts';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { MarkKeys } from '../../src/shelter/mark-key.ts';
import { Roster } from '../../src/shelter/roster.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';

const FACTS = 20_000;
const AT_ONCE = 1_000;
const SHELTER = { list: 'evacuees-990029', shelter: 'shiomi-elementary' };

const fact = (event: NewFact['event'], subject: string, body: NewFact['body'] = {}): NewFact => ({
  ...{ event, subject, body: { shelter: SHELTER.shelter, ...body } },
});
const arrived = (subject: string, count = 1) =>
  fact('shelter.arrived', subject, { count, by: 'card' });

test('twenty thousand facts: counted right after a start, and a tap asks for none of them but its own', async () => {
  const ledger = openLedger(tempFolder());
  for (let first = 0; first < FACTS; first += AT_ONCE) {
    ledger.record(
      Array.from({ length: AT_ONCE }, (_, at) => {
        const person = `evacuee/${(first + at) % 5_000}`;
        const round = Math.floor((first + at) / 5_000);
        if (round === 0) return arrived(person);
        if (round === 3) return fact('shelter.went-out', person);
        return fact('shelter.supplied', person, { day: `2026-11-2${round}`, kind: 'water' });
      }),
    );
  }
  const roster = new Roster(ledger, SHELTER);
  expect(roster.people).toEqual({ here: 0, out: 5_000 });
  const took = stopwatch();
  for (let person = 0; person < 100; person += 1) {
    expect(roster.stay(`evacuee/${person}`).state).toBe('out');
  }
  // A hundred people in less time than one reading takes; 20 ms each would be too slow by far.
  expect(took()).toBeLessThan(2_000);
  ledger.record([fact('shelter.came-back', 'evacuee/7'), arrived('mark/ab', 3)]);
  await expect.poll(() => roster.people).toEqual({ here: 4, out: 4_999 });
  expect(roster.isExpected('evacuee/7')).toBe(true);
  expect(roster.isExpected('evacuee/5001')).toBe(false);
});

test('a reader that stood at another shelter does not count the people of that one', () => {
  const ledger = openLedger(tempFolder());
  const elsewhere = { shelter: 'minato-hall', count: 3, by: 'card' };
  ledger.record([fact('shelter.arrived', 'evacuee/there', elsewhere), arrived('evacuee/here')]);
  const roster = new Roster(ledger, SHELTER);
  expect(roster.people).toEqual({ here: 1, out: 0 });
  expect(roster.stay('evacuee/there').state).not.toBe('here');
});

test('what the platform holds leaves the ledger, but of nobody who is here or comes back', async () => {
  const ledger = openLedger(tempFolder());
  ledger.record([
    ...['here', 'out', 'left'].map((person) => arrived(`evacuee/${person}`)),
    fact('shelter.went-out', 'evacuee/out'),
    fact('shelter.left', 'evacuee/left'),
    arrived('evacuee/last'),
  ]);
  const roster = new Roster(ledger, SHELTER);
  ledger.acknowledge(ledger.lastFact().seq);
  const order = {
    before: '2999-01-01T00:00:00.000Z',
    decides: (who: string) => roster.isExpected(who),
  };
  while (ledger.prune(order) !== null);
  const subjects = [...ledger.facts(0)].map(({ subject }) => subject);
  expect(subjects).not.toContain('evacuee/left');
  expect(new Roster(ledger, SHELTER).people).toEqual({ here: 2, out: 1 });
});

test('a slip is found by its number, and only a slip', async () => {
  const ledger = openLedger(tempFolder());
  const roster = new Roster(ledger, SHELTER);
  const mark = '0123456789abcdef0123456789abcdef';
  ledger.record([
    fact('shelter.arrived', `mark/${mark}`, { by: 'form', count: 2 }),
    fact('shelter.arrived', `mark/${'f'.repeat(32)}`, { by: 'card', count: 1 }),
  ]);
  await expect.poll(() => roster.subjectOf(slipNumber(mark))).toBe(`mark/${mark}`);
  expect(roster.subjectOf(slipNumber('f'.repeat(32)))).toBeNull();
  expect(new Roster(ledger, SHELTER).subjectOf(slipNumber(mark))).toBe(`mark/${mark}`);
});

test('a shelter knows a card again after a start, and another shelter does not', () => {
  const [here, there] = [0, 1].map(() => {
    const folder = mkdtempSync(join(tmpdir(), 'kazasu-marks-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return folder;
  }) as [string, string];
  const certificate = Buffer.from('a certificate');
  const mark = MarkKeys.open(here, undefined).marksOf(certificate)[0];
  expect(mark).toMatch(/^[\da-f]{32}$/u);
  expect(MarkKeys.open(here, undefined).marksOf(certificate)[0]).toBe(mark);
  expect(MarkKeys.open(there, undefined).marksOf(certificate)[0]).not.toBe(mark);
  expect(statSync(join(here, 'shelter-mark.key')).mode & 0o077).toBe(0);
});

test('with a seal the key does not stand in clear on the disk, and without the seal it is of no use', () => {
  const folder = tempFolder();
  const credentials = tempFolder();
  writeFileSync(join(credentials, 'key-seal'), Buffer.alloc(32, 7));
  const mark = MarkKeys.open(folder, credentials).marksOf(Buffer.from('c'))[0];
  expect(readFileSync(join(folder, 'shelter-mark.key')).length).toBeGreaterThan(32);
  expect(MarkKeys.open(folder, credentials).marksOf(Buffer.from('c'))[0]).toBe(mark);
  expect(() => MarkKeys.open(folder, undefined)).toThrow(KeyStoreError);
  writeFileSync(join(folder, 'shelter-mark.key'), 'short');
  expect(() => MarkKeys.open(folder, undefined)).toThrow(KeyStoreError);
});
