/** What a dead terminal's disk still tells, and that nothing of it is doubled, changed or believed that should not be. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { entriesOf } from '../platform-sim/effects.ts';
import { importFacts } from '../platform-sim/fact-import.ts';
import { FactStore } from '../platform-sim/facts.ts';
import { TerminalRegistry } from '../platform-sim/terminal-registry.ts';
import { RescueError, rescueJournal, rescueLines } from '../src/rescue.ts';
import type { Ledger } from '../src/store/ledger.ts';
import { SoleOwner } from '../src/store/sole-owner.ts';
import { run as platformRun } from './platform/programs.ts';
import { granted, openLedger, tempFolder } from './store/fixtures.ts';

const NOW = Date.parse('2026-02-20T12:00:00.000Z');
const BY = { by: 'Mori', why: 'the gate burnt out' };

/** A terminal that recorded so many facts, of which the platform acknowledged some. */
function terminal(facts: number, acknowledged = 0, name = 'gate-1') {
  const state = tempFolder();
  const ledger = openLedger(state, { terminal: name });
  const all = Array.from({ length: facts }, (_, n) => entered(`r${n + 1}`));
  // Each a commit of its own where there are few, as at a gate.
  if (facts < 10) for (const fact of all) ledger.record([fact]);
  else ledger.record(all);
  if (acknowledged > 0) ledger.acknowledge(acknowledged);
  return { state, ledger };
}

function entered(ref: string) {
  return granted(ref, { list: 'stadium', ref, ticket: ref });
}

function enter(ledger: Ledger, ref: string): void {
  ledger.record([entered(ref)]);
}

/** As its disk is found: whatever is in the files at this moment, the log included. */
function diskOf({ state }: { state: string }): string {
  const disk = join(tempFolder(), 'state');
  cpSync(state, disk, { recursive: true });
  return disk;
}

function rescue(disk: string, all = false) {
  const out = join(tempFolder(), 'rescued');
  return rescueJournal(disk, { out, all }, NOW);
}

function platform(...known: readonly string[]) {
  const state = tempFolder();
  const facts = new FactStore(state);
  const terminals = new TerminalRegistry(state);
  onTestFinished(() => {
    facts.close();
    terminals.close();
  });
  for (const name of known) terminals.add(name, false, NOW);
  const stores = { facts, terminals };
  const held = () => [...facts.since(0)].map(({ json }) => JSON.parse(json));
  return {
    ...{ stores, facts, terminals, state, held },
    take: (file: string) => importFacts(stores, file, BY, NOW),
    ofTerminals: () => held().filter(({ terminal: name }) => name !== 'platform'),
  };
}

test('brings what waits, once, whatever happens twice, and says so in a fact', () => {
  const gate = terminal(5, 2);
  const there = platform('gate-1');
  const texts = gate.ledger.unsent(0, { items: 9, bytes: 99_999 }).map(({ text }) => text);
  const { epoch } = gate.ledger;
  there.facts.store({ terminal: 'gate-1', epoch }, 1, texts.slice(0, 2), NOW);

  const report = rescue(diskOf(gate));
  expect(report).toMatchObject({ terminal: 'gate-1', facts: 3, from: 3, upto: 5, lost: null });
  expect(statSync(report.file).mode & 0o777).toBe(0o600);
  expect(there.take(report.file)).toMatchObject({ stored: 3, repeated: 0, quarantined: 0 });
  expect(there.ofTerminals().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(there.take(report.file)).toMatchObject({ stored: 0, repeated: 3 });
  expect(there.take(rescue(diskOf(gate), true).file)).toMatchObject({ stored: 0, repeated: 5 });
  const told = there.held().filter(({ event }) => event === 'facts.rescued');
  expect(told[0]?.body).toMatchObject({ terminal: 'gate-1', stored: 3, lost: null, ...BY });
  expect(told).toHaveLength(2);

  // It came back after all, and goes on.
  enter(gate.ledger, 'r6');
  const hello = {
    frame: 'hello',
    ...{ terminal: 'gate-1', epoch, boot: 1, lists: [], root: 0, software: '' },
    last: gate.ledger.lastFact(),
    clock: { at: new Date(NOW).toISOString(), quality: 'synced', mono: 1 },
  } satisfies Parameters<FactStore['hello']>[0];
  expect(there.facts.hello(hello, NOW)).toMatchObject({ upto: 5, suspected: [] });
  const [sixth] = gate.ledger.unsent(5, { items: 9, bytes: 99_999 });
  expect(
    there.facts.store({ terminal: 'gate-1', epoch }, 6, [sixth?.text ?? ''], NOW),
  ).toMatchObject({ kind: 'stored', stored: 1 });
  expect(there.terminals.isQuarantined('gate-1')).toBe(false);
});

test('takes the facts that came without a link for what they are, in whatever order they arrive', () => {
  const gates = ['gate-1', 'gate-2'].map((name) => terminal(0, 0, name));
  for (const { ledger } of gates) enter(ledger, 'r1');
  const [one, two] = gates.map((gate) => rescue(diskOf(gate)).file);
  const entries = [
    [one, two],
    [two, one],
    [one, two, one],
  ].map((files) => {
    const there = platform('gate-1', 'gate-2');
    for (const file of files) there.take(file ?? '');
    return entriesOf(there.facts.entryFacts('stadium'), []);
  });
  expect(entries[0]?.get('r1')).toMatchObject({ doubles: 1 });
  expect(entries[1]).toEqual(entries[0]);
  expect(entries[2]).toEqual(entries[0]);
});

test('tells each epoch for itself', () => {
  const gate = terminal(3, 3);
  const before = gate.ledger.epoch;
  gate.ledger.openEpoch(9);
  enter(gate.ledger, 'r4');
  const there = platform('gate-1');
  expect(there.take(rescue(diskOf(gate)).file)).toMatchObject({ stored: 5, quarantined: 0 });
  const streams = there.facts.terminals().filter(({ terminal: name }) => name === 'gate-1');
  expect(streams).toMatchObject([
    { epoch: before, upto: 3 },
    { epoch: gate.ledger.epoch, upto: 5 },
  ]);
});

test('changes nothing on the disk, and needs no right to write there', () => {
  const disk = diskOf(terminal(4));
  const sumsOf = () =>
    readdirSync(disk).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(disk, name)))
        .digest('hex'),
      statSync(join(disk, name)).mtimeMs,
    ]);
  const before = sumsOf();
  expect(before.map(([name]) => name)).toContain('ledger.db-wal');
  rescue(disk);
  expect(sumsOf()).toEqual(before);
});

