/** The generated parts of docs/protocol.md: tables of the schemas that both sides parse by, and what was really said. */

import { hash } from 'node:crypto';
import type { z } from 'zod';
import * as protocol from '../../src/link/protocol.ts';
import { QUESTION_LIMITS } from '../../src/link/question-protocol.ts';
import { PAUSE_MS_MAX } from '../../src/link/upload-protocol.ts';
import * as neighbours from '../../src/neighbours/protocol.ts';
import { readTranscript, type Said } from '../link/transcript-file.ts';
import {
  NEIGHBOUR_CLOSE_WORDS,
  NEIGHBOUR_FIELD_WORDS,
  NEIGHBOUR_LIMIT_WORDS,
  NEIGHBOUR_OBJECT_WORDS,
} from './neighbour-words.ts';
import * as words from './protocol-words.ts';
import { fieldsOf, membersOf } from './schema-table.ts';
import { table } from './tables.ts';

const { CLOSE_WORDS, LIMIT_WORDS, REFUSAL_WORDS } = words;
const OBJECT_WORDS = { ...words.OBJECT_WORDS, ...NEIGHBOUR_OBJECT_WORDS };
const FIELD_WORDS = { ...words.FIELD_WORDS, ...NEIGHBOUR_FIELD_WORDS };

/** The recording that the document shows. */
const SHOWN = 'kazasu-v1.2';
/** Longer texts are cut in the conversation; facts never are. */
const SHOWN_CHARACTERS = 44;

const SIGNED: Readonly<Record<string, z.ZodType>> = {
  'signed root': protocol.ROOT,
  'signed head': protocol.HEAD,
  'signed entry-list': protocol.ENTRY_LIST_MANIFEST,
  'signed trust': protocol.TRUST_MANIFEST,
  'signed institution': protocol.INSTITUTION_MANIFEST,
  'signed command': protocol.COMMAND,
};

/** Two gates say frames that are called as those of terminal and platform are. */
const NEIGHBOUR_FRAMES: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  [...membersOf(neighbours.NEIGHBOUR_FRAME)].map(([name, schema]) => [`neighbour ${name}`, schema]),
);

const SECTIONS: Readonly<Record<string, () => string>> = {
  'terminal-frames': () => frames(protocol.TERMINAL_FRAME),
  'platform-frames': () => frames(protocol.PLATFORM_FRAME),
  enrolment: () => objects({ 'POST /enrol': protocol.ENROL_REQUEST }),
  'signed-objects': () => objects(SIGNED),
  oids,
  limits,
  'close-codes': () => worded(protocol.CLOSE, CLOSE_WORDS, ['code', 'name', 'meaning']),
  refusals: () =>
    table(
      ['`kazasu-refused`', 'meaning'],
      protocol.CLIENT_REFUSAL.options.map((each) => [`\`${each}\``, wordOf(REFUSAL_WORDS, each)]),
    ),
  chain,
  conversation,
  'neighbour-frames': () => objects(NEIGHBOUR_FRAMES),
  'neighbour-limits': neighbourLimits,
  'neighbour-close-codes': () =>
    worded(neighbours.CLOSE, NEIGHBOUR_CLOSE_WORDS, ['code', 'name', 'meaning']),
};

/**
 * Puts each section between `<!-- generated:NAME -->` and `<!-- /generated -->`. Throws where a marker names none, a section
 * has no marker, a field has no words or words have no field.
 */
export function withProtocol(markdown: string): string {
  const missing = new Set(Object.keys(SECTIONS));
  const used = new Set<string>();
  const text = markdown.replace(
    /<!-- generated:([\w-]+) -->[\s\S]*?<!-- \/generated -->/gu,
    (_, name: string) => {
      const section = SECTIONS[name];
      if (section === undefined) throw new Error(`docs/protocol.md: there is no section ${name}`);
      missing.delete(name);
      return `<!-- generated:${name} -->\n${section()}\n<!-- /generated -->`;
    },
  );
  if (missing.size > 0) {
    throw new Error(`docs/protocol.md: no <!-- generated:... --> for ${[...missing].join(', ')}`);
  }
  for (const schema of ALL) for (const key of keysOf(...schema)) used.add(key);
  const idle = Object.keys(FIELD_WORDS).filter((key) => !used.has(key));
  if (idle.length > 0) throw new Error(`words without a field: ${idle.join(', ')}`);
  return text;
}

