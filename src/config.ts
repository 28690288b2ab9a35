/**
 * The terminal's configuration: one TOML file, checked as a whole before anything starts. Every error names the file,
 * the line and the key, and says what would be right.
 */

import { readFileSync } from 'node:fs';
import { closest, distance } from 'fastest-levenshtein';
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { z } from 'zod';
import { isUnenrolledUrl } from './link/connection.ts';
import { NAME } from './link/protocol.ts';

const path = z.string().min(1);

const CARD = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('pcsc'),
    /** The first reader whose name begins so; without it, the first reader. */
    reader: z.string().min(1).optional(),
  }),
  z.strictObject({ driver: z.literal('simulated') }),
]);

const RECEIPT = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('serial'),
    path,
    baud: z.int().min(1_200).max(921_600).default(115_200),
    /** Paper width in millimetres. */
    paper: z.union([z.literal(80), z.literal(58)]).default(80),
  }),
  z.strictObject({
    driver: z.literal('simulated'),
    paper: z.union([z.literal(80), z.literal(58)]).default(80),
  }),
]);

export const CONFIG = z.strictObject({
  profile: z.enum(['gate']),
  name: NAME,
  /** The state folder, relative to the working directory. */
  state: path,
  platform: z.strictObject({
    url: z.string().refine(isUnenrolledUrl, {
      error:
        'an address like "ws://127.0.0.1:8410/terminals"; until terminals are enrolled, ws:// to this machine only',
    }),
  }),
  card: CARD,
  receipt: RECEIPT,
  services: z.strictObject({
    'event-entry': z.strictObject({
      list: NAME,
      /** How people call this gate; on the paper and in "already entered at". Default: the terminal's name. */
      gate: z.string().min(1).max(40).optional(),
    }),
  }),
});

export type Config = z.infer<typeof CONFIG>;

/** `message` is ready for people: one line a problem, each `file:line: key: what is wrong; what would be right`. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Throws `ConfigError` for everything that can be wrong with the file. */
export function readConfig(file: string): Config {
  const program = parseFile(file);
  const parsed = CONFIG.safeParse(getStaticTOMLValue(program));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.flatMap((issue) => problemsOf(issue, program)).map((p) => `${file}:${p}`),
  );
}

function parseFile(file: string): AST.TOMLProgram {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: can't be read: ${(error as Error).message}`]);
  }
  try {
    return parseTOML(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ConfigError([`${file}:${error.lineNumber}: not TOML: ${error.message}`]);
  }
}

function problemsOf(issue: z.core.$ZodIssue, program: AST.TOMLProgram): string[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) =>
        `${lineOf(program, [...at, key])}: ${nameOf([...at, key])}: unknown key; ${rightKey(at, key, program)}`,
    );
  }
  const present = valueAt(program, at) !== undefined;
  const right = messageOf(issue, program);
  const problem = present ? right : `is missing; ${right}`;
  return [`${lineOf(program, at)}: ${nameOf(at)}: ${problem}`];
}

function messageOf(issue: z.core.$ZodIssue, program: AST.TOMLProgram): string {
  if (issue.code === 'invalid_value') return expected(issue.values);
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'driver') {
    return expected(driversOf(schemaAt(issue.path.slice(0, -1).map(String), program)));
  }
  return issue.message;
}

function expected(values: readonly unknown[]): string {
  return `expected ${values.map((value) => JSON.stringify(value)).join(' or ')}`;
}

function rightKey(at: readonly string[], key: string, program: AST.TOMLProgram): string {
  const schema = schemaAt(at, program);
  const chosen =
    schema instanceof z.ZodDiscriminatedUnion ? optionFor(schema, valueAt(program, at)) : schema;
  const known = chosen instanceof z.ZodObject ? Object.keys(chosen.shape) : [];
  const nearest = closest(key, known);
  const hint = distance(key, nearest) <= 2 ? `did you mean "${nearest}"? ` : '';
  return `${hint}known here: ${known.join(', ')}`;
}

/** The part of the schema that the key path names, following the drivers that the file names. */
function schemaAt(at: readonly string[], program: AST.TOMLProgram): unknown {
  let schema: unknown = CONFIG;
  at.forEach((key, depth) => {
    if (schema instanceof z.ZodDiscriminatedUnion) {
      schema = optionFor(schema, valueAt(program, at.slice(0, depth)));
    }
    schema = schema instanceof z.ZodObject ? schema.shape[key] : undefined;
  });
  return schema;
}

/** The option of a union of drivers that the value chooses. */
function optionFor(union: z.ZodDiscriminatedUnion, value: unknown): unknown {
  const driver = (value as Readonly<Record<string, unknown>> | undefined)?.['driver'];
  return union.options.find((option) => driverOf(option) === driver);
}

function driversOf(schema: unknown): unknown[] {
  return schema instanceof z.ZodDiscriminatedUnion ? schema.options.map(driverOf) : [];
}

function driverOf(option: unknown): unknown {
  const literal = option instanceof z.ZodObject ? option.shape['driver'] : undefined;
  return literal instanceof z.ZodLiteral ? literal.value : undefined;
}

function nameOf(at: readonly string[]): string {
  return at.length < 2 ? `"${at.join('')}"` : `[${at.slice(0, -1).join('.')}] "${at.at(-1)}"`;
}

function valueAt(program: AST.TOMLProgram, at: readonly string[]): unknown {
  let value: unknown = getStaticTOMLValue(program);
  for (const key of at) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The line of the key, or of the nearest table around it that the file has. */
function lineOf(program: AST.TOMLProgram, at: readonly string[]): number {
  for (let length = at.length; length > 0; length -= 1) {
    const line = lineOfKey(program, at.slice(0, length));
    if (line !== null) return line;
  }
  return 1;
}

function lineOfKey(program: AST.TOMLProgram, at: readonly string[]): number | null {
  const wanted = at.join('\0');
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      if (keyNames(node.key).join('\0') === wanted) return node.loc.start.line;
      continue;
    }
    const table = node.resolvedKey.map(String);
    if (table.join('\0') === wanted) return node.loc.start.line;
    for (const entry of node.body) {
      if ([...table, ...keyNames(entry.key)].join('\0') === wanted) return entry.loc.start.line;
    }
  }
  return null;
}

function keyNames(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : String(part.value)));
}
