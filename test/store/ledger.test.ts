import { hash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { LedgerError } from '../../src/store/ledger.ts';
import { granted, openLedger, READING, startWriter, tempFolder } from './fixtures.ts';

/** The code that opening the ledger of `directory` fails with. */
function refusalOf(directory: string, terminal = 'gate-1'): string {
  try {
    openLedger(directory, { terminal });
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
  return 'opened';
}

/** Changes a closed ledger behind its back. */
function tamper(directory: string, sql: string): void {
  const database = new Database(join(directory, 'ledger.db'));
  database.exec(sql);
  database.close();
}

function ledgerOf(facts: number): string {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  ledger.record(Array.from({ length: facts }, (_, n) => granted(`row-${n}`)));
  ledger.close();
  return directory;
}

test.for([1, 2, 3, 4, 5])(
  'a writer that is killed leaves every fact it reported, and an unbroken chain (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const directory = tempFolder();
    let known = 0;
    for (let round = 0; round < 2; round++) {
      const writer = startWriter(directory, 1_000_000);
      const killAfter = known + ((seed * 2_654_435_761 + round * 40_503) % 97) + 1;
      for await (const seq of writer.committed) {
        known = seq;
        if (seq >= killAfter) writer.process.kill('SIGKILL');
      }
      await writer.ended;
    }
    const ledger = openLedger(directory);
    // At most the one that was committed and not yet printed.
    expect([known, known + 1]).toContain(ledger.lastFact().seq);
    expect(ledger.verifyChain()).toEqual({ ok: true, facts: ledger.lastFact().seq });
    expect(ledger.steps.open('receipt')).toHaveLength(ledger.lastFact().seq);
    expect(ledger.boot).toBe(3);
  },
);

test('processes that make a ledger and append to it at once share one unbroken chain', {
  timeout: 60_000,
}, async () => {
  const directory = tempFolder();
  const writers = [1, 2, 3, 4].map(() => startWriter(directory, 100));
  const committed = await Promise.all(
    writers.map(async (writer) => {
      const seen: number[] = [];
      for await (const seq of writer.committed) seen.push(seq);
      return seen;
    }),
  );
  const ledger = openLedger(directory);
  expect(committed.flat().sort((a, b) => a - b)).toEqual(
    Array.from({ length: 400 }, (_, n) => n + 1),
  );
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: 400 });
  const papers = ledger.steps.open('receipt').map(({ number }) => number);
  expect(papers).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
});

test('the ledger of another terminal is refused, and both are named', () => {
  const directory = ledgerOf(1);
  expect(() => openLedger(directory, { terminal: 'gate-2' })).toThrow(/"gate-1".*"gate-2"/u);
  expect(refusalOf(directory, 'gate-2')).toBe('other-terminal');
});

test('a ledger that only newer software understands is refused', () => {
  const directory = ledgerOf(1);
  tamper(directory, "UPDATE meta SET value = '99' WHERE key = 'least_schema'");
  expect(refusalOf(directory)).toBe('in-use-by-newer-version');
});

test('a ledger that newer software added something to is still opened', () => {
  const directory = ledgerOf(1);
  tamper(directory, 'ALTER TABLE step ADD COLUMN later TEXT; PRAGMA user_version = 7');
  const ledger = openLedger(directory);
  expect(ledger.steps.plan('receipt', null)).not.toHaveProperty('later');
  expect(ledger.record([granted('a')])).toMatchObject([{ seq: 2 }]);
});

const DAMAGE: readonly [string, (directory: string) => void][] = [
  ['overwritten with noise', (at) => writeFileSync(join(at, 'ledger.db'), Buffer.alloc(9_000, 7))],
  ['emptied', (at) => truncateSync(join(at, 'ledger.db'), 0)],
  ['cut in half', (at) => truncateSync(join(at, 'ledger.db'), 8_192)],
  [
    'replaced by another database',
    (at) => {
      rmSync(join(at, 'ledger.db'));
      tamper(at, 'CREATE TABLE other (x)');
    },
  ],
  ['robbed of a table', (at) => tamper(at, 'DROP TABLE step')],
  ['robbed of its epoch', (at) => tamper(at, "DELETE FROM meta WHERE key = 'epoch'")],
  ['robbed of a fact', (at) => tamper(at, 'DELETE FROM fact WHERE seq = 18')],
  [
    'given a changed fact',
    (at) => tamper(at, "UPDATE fact SET text = replace(text, 'row-17', 'row-18')"),
  ],
  [
    'given a fact of another epoch',
    (at) => tamper(at, "UPDATE meta SET value = 'x' WHERE key = 'epoch'"),
  ],
  ['given a fact that is no JSON', (at) => tamper(at, "UPDATE fact SET text = '{' WHERE seq = 20")],
  [
    'robbed of its database but not of its log',
    (at) => {
      rmSync(join(at, 'ledger.db'));
      writeFileSync(join(at, 'ledger.db-wal'), 'log');
    },
  ],
];

