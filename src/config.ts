/**
 * The terminal's configuration: one TOML file, checked as a whole before anything starts. Every error names the file,
 * the line and the key, and says what would be right.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { closest, distance } from 'fastest-levenshtein';
import {
  type AST,
  getStaticTOMLValue,
  ParseError,
  parseTOML,
  traverseNodes,
} from 'toml-eslint-parser';
import { z } from 'zod';
import { SOUND_LEVELS } from './domain/screen.ts';
import { PAYMENT, RELEASE, TURNSTILE } from './line-config.ts';
import { PLACE } from './link/alert-protocol.ts';
import { isSecureUrl, isUnenrolledUrl } from './link/connection.ts';
import { isOcspUrl } from './link/ocsp-url.ts';
import { NAME } from './link/protocol.ts';
import { checkNeighbours, NEIGHBOURS } from './neighbour-config.ts';
import { PAGE } from './page-config.ts';
import { REMOTE, TV_POWER } from './remote-config.ts';
import { RETENTION } from './retention-config.ts';
import { checkServices, SERVICES } from './service-config.ts';
import { isPinLine, readPinCredential } from './staff/pin.ts';
import { STAFF } from './staff-config.ts';
import { checkTransfer, TRANSFER } from './transfer-config.ts';

const CONFIG_BYTES_MAX = 65_536;
/** A file that is something else altogether is not told line by line. */
const PROBLEMS_TOLD_MAX = 20;

const path = z.string().regex(/^[^\0]*[^\0\s][^\0]*$/u, { error: 'a path' });

/** Paper width in millimetres. */
const paper = z.literal([80, 58]).default(80);

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
    paper,
  }),
  z.strictObject({
    driver: z.literal('simulated'),
    paper,
  }),
]);

/** Where the terminal's own keys are. The PIN of a token never stands here. */
const KEYS = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('file') }),
  z.strictObject({
    store: z.literal('pkcs11'),
    /** The PKCS#11 module, a shared library. */
    module: path.refine((file) => file.startsWith('/'), { error: 'a path from the root' }),
    /** The label of the token. CK_TOKEN_INFO has 32 bytes for it. */
    token: z.string().regex(/^[\x21-\x7e]([\x20-\x7e]{0,30}[\x21-\x7e])?$/u, {
      error: 'the label of a token, 1 to 32 characters',
    }),
    /** Without it: the systemd credential `pkcs11-pin`. */
    'pin-file': path.optional(),
  }),
]);

/** A way from here, in the operator's own words; a language without them gets the general ones. */
const way = z
  .string()
  .regex(/^(?=.*\S)[^\p{Cc}]{1,60}$/u, { error: 'words of 1 to 60 printable characters' });
const WAY = z.strictObject({
  ja: way,
  'ja-simple': way.optional(),
  en: way.optional(),
  /** How the Japanese is read aloud, in kana. */
  kana: way.optional(),
});

const SCREEN = z.strictObject({
  /** Of the loopback address; 0: one that is free, which `device.ready` tells. */
  port: z.int().min(0).max(65_535).default(8_401),
  /** The edge of the screen nearest the reader. */
  reader: z.enum(['down', 'right', 'left', 'up']).default('down'),
  /** The only page that may frame the screen, by its origin. */
  embed: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/u, { error: 'an origin like "http://127.0.0.1:8400"' })
    .optional(),
  /** What everybody begins with. */
  sound: z.enum(SOUND_LEVELS).default('normal'),
  voice: z.enum(['espeak-ng', 'none']).default('espeak-ng'),
  /** A folder of recorded clips, each in the place of a synthesized one. */
  clips: path.optional(),
  information: WAY.optional(),
  'other-gate': WAY.optional(),
});

