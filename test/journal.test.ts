/** The journal: whoever reads it, or does not read it any more, and whatever its disk says, the terminal goes on. */

import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Journal } from '../src/journal.ts';
import { keptJournalFiles, lastJournaledFact, readJournal } from '../src/journal-reader.ts';
import { tempFolder } from './store/fixtures.ts';

const AT = '2016-02-20T09:00:00.000Z';

function openJournal(state: string, out: Writable | null = null): Journal {
  const journal = new Journal(state, out);
  onTestFinished(() => journal.close());
  return journal;
}

function note(journal: Journal, times = 1): void {
  for (let time = 0; time < times; time++) {
    journal.write({ event: 'disk.ok', at: AT, fields: { freeBytes: time } });
  }
}

function kept(state: string): string {
  return keptJournalFiles(state)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}

const factLine = (seq: number) => `${JSON.stringify({ at: AT, event: 'entry.granted', seq })}\n`;

describe('the other end of stdout', () => {
  test('a reader that went away harms nobody, and the kept copy goes on', async () => {
    const state = tempFolder();
    const broken = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })),
    });
    const journal = openJournal(state, broken);
    note(journal);
    await new Promise((resolve) => setImmediate(resolve));
    note(journal);
    await journal.close();
    expect(kept(state).split('\n')).toHaveLength(3);
  });

  test('a reader that does not read costs no memory without end', async () => {
    const state = tempFolder();
    const stuck = new Writable({ write: () => {} });
    const journal = openJournal(state, stuck);
    note(journal, 40_000);
    expect(stuck.writableLength).toBeLessThan(2 * 1_048_576);
    await journal.close();
    expect(kept(state).trimEnd().split('\n').at(-1)).toContain('"freeBytes":39999');
  });

  test('a reader that reads again gets what comes from then on', () => {
    const state = tempFolder();
    const waiting: (() => void)[] = [];
    const slow = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) });
    const journal = openJournal(state, slow);
    note(journal, 40_000);
    for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) done();
    expect(slow.writableLength).toBe(0);
    note(journal);
    expect(slow.writableLength).toBeGreaterThan(0);
  });
});

test('what is written after the end opens no file', async () => {
  const state = tempFolder();
  const journal = openJournal(state);
  note(journal);
  await journal.close();
  rmSync(join(state, 'journal'), { recursive: true });
  note(journal);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(keptJournalFiles(state)).toEqual([]);
});

describe('reading', () => {
  /** A folder with a journal that a test writes by hand. */
  function journalFolder(lines: string): { state: string; current: string } {
    const state = tempFolder();
    mkdirSync(join(state, 'journal'));
    const current = join(state, 'journal', 'journal.jsonl');
    writeFileSync(current, lines);
    return { state, current };
  }

  function rotate(state: string, added: string): void {
    const name = (index: number) =>
      join(state, 'journal', `journal${index ? `.${index}` : ''}.jsonl`);
    for (const index of [2, 1, 0]) {
      try {
        renameSync(name(index), name(index + 1));
      } catch {
        // Not so many yet.
      }
    }
    writeFileSync(name(0), added);
  }

  test('all that is kept, oldest first', async () => {
    const { state } = journalFolder('1\n');
    rotate(state, '2\n');
    rotate(state, '3\n');
    const pieces: string[] = [];
    for await (const piece of readJournal(state)) pieces.push(piece.toString());
    expect(pieces.join('')).toBe('1\n2\n3\n');
  });

  test('following loses nothing, whatever is added and rotated between two looks', async () => {
    const { state, current } = journalFolder('1\n');
    const stop = new AbortController();
    const changes = [
      () => appendFileSync(current, '2\n'),
      () => {
        appendFileSync(current, '3\n');
        rotate(state, '4\n');
      },
      () => {
        appendFileSync(current, '5\n');
        rotate(state, '6\n');
        appendFileSync(current, '7\n');
        rotate(state, '8\n');
      },
      () => {
        appendFileSync(current, '9\n');
        stop.abort();
      },
    ];
    let seen = '';
    for await (const piece of readJournal(state, stop.signal)) {
      seen += piece.toString();
      if (/(1|2|4|8)\n$/u.test(seen)) changes.shift()?.();
    }
    expect(seen).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n');
  });

  test('the last fact is found behind any number of other lines', () => {
    const facts = [1, 2, 3, 4, 5, 6, 7].map((seq) => factLine(seq)).join('');
    const other = `${JSON.stringify({ at: AT, event: 'device.lost', device: 'reader' })}\n`;
    const { state } = journalFolder(`${facts}${other.repeat(5_000)}`);
    expect(lastJournaledFact(state)).toBe(7);
    rotate(state, other);
    rotate(state, `${other}{"at":"cut in the middle of "seq":9`);
    expect(lastJournaledFact(state)).toBe(7);
  });

  test('facts behind a hole that a power cut left count as not shown, and are shown once more', () => {
    const hole = '\0'.repeat(512);
    const { state, current } = journalFolder(`${factLine(1)}${factLine(2)}${hole}${factLine(5)}`);
    expect(lastJournaledFact(state)).toBe(2);
    appendFileSync(current, `\n${[3, 4, 5, 6].map((seq) => factLine(seq)).join('')}`);
    expect(lastJournaledFact(state)).toBe(6);
  });

  test('a hole at the beginning is noticed, and one that is older than what is shown again is not', () => {
    expect(lastJournaledFact(journalFolder(`${factLine(2)}${factLine(3)}`).state)).toBe(0);
    const later = Array.from({ length: 1_000 }, (_, n) => factLine(n + 9)).join('');
    expect(lastJournaledFact(journalFolder(`${factLine(2)}${later}`).state)).toBe(1_008);
  });
});
