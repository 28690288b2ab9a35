/** The documents that are tables and diagrams of the code say what the code says. */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import { EVENTS } from '../src/domain/events.ts';
import { REASONS, type Reason } from '../src/domain/reason.ts';
import { LANGUAGES } from '../src/domain/screen.ts';
import { catalogueOf } from '../src/text/index.ts';
import { plain } from '../src/text/ruby.ts';
import { journal, outdated, PROJECT, reasons, withDiagrams } from './documents/generate.ts';
import { allMachines } from './documents/machines.ts';
import { stateDiagram } from './documents/mermaid.ts';

test('what is committed is what npm run docs writes', async () => {
  expect(await outdated()).toEqual([]);
});

test('a document that was edited by hand, and one that is missing, are both noticed', async () => {
  const project = await mkdtemp(join(tmpdir(), 'kazasu-documents-'));
  onTestFinished(() => rm(project, { recursive: true }));
  await cp(join(PROJECT, 'ARCHITECTURE.md'), join(project, 'ARCHITECTURE.md'));
  await cp(join(PROJECT, 'docs'), join(project, 'docs'), { recursive: true });
  expect(await outdated(project)).toEqual([]);

  const architecture = await readFile(join(project, 'ARCHITECTURE.md'), 'utf8');
  await writeFile(join(project, 'ARCHITECTURE.md'), architecture.replace('-->', '-->\n\n'));
  await rm(join(project, 'docs/journal.md'));
  expect(await outdated(project)).toEqual(['docs/journal.md', 'ARCHITECTURE.md']);
});

test('the text around the diagrams is nobody’s but its author’s', async () => {
  const names = [...(await allMachines()).keys()];
  const markers = names.map((name) => `<!-- diagram:${name} -->old<!-- /diagram -->`);
  const text = await withDiagrams(`before ${markers.join(' between ')} after $& $1`);
  expect(text).toMatch(/^before /);
  expect(text).toMatch(/ after \$& \$1$/);
  expect(text.match(/ between /g)).toHaveLength(names.length - 1);
  expect(text).not.toContain('old<!--');
});

test('a marker for a machine that is not there, and a machine without a marker, are errors', async () => {
  const unknown = '<!-- diagram:noMachine --><!-- /diagram -->';
  await expect(withDiagrams(unknown)).rejects.toThrow('no machine is exported as noMachine');
  await expect(withDiagrams('')).rejects.toThrow('no <!-- diagram:... --> for ');
});

test('the tables of reasons have every code, its cause, and what the person reads in every language', () => {
  const lines = reasons().split('\n');
  for (const [code, { cause }] of Object.entries(REASONS)) {
    const rows = lines.filter((text) => text.startsWith(`| \`${code}\` |`));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain(cause);
    for (const language of LANGUAGES) {
      const { title, card, why } = catalogueOf(language).reasons[code as Reason];
      for (const text of [title, card, why]) expect(rows[1]).toContain(plain(text));
    }
  }
});

test('the table of the journal has every event, its fields, and whether it is a fact', () => {
  const lines = journal().split('\n');
  for (const [event, { fact, fields }] of Object.entries(EVENTS)) {
    const cells = lines.find((text) => text.startsWith(`| \`${event}\` |`))?.split(' | ') ?? [];
    expect(cells[1]?.trim()).toBe(fact ? 'yes' : '');
    for (const field of fields) expect(cells[3]).toContain(`\`${field}\``);
  }
});

test('a diagram shows states, effects, regions, guards, time-outs and ends, and not what changes nothing', () => {
  const machine = setup({
    types: { events: {} as { type: 'go' } | { type: 'ignored' } },
    actors: { watch: fromPromise(() => Promise.resolve()) },
    guards: { mayGo: () => true },
    delays: { patience: 5 },
    actions: { note: assign({}) },
  }).createMachine({
    initial: 'idle',
    on: { go: { target: '.done' } },
    states: {
      idle: {
        invoke: { id: 'watch', src: 'watch', onDone: 'both', onError: 'done' },
        on: {
          go: [{ guard: 'mayGo', target: 'both' }, { target: 'done' }],
          ignored: {},
        },
        after: { patience: 'done' },
      },
      both: {
        type: 'parallel',
        states: { left: {}, right: { initial: 'a', states: { a: {} } } },
      },
      done: { type: 'final', entry: 'note' },
    },
  });
  expect(stateDiagram(machine).split('\n')).toEqual([
    'stateDiagram-v2',
    '  state "idle" as idle',
    '  idle : watch',
    '  state "both" as both',
    '  state both {',
    '    state "left" as both_left',
    '    --',
    '    state "right" as both_right',
    '    state both_right {',
    '      state "a" as both_right_a',
    '      [*] --> both_right_a',
    '    }',
    '  }',
    '  state "done" as done',
    '  [*] --> idle',
    '  anyState --> done : go',
    '  idle --> both : go [mayGo], watch done',
    '  idle --> done : go [otherwise], watch failed, after patience',
    '  done --> [*]',
  ]);
});