const TABLES = z.strictObject({
  profile: z.enum(['gate', 'counter', 'kiosk', 'shelter', 'stb']),
  name: NAME,
  /** The state folder, relative to the working directory. */
  state: path,
  platform: z.strictObject({
    url: z.string().refine((url) => isSecureUrl(url) || isUnenrolledUrl(url), {
      error:
        'an address like "wss://platform.example/terminals", for a terminal that is enrolled; ws:// to this machine only',
    }),
  }),
  /** Who says online whether a card was revoked; asked only by services that are told to. */
  ocsp: z
    .strictObject({
      url: z.string().refine(isOcspUrl, {
        error:
          'an address like "https://ocsp.example/"; http:// to 127.0.0.1 only, for it names cards',
      }),
      /** By which hash the responder knows the issuers of cards. */
      'certificate-id': z.enum(['sha1', 'sha256']).default('sha1'),
    })
    .optional(),
  card: CARD,
  receipt: RECEIPT.optional(),
  /** Without it: files in the state folder. */
  keys: KEYS.optional(),
  release: RELEASE.optional(),
  turnstile: TURNSTILE.optional(),
  page: PAGE.optional(),
  payment: PAYMENT.optional(),
  remote: REMOTE.optional(),
  'tv-power': TV_POWER.optional(),
  retention: RETENTION.optional(),
  /** Without this table nobody can act as staff at the terminal's own screen. */
  staff: STAFF.optional(),
  /** Whose alerts concern it; without it, nobody's do. */
  place: PLACE.optional(),
  metrics: z
    .strictObject({
      /** Of the loopback address; 0: one that is free, which `metrics.ready` tells. */
      port: z.int().min(0).max(65_535).default(9_464),
    })
    .optional(),
  neighbours: NEIGHBOURS,
  /** Without it, facts go over the link alone. */
  transfer: TRANSFER.optional(),
  /** Without it, the terminal has no screen. */
  screen: SCREEN.optional(),
  services: SERVICES,
});

const CONFIG = TABLES.superRefine(checkServices)
  .superRefine(checkNeighbours)
  .superRefine(checkTransfer);

export type Config = z.infer<typeof CONFIG>;

/** `message` is ready for people: one line a problem, each `file:line: key: what is wrong; what would be right`. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** What the file says, and where it says it. */
interface Source {
  readonly program: AST.TOMLProgram;
  readonly value: unknown;
}

/** Throws `ConfigError` for everything that can be wrong with the file. */
export function readConfig(file: string): Config {
  const source = parse(file, readText(file));
  const parsed = CONFIG.safeParse(source.value);
  if (parsed.success) return withPinCredential(parsed.data);
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, source));
  throw new ConfigError(
    problems.slice(0, PROBLEMS_TOLD_MAX).map((problem) => `${file}:${problem}`),
  );
}

/** Secrets that the service manager hands over stand beside the file. */
function withPinCredential(config: Config): Config {
  if (config.staff === undefined || config.staff.pin !== undefined) return config;
  const directory = process.env['CREDENTIALS_DIRECTORY'];
  const credential = directory === undefined ? null : readPinCredential(directory);
  if (credential === null) return config;
  const { file, line: pin } = credential;
  if (!isPinLine(pin)) {
    throw new ConfigError([`${file}: is not the line that "kazasu staff-pin" prints`]);
  }
  return { ...config, staff: { ...config.staff, pin } };
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readAtMost(file, CONFIG_BYTES_MAX));
  } catch (error) {
    throw new ConfigError([`${file}: can't be read: ${(error as Error).message}`]);
  }
}

/** Whatever the path names: a device without end is read no further than an ordinary file. */
function readAtMost(file: string, limit: number): Buffer {
  const bytes = Buffer.alloc(limit + 1);
  const handle = openSync(file, 'r');
  let length = 0;
  try {
    for (let read = -1; read !== 0 && length <= limit; length += read) {
      read = readSync(handle, bytes, length, bytes.length - length, null);
    }
  } finally {
    closeSync(handle);
  }
  if (length > limit) throw new RangeError(`it has more than ${limit} bytes`);
  return bytes.subarray(0, length);
}

function parse(file: string, text: string): Source {
  try {
    const program = parseTOML(text);
    const inherited = inheritedKeysOf(program);
    if (inherited.length > 0) throw new ConfigError(inherited.map((key) => `${file}:${key}`));
    return { program, value: getStaticTOMLValue(program) };
  } catch (error) {
    if (error instanceof ParseError) {
      throw new ConfigError([`${file}:${error.lineNumber}: not TOML: ${error.message}`]);
    }
    // The parser recurses; so deep is no configuration.
    if (error instanceof RangeError) throw new ConfigError([`${file}: it is nested too deeply`]);
    throw error;
  }
}

