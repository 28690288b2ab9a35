/** docs/protocol.md, as somebody reads it who writes the other side. */

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { FACT } from '../platform-sim/fact-schema.ts';
import { PLATFORM_FRAME, TERMINAL_FRAME } from '../src/link/protocol.ts';
import { PROJECT } from './documents/generate.ts';
import { withProtocol } from './documents/protocol.ts';
import { fieldsOf, membersOf } from './documents/schema-table.ts';
import { readTranscript } from './link/transcript-file.ts';

const document = () => readFile(join(PROJECT, 'docs/protocol.md'), 'utf8');

test('the facts of the worked example hash to what is printed, and each names the one before', async () => {
  const text = await document();
  const shown = [
    ...text.matchAll(/```json\n(\{"terminal":.*\})\n```\n\nSHA-256: `([0-9a-f]{64})`/gu),
  ];
  expect(shown.length).toBeGreaterThanOrEqual(3);
  let before = '0'.repeat(64);
  for (const [index, [, fact = '', printed]] of shown.entries()) {
    expect(hash('sha256', Buffer.from(fact, 'utf8'))).toBe(printed);
    expect(FACT.parse(JSON.parse(fact))).toMatchObject({ seq: index + 1, prev: before });
    before = printed ?? '';
  }
});

test('every frame has a heading, and every field of it a row', async () => {
  const text = await document();
  for (const [name, schema] of [...membersOf(TERMINAL_FRAME), ...membersOf(PLATFORM_FRAME)]) {
    const sections = text.split(`#### \`${name}\`\n`).slice(1);
    const section = sections.map((each) => each.split('\n#### ')[0] ?? '');
    const fields = fieldsOf(schema).map(({ path }) => `| \`${path}\` |`);
    expect(section.some((each) => fields.every((field) => each.includes(field)))).toBe(true);
  }
});

test('what was recorded is of the protocol as it is now', () => {
  for (const line of readTranscript('kazasu-v1.2').lines) {
    if (!('from' in line)) continue;
    const schema = line.from === 'terminal' ? TERMINAL_FRAME : PLATFORM_FRAME;
    expect(schema.parse(line.frame)).toEqual(line.frame);
  }
});

test('a section without a marker, and a marker without a section, are errors', async () => {
  expect(() => withProtocol('<!-- generated:nothing --><!-- /generated -->')).toThrow('no section');
  const text = await document();
  expect(() => withProtocol(text.replace('<!-- generated:chain -->', ''))).toThrow('for chain');
});

test('a form says whatever limits a field', () => {
  const schema = z.strictObject({
    few: z.array(z.strictObject({ n: z.int().min(3).max(4) })).length(2),
    maybe: z.strictObject({ at: z.iso.datetime() }).nullable().optional(),
    share: z.number().positive(),
  });
  expect(fieldsOf(schema)).toEqual([
    { path: 'few', form: '2 of: object', isOptional: false },
    { path: 'few[].n', form: 'integer, 3 to 4', isOptional: false },
    { path: 'maybe', form: 'object or null', isOptional: true },
    { path: 'maybe.at', form: 'time', isOptional: false },
    { path: 'share', form: 'number, over 0', isOptional: false },
  ]);
});