const ALL: readonly (readonly [string, z.ZodType])[] = [
  ...membersOf(protocol.TERMINAL_FRAME),
  ...membersOf(protocol.PLATFORM_FRAME),
  ['POST /enrol', protocol.ENROL_REQUEST],
  ...Object.entries(SIGNED),
  ...Object.entries(NEIGHBOUR_FRAMES),
];

/** A field that means the same everywhere has its words under its name alone. */
function keysOf(name: string, schema: z.ZodType): string[] {
  return fieldsOf(schema).map(({ path }) => keyOf(name, path));
}

function keyOf(name: string, path: string): string {
  return `${name}.${path}` in FIELD_WORDS ? `${name}.${path}` : path;
}

function neighbourLimits(): string {
  const { frames: rate, ...sizes } = neighbours.LIMITS;
  const all = {
    ...sizes,
    'frames.atOnce': rate.atOnce,
    'frames.perSecond': rate.perSecond,
  };
  return worded(all, NEIGHBOUR_LIMIT_WORDS, ['limit', 'name', 'of what']);
}

function frames(union: typeof protocol.TERMINAL_FRAME | typeof protocol.PLATFORM_FRAME): string {
  return objects(Object.fromEntries(membersOf(union)));
}

function objects(schemas: Readonly<Record<string, z.ZodType>>): string {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const rows = fieldsOf(schema).map(({ path, form, isOptional }) => [
        `\`${path}\``,
        isOptional ? `${form}; may be missing` : form,
        wordOf(FIELD_WORDS, keyOf(name, path)),
      ]);
      return `#### \`${name.replace(/^(signed|neighbour) /u, '')}\`\n\n${wordOf(OBJECT_WORDS, name)}\n\n${table(['field', 'form', 'meaning'], rows)}`;
    })
    .join('\n\n');
}

function oids(): string {
  const signed = Object.entries(protocol.SIGNED_KIND).map(([kind, oid]) => [
    `\`${oid}\``,
    `SignedData, \`${kind}\``,
  ]);
  const wrapped = Object.entries(protocol.KEY_PURPOSE).map(([purpose, oid]) => [
    `\`${oid}\``,
    `EnvelopedData, \`${purpose}\``,
  ]);
  return table(['OID', 'content type of'], [...signed, ...wrapped]);
}

function limits(): string {
  const { frames: rate, ...sizes } = protocol.LIMITS;
  const all = {
    ...sizes,
    'frames.atOnce': rate.atOnce,
    'frames.perSecond': rate.perSecond,
    'questions.open': QUESTION_LIMITS.open,
    'questions.bodyBytes': QUESTION_LIMITS.bodyBytes,
    pauseMs: PAUSE_MS_MAX,
  };
  return worded(all, LIMIT_WORDS, ['limit', 'name', 'of what']);
}

function worded(
  values: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>>,
  heads: readonly string[],
): string {
  return table(
    heads,
    Object.entries(values).map(([name, value]) => [
      value.toLocaleString('en').replaceAll(/^(\d),(\d{3})$/gu, '$1$2'),
      `\`${name}\``,
      wordOf(words, name),
    ]),
  );
}

function wordOf(words: Readonly<Record<string, string>>, key: string): string {
  const found = words[key];
  if (found === undefined) throw new Error(`no words for ${key}`);
  return found;
}

/** The facts of the recording, as their ledger has them, each with its hash. */
function chain(): string {
  const items = saidIn(SHOWN).flatMap(({ frame }) =>
    frame['frame'] === 'facts' ? (frame['items'] as readonly string[]) : [],
  );
  return items
    .map((text) => `\`\`\`json\n${text}\n\`\`\`\n\nSHA-256: \`${hash('sha256', text)}\``)
    .join('\n\n');
}

function conversation(): string {
  return readTranscript(SHOWN)
    .lines.map((line) => {
      if (!('from' in line)) return `**At the platform:** ${line.cue}.`;
      const shown = JSON.stringify(line.frame, (key, value) => shortened(key, value), 1);
      return `**${line.from === 'terminal' ? 'Terminal' : 'Platform'}:**\n\n\`\`\`json\n${shown}\n\`\`\``;
    })
    .join('\n\n');
}

function shortened(key: string, value: unknown): unknown {
  if (key === 'items') return (value as readonly string[]).map(() => '(a fact: see above)');
  if (typeof value !== 'string' || value.length <= SHOWN_CHARACTERS * 2) return value;
  return `${value.slice(0, SHOWN_CHARACTERS)}... (${value.length} characters)`;
}

function saidIn(name: string): Said[] {
  return readTranscript(name).lines.filter((line): line is Said => 'from' in line);
}