/** `__proto__.x = 1` would reach every object of this process: such keys are refused before they have a value. */
function inheritedKeysOf(program: AST.TOMLProgram): string[] {
  const found: string[] = [];
  traverseNodes(program, {
    enterNode(node) {
      if (node.type !== 'TOMLKey') return;
      const names = keyNames(node).filter((name) => name in Object.prototype);
      found.push(...names.map((name) => `${node.loc.start.line}: "${name}": unknown key`));
    },
    leaveNode() {},
  });
  return found;
}

function problemsOf(issue: z.core.$ZodIssue, source: Source): string[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, PROBLEMS_TOLD_MAX)
      .map(
        (key) =>
          `${lineOf(source, [...at, key])}: ${nameOf([...at, key])}: unknown key; ${rightKey(at, key, source)}`,
      );
  }
  const present = valueAt(source, at) !== undefined;
  const right = messageOf(issue, source);
  const problem = present ? right : `is missing; ${right}`;
  return [`${lineOf(source, at)}: ${nameOf(at)}: ${problem}`];
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a table',
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
};

function messageOf(issue: z.core.$ZodIssue, source: Source): string {
  if (issue.code === 'invalid_value') return expected(issue.values);
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_union') {
    const union = schemaAt(issue.path.slice(0, -1).map(String), source);
    if (union instanceof z.ZodDiscriminatedUnion) return expected(choicesOf(union));
  }
  return issue.message;
}

function expected(values: readonly unknown[]): string {
  return `expected ${values.map((value) => JSON.stringify(value)).join(' or ')}`;
}

function rightKey(at: readonly string[], key: string, source: Source): string {
  const schema = schemaAt(at, source);
  const chosen =
    schema instanceof z.ZodDiscriminatedUnion ? optionFor(schema, valueAt(source, at)) : schema;
  const known = chosen instanceof z.ZodObject ? Object.keys(chosen.shape) : [];
  const nearest = closest(key, known);
  const hint = distance(key, nearest) <= 2 ? `did you mean "${nearest}"? ` : '';
  return `${hint}known here: ${known.join(', ')}`;
}

/** The part of the schema that the key path names, following the drivers that the file names. */
function schemaAt(at: readonly string[], source: Source): unknown {
  let schema: unknown = TABLES;
  at.forEach((key, depth) => {
    if (schema instanceof z.ZodDiscriminatedUnion) {
      schema = optionFor(schema, valueAt(source, at.slice(0, depth)));
    }
    schema = schema instanceof z.ZodObject ? schema.shape[key] : undefined;
    if (schema instanceof z.ZodOptional) schema = schema.unwrap();
  });
  return schema;
}

/** The option of a union (of drivers, for instance) that the value chooses. */
function optionFor(union: z.ZodDiscriminatedUnion, value: unknown): unknown {
  const chosen = (value as Readonly<Record<string, unknown>> | undefined)?.[keyOf(union)];
  return union.options.find((option) => choiceOf(option, keyOf(union)) === chosen);
}

function choicesOf(union: z.ZodDiscriminatedUnion): unknown[] {
  return union.options.map((option) => choiceOf(option, keyOf(union)));
}

function choiceOf(option: unknown, key: string): unknown {
  const literal = option instanceof z.ZodObject ? option.shape[key] : undefined;
  return literal instanceof z.ZodLiteral ? literal.value : undefined;
}

/** The key that says which of a union it is: `driver`, `store`. */
function keyOf(union: z.ZodDiscriminatedUnion): string {
  return union.def.discriminator;
}

function nameOf(at: readonly string[]): string {
  return at.length < 2 ? `"${at.join('')}"` : `[${at.slice(0, -1).join('.')}] "${at.at(-1)}"`;
}

function valueAt(source: Source, at: readonly string[]): unknown {
  let { value } = source;
  for (const key of at) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The line of the key, or of the nearest table around it that the file has. */
function lineOf(source: Source, at: readonly string[]): number {
  for (let length = at.length; length > 0; length -= 1) {
    const line = lineOfKey(source, at.slice(0, length));
    if (line !== null) return line;
  }
  return 1;
}

function lineOfKey(source: Source, at: readonly string[]): number | null {
  const wanted = at.join('\0');
  for (const node of source.program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      if (keyNames(node.key).join('\0') === wanted) return node.loc.start.line;
      continue;
    }
    // A number counts the tables of an array.
    const table = node.resolvedKey.filter((part) => typeof part === 'string');
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