test('a log that was torn in a power cut: what was whole is brought', () => {
  const gate = terminal(6);
  const disk = diskOf(gate);
  const log = join(disk, 'ledger.db-wal');
  // The last commit is cut in the middle; rubbish lies behind it.
  truncateSync(log, statSync(log).size - 2_000);
  appendFileSync(log, Buffer.alloc(1_500, 7));
  expect(rescue(disk)).toMatchObject({ facts: 5, upto: 5, lost: null });
});

test('says what the journal tells of and the ledger has lost', () => {
  const gate = terminal(6);
  const disk = diskOf(gate);
  const log = join(disk, 'ledger.db-wal');
  truncateSync(log, statSync(log).size - 2_000);
  mkdirSync(join(disk, 'journal'));
  const lines = [1, 2, 3, 4, 5, 6].map((seq) => JSON.stringify({ event: 'entry.granted', seq }));
  writeFileSync(join(disk, 'journal', 'journal.jsonl'), `${lines.join('\n')}\n`);
  const report = rescue(disk);
  expect(report.lost).toBe(
    'facts 6 to 6 at least (the journal tells of them, the ledger does not)',
  );
  expect(rescueLines(report)).toContain('LOST: facts 6');
});

test('damage: what is before it is brought, and what is lost is said', () => {
  const gate = terminal(400);
  gate.ledger.close();
  const disk = diskOf(gate);
  const path = join(disk, 'ledger.db');
  const size = readFileSync(path).length;
  // A hole in the middle of the table of facts.
  const bytes = readFileSync(path);
  const at = bytes.indexOf('"seq":200,');
  bytes.fill(0, Math.floor(at / 4096) * 4096, Math.floor(at / 4096) * 4096 + 4096);
  writeFileSync(path, bytes);
  const report = rescue(disk);
  expect(report.facts).toBeGreaterThan(100);
  expect(report.facts).toBeLessThan(200);
  expect(report.lost).toMatch(/^facts \d+ to 400 at least \(/u);
  expect(readFileSync(path).length).toBe(size);
  const there = platform('gate-1');
  expect(there.take(report.file)).toMatchObject({ stored: report.facts, lost: report.lost });
});

test('damage among what the platform holds does not keep back what it lacks', () => {
  const gate = terminal(400, 390);
  gate.ledger.close();
  const disk = diskOf(gate);
  const path = join(disk, 'ledger.db');
  const bytes = readFileSync(path);
  const page = Math.floor(bytes.indexOf('"seq":100,') / 4096) * 4096;
  bytes.fill(0, page, page + 4096);
  writeFileSync(path, bytes);
  expect(rescue(disk)).toMatchObject({ facts: 10, from: 391, upto: 400, lost: null });
});

test('a fact that somebody changed on the disk ends what is brought', () => {
  const gate = terminal(5);
  gate.ledger.close();
  const disk = diskOf(gate);
  const file = new Database(join(disk, 'ledger.db'));
  file.exec(`UPDATE fact SET text = replace(text, 'r3', 'r9') WHERE seq = 3`);
  file.close();
  expect(rescue(disk)).toMatchObject({
    ...{ facts: 3, upto: 3 },
    lost: 'facts 4 to 5 at least (fact 4 does not continue fact 3)',
  });
});

test('a ledger of which nothing can be read, or none at all, is said to be so', () => {
  const empty = tempFolder();
  expect(() => rescue(empty)).toThrow(/no ledger here/u);
  writeFileSync(join(empty, 'ledger.db'), Buffer.alloc(8_192, 1));
  expect(() => rescue(empty)).toThrow(RescueError);
  expect(() => rescue(diskOf(terminal(0)))).toThrow(/there is no fact/u);
});

test('leaves a folder alone on which a daemon runs', () => {
  const { state } = terminal(1);
  const owner = SoleOwner.claim(state);
  expect(() => rescue(state)).toThrow(/a daemon runs/u);
  owner?.release();
  expect(rescue(state).facts).toBe(1);
});

test('finds the folder on a mounted disk, and asks which one where there are several', () => {
  const disk = tempFolder();
  const at = (name: string) => join(disk, 'var/lib/private/kazasu', name);
  cpSync(diskOf(terminal(2)), at('gate'), { recursive: true });
  expect(rescue(disk)).toMatchObject({ state: at('gate'), facts: 2 });
  cpSync(diskOf(terminal(1)), at('kiosk'), { recursive: true });
  expect(() => rescue(disk)).toThrow(/name one: .*gate, .*kiosk/u);
});

test('never writes over a file, and names the keys on the disk without one of them in it', () => {
  const gate = terminal(1);
  mkdirSync(join(gate.state, 'keys'), { mode: 0o700 });
  const key = 'k'.repeat(32);
  writeFileSync(join(gate.state, 'keys', 'list.stadium.row.bin'), key, { mode: 0o600 });
  const disk = diskOf(gate);
  const report = rescue(disk);
  expect(rescueLines(report)).toContain('1 of them in clear: list.stadium.row');
  expect(readFileSync(report.file, 'utf8')).not.toContain(key);
  expect(() => rescueJournal(disk, { out: report.file })).toThrow(/EEXIST/u);
});

test('the platform takes nothing of a file that is cut off, changed, or of nobody here', () => {
  const file = rescue(diskOf(terminal(3))).file;
  const whole = readFileSync(file, 'utf8');
  const there = platform('gate-1');
  const variant = (text: string) => {
    const path = join(tempFolder(), 'file');
    writeFileSync(path, text);
    return path;
  };
  const lines = whole.split('\n');
  for (const [text, says] of [
    ['', /was not made by/u],
    [whole.slice(0, -30), /its end is missing/u],
    [lines.slice(0, -2).join('\n'), /its end is missing/u],
    [whole.replace('"r2"', '"r8"'), /not as it was written/u],
    [[lines[0], ...lines.slice(2)].join('\n'), /not as it was written/u],
  ] as const) {
    expect(() => there.take(variant(text))).toThrow(says);
  }
  expect(() => there.take(join(tempFolder(), 'none'))).toThrow(/does not exist/u);
  expect(() => platform('gate-2').take(file)).toThrow(/never a terminal of this platform/u);
  expect(there.held()).toEqual([]);
});

test('a file that does not reach down to what the platform holds asks for all', () => {
  const gate = terminal(4, 3);
  const there = platform('gate-1');
  expect(() => there.take(rescue(diskOf(gate)).file)).toThrow(/the platform holds 0: .*--all/u);
  expect(there.take(rescue(diskOf(gate), true).file)).toMatchObject({ stored: 4 });
});

test('a ledger that contradicts what is held is kept apart, and the name goes into quarantine', () => {
  const gate = terminal(2);
  const copy = diskOf(gate);
  enter(gate.ledger, 'mine');
  const twin = openLedger(copy);
  enter(twin, 'other');
  const there = platform('gate-1');
  expect(there.take(rescue(diskOf(gate)).file)).toMatchObject({ stored: 3 });
  expect(there.take(rescue(diskOf({ state: copy })).file)).toMatchObject({
    ...{ stored: 0, repeated: 2, quarantined: 1 },
  });
  expect(there.terminals.quarantineOf('gate-1')).toMatchObject([{ why: 'fork' }]);
  expect([...there.facts.quarantined()]).toHaveLength(1);
});

test('by the command lines: exit code 0, and 1 when something is lost', async () => {
  const launcher = fileURLToPath(new URL('../src/bin/kazasu.mjs', import.meta.url));
  const gate = terminal(3);
  const out = join(tempFolder(), 'rescued');
  const said = spawnSync(
    process.execPath,
    [launcher, 'journal', 'rescue', diskOf(gate), '--out', out],
    { encoding: 'utf8' },
  );
  expect([said.status, said.stderr]).toEqual([0, '']);
  expect(said.stdout).toMatch(/^gate-1: 3 facts \(1 to 3\) that wait; written to /u);
  const there = platform('gate-1');
  const args = ['facts', 'import', out, '--by', 'Mori', '--why', 'burnt', '--state', there.state];
  expect(JSON.parse((await platformRun(args)).stdout)).toMatchObject({ stored: 3 });
  expect(there.ofTerminals()).toHaveLength(3);
  const none = spawnSync(process.execPath, [launcher, 'journal'], { encoding: 'utf8' });
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("'--state <dir>'")]);
});
