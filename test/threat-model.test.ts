/** THREAT-MODEL.md names tests that there are, and leaves no line without one. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from './documents/generate.ts';

interface Threat {
  readonly attacker: string;
  readonly wants: string;
  readonly stops: string;
  readonly doesNot: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** Rows of the tables, under the heading that they stand under. */
function threatsIn(document: string): Threat[] {
  let attacker = '';
  const threats: Threat[] = [];
  for (const line of document.split('\n')) {
    attacker = /^## (.+)$/u.exec(line)?.[1] ?? attacker;
    const [, wants = '', stops = '', doesNot = '', tests = ''] = line.split(/(?<!\\)\|/u);
    if (!line.startsWith('| ') || wants.trim() === 'wants') continue;
    threats.push({ attacker, wants, stops, doesNot, tests: testsIn(tests) });
  }
  return threats;
}

function testsIn(cell: string): Threat['tests'] {
  return cell.split('; `').flatMap((part) => {
    const file = /`?([^`]+)`:/u.exec(part)?.[1] ?? '';
    return [...part.matchAll(/"([^"]+)"/gu)].map(([, title = '']) => ({ file, title }));
  });
}

/** Of those, the ones that are in no such file, as `file: title`. */
function missing(threats: readonly Threat[]): string[] {
  return threats
    .flatMap(({ tests }) => tests)
    .filter(({ file, title }) => !has(join(PROJECT, file), title))
    .map(({ file, title }) => `${file}: ${title}`);
}

/** As a whole string of that file, which is what a title is: of a test, or of a case in its table. */
function has(path: string, title: string): boolean {
  if (!path.endsWith('.ts') || !existsSync(path)) return false;
  const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

const THREATS = threatsIn(readFileSync(join(PROJECT, 'THREAT-MODEL.md'), 'utf8'));

test('every test that the threat model names is there', () => {
  expect(missing(THREATS)).toEqual([]);
});

test('every line says who, what, what stops it, what does not, and names a test', () => {
  expect(new Set(THREATS.map(({ attacker }) => attacker)).size).toBe(11);
  for (const { tests, ...said } of THREATS) {
    for (const cell of Object.values(said)) expect([said, cell.trim()]).not.toEqual([said, '']);
    expect([said.wants, tests.length]).not.toEqual([said.wants, 0]);
  }
});

test('a test that was renamed, and a file that is gone, are noticed', () => {
  const line = (tests: string) => threatsIn(`## Somebody\n| a | b | c | ${tests} |`);
  const renamed = '`test/clock.test.ts`: "a title that no test has"';
  expect(missing(line(renamed))).toEqual(['test/clock.test.ts: a title that no test has']);
  expect(missing(line('`test/gone.test.ts`: "a"; `test/gone.ts`: "b", "c"'))).toHaveLength(3);
  const right = '`test/clock.test.ts`: "heartbeats never set a clock back by their delay"';
  expect(line(right)).toMatchObject([{ attacker: 'Somebody', tests: [{}] }]);
  expect(missing(line(right))).toEqual([]);
});