test.for(DAMAGE)('a ledger %s is refused and left as it is', ([, damage]) => {
  const directory = ledgerOf(20);
  damage(directory);
  const before = contents(directory);
  expect(refusalOf(directory)).toBe('corrupt');
  expect(contents(directory)).toEqual(before);
});

/** Every file but the index of SQLite's log, which reading makes. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => !/-(shm|wal)$/u.test(name));
  return Object.fromEntries(
    names.map((name) => [name, hash('sha256', readFileSync(join(directory, name)))]),
  );
}

test('damage before the end of the chain is found by verifyChain', () => {
  const directory = ledgerOf(600);
  tamper(directory, "UPDATE fact SET text = replace(text, 'row-40', 'row-41') WHERE seq = 41");
  expect(openLedger(directory).verifyChain()).toEqual({
    ok: false,
    seq: 42,
    why: 'fact 42 does not continue fact 41',
  });
});

test('a state folder that is a file, or lies below one, is unwritable', () => {
  const directory = tempFolder();
  writeFileSync(join(directory, 'file'), '');
  expect(refusalOf(join(directory, 'file'))).toBe('unwritable');
  expect(refusalOf(join(directory, 'file', 'state'))).toBe('unwritable');
});

test('what an interrupted creation left behind is no ledger and goes away', () => {
  const directory = tempFolder();
  writeFileSync(join(directory, 'ledger.new-1'), 'half');
  expect(openLedger(directory).lastFact()).toEqual({ seq: 0, hash: '0'.repeat(64) });
  expect(readdirSync(directory).filter((name) => name.startsWith('ledger.new'))).toEqual([]);
});

test('only a folder without a ledger gets a new epoch', () => {
  const directory = ledgerOf(1);
  const { epoch } = openLedger(directory);
  expect(openLedger(directory).epoch).toBe(epoch);
  expect(openLedger(tempFolder()).epoch).not.toBe(epoch);
});

test('a start counts as a boot, a command beside the daemon does not', () => {
  const directory = tempFolder();
  const boots = [true, false, true].map(
    (countsAsBoot) => openLedger(directory, { countsAsBoot }).boot,
  );
  expect(boots).toEqual([1, 1, 2]);
});

test('nobody but the owner can read the ledger', () => {
  const directory = tempFolder();
  openLedger(directory).record([granted('a')]);
  for (const name of readdirSync(directory)) {
    expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

test('a clock that goes back changes neither order nor chain', () => {
  const times = [
    '2016-02-20T09:00:00.000Z',
    '2016-02-20T08:00:00.000Z',
    '2016-01-01T00:00:00.000Z',
  ];
  let mono = 9;
  const read = () => ({ at: times.shift() ?? '', clock: 'holdover' as const, mono: mono-- });
  const ledger = openLedger(tempFolder(), { read });
  for (const ref of ['a', 'b', 'c']) ledger.record([granted(ref)]);
  const facts = [...ledger.facts(0)];
  expect(facts.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(facts.map(({ at }) => at.slice(5, 13))).toEqual(['02-20T09', '02-20T08', '01-01T00']);
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: 3 });
});

test('a fact is stamped, numbered and chained to the exact text of the one before', () => {
  const ledger = openLedger(tempFolder());
  const [first, second] = ledger.record([granted('a', { party: '家族' }), granted('b')]);
  const [text] = ledger.unsent(0, { items: 1, bytes: 10_000 });
  expect(first).toEqual({
    terminal: 'gate-1',
    epoch: ledger.epoch,
    seq: 1,
    prev: '0'.repeat(64),
    event: 'entry.granted',
    subject: 'stadium/a',
    ...READING,
    boot: 1,
    body: { gate: 'gate-1', party: '家族' },
  });
  expect(JSON.parse(text?.text ?? '')).toEqual(first);
  expect(second?.prev).toBe(hash('sha256', text?.text ?? ''));
});

test('what is no fact, too big or too many is refused and leaves nothing', () => {
  const ledger = openLedger(tempFolder());
  const good = granted('a');
  expect(() => ledger.record([good, { ...good, event: 'device.lost' }])).toThrow(TypeError);
  expect(() => ledger.record([good, granted('b', { note: 'x'.repeat(16_384) })])).toThrow(
    RangeError,
  );
  expect(() => ledger.record(Array.from({ length: 1_001 }, () => good))).toThrow(RangeError);
  expect(ledger.lastFact().seq).toBe(0);
});

test('a record inside a record is refused, and takes the outer one with it', () => {
  const ledger = openLedger(tempFolder());
  expect(() => ledger.record([granted('a')], () => ledger.record([granted('b')]))).toThrow();
  expect(ledger.lastFact().seq).toBe(0);
});

test('the facts about a subject come oldest first, and of the events asked for', () => {
  const ledger = openLedger(tempFolder());
  const undone = { event: 'entry.undone', subject: 'stadium/a', body: {} } as const;
  ledger.record([granted('a'), granted('b'), undone, granted('a')]);
  const seqs = (facts: Fact[]) => facts.map(({ seq }) => seq);
  expect(seqs(ledger.factsAbout('stadium/a'))).toEqual([1, 3, 4]);
  expect(seqs(ledger.factsAbout('stadium/a', ['entry.undone']))).toEqual([3]);
  expect(ledger.factsAbout('stadium/c')).toEqual([]);
});

test('a batch holds no more items and bytes than allowed, but always one fact', () => {
  const ledger = openLedger(tempFolder());
  ledger.record(['a', 'b', 'c'].map((ref) => granted(ref, { note: '国'.repeat(100) })));
  const seqs = (after: number, items: number, bytes: number) =>
    ledger.unsent(after, { items, bytes }).map(({ seq }) => seq);
  const [one] = ledger.unsent(0, { items: 1, bytes: 1_000_000 });
  const bytes = Buffer.byteLength(one?.text ?? '');
  expect(seqs(0, 2, 1_000_000)).toEqual([1, 2]);
  expect(seqs(0, 9, 2 * bytes)).toEqual([1, 2]);
  expect(seqs(0, 9, 2 * bytes - 1)).toEqual([1]);
  expect(seqs(1, 9, 1)).toEqual([2]);
  expect(seqs(3, 9, 1)).toEqual([]);
});

test('facts can be recorded while all of them are read', () => {
  const ledger = openLedger(ledgerOf(600));
  let read = 0;
  for (const { seq } of ledger.facts(0)) {
    read += 1;
    if (seq === 100) ledger.record([granted('late')]);
  }
  expect(read).toBe(601);
});

test('an acknowledgement never goes back, never runs ahead, and survives', () => {
  const directory = ledgerOf(5);
  const ledger = openLedger(directory);
  ledger.acknowledge(3);
  ledger.acknowledge(2);
  expect([ledger.acknowledged, ledger.waiting()]).toEqual([3, 2]);
  expect(() => ledger.acknowledge(6)).toThrow(RangeError);
  ledger.close();
  expect(openLedger(directory).acknowledged).toBe(3);
});

test('a setting survives, and one written with a fact that fails is not written', () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  expect(ledger.get('platform')).toBeNull();
  ledger.set('platform', 'pinned');
  const failing = () =>
    ledger.record([granted('a')], () => {
      ledger.set('platform', 'other');
      throw new Error('power');
    });
  expect(failing).toThrow('power');
  expect(() => ledger.set('platform', 'x'.repeat(70_000))).toThrow(RangeError);
  ledger.close();
  expect(openLedger(directory).get('platform')).toBe('pinned');
});

test('listeners hear each committed fact once, in order, also another process’s', async () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  const beside = openLedger(directory, { countsAsBoot: false });
  ledger.record([granted('before')]);
  const heard: number[] = [];
  const stop = ledger.onCommit((facts) => heard.push(...facts.map(({ seq }) => seq)));
  beside.record([granted('a')]);
  await vi.waitUntil(() => heard.length === 1, { timeout: 20_000 });
  beside.record([granted('b')]);
  ledger.record([granted('c')]);
  expect(heard).toEqual([2]);
  await Promise.resolve();
  expect(heard).toEqual([2, 3, 4]);
  stop();
  ledger.record([granted('d')]);
  await Promise.resolve();
  expect(heard).toEqual([2, 3, 4]);
});

test('a listener may record, and hears of that too', () => {
  const ledger = openLedger(tempFolder());
  const heard: number[] = [];
  ledger.onCommit((facts) => {
    heard.push(...facts.map(({ seq }) => seq));
    if (heard.length < 3) ledger.record([granted('answer')]);
  });
  ledger.record([granted('a')]);
  ledger.close();
  expect(heard).toEqual([1, 2, 3]);
});

test('a closed ledger can be closed again', () => {
  const ledger = openLedger(tempFolder());
  ledger.close();
  expect(() => ledger.close()).not.toThrow();
});
