/**
 * The support bundle: one JSON file that a terminal's operator can read through before handing it on. It says how the
 * terminal is and what its journal said, and holds nothing of a person, a card or a key: no facts, no rows of a list.
 */

import { writeFileSync } from 'node:fs';
import { release, version } from 'node:os';
import type { Config } from '../config.ts';
import type { Examination } from '../doctor.ts';
import { EVENTS, type EventName } from '../domain/events.ts';
import { SOFTWARE } from '../version.ts';
import { type KeptLine, keptLines } from './journal-view.ts';

/** Tables of the configuration that may hold nothing secret. Others are left out, also those that are still to come. */
const PLAIN_TABLES: ReadonlySet<string> = new Set([
  'profile',
  'name',
  'state',
  'platform',
  'card',
  'receipt',
  'page',
  'remote',
  'tv-power',
  'services',
  'screen',
  'metrics',
]);
const SECRET_KEY = /pin|key|secret|token|password|code|hash|salt/iu;
/** What people typed: names of staff, and why they did something. */
const TYPED_BY_STAFF: ReadonlySet<string> = new Set(['by', 'why']);
const REMOVED = '(removed)';
/** The newest lines; a kept journal has no more than about 200,000. */
const LINES_MAX = 200_000;

/** Writes it to a new file that its owner alone may read. Throws what the file system throws, `EEXIST` among it. */
export async function writeBundle(
  file: string,
  config: Config,
  { report, state }: Examination,
): Promise<void> {
  const { list: level } = state.levels;
  const list = level === 'none' ? null : (level?.active ?? null);
  const bundle = {
    bundle: 'kazasu-support-1',
    doctor: report,
    configuration: redacted(config),
    software: {
      kazasu: SOFTWARE,
      sqlite: state.sqlite,
      node: process.versions,
      system: `${version()} ${release()} ${process.arch}`,
    },
    lists: list === null ? [] : [{ ...list.manifest, chunks: list.manifest.chunks.length }],
    facts: state.facts,
    journal: await journalOf(config.state),
  };
  writeFileSync(file, `${JSON.stringify(bundle, null, 1)}\n`, { flag: 'wx', mode: 0o600 });
}

/** What can be told of a configuration, its secrets replaced. */
export function redacted(config: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([table, value]) => [
      table,
      PLAIN_TABLES.has(table) ? withoutSecrets(value) : REMOVED,
    ]),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) ? REMOVED : withoutSecrets(inner),
    ]),
  );
}

async function journalOf(stateDirectory: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for await (const line of keptLines(stateDirectory)) {
    const told = toldOf(line);
    if (told !== null) lines.push(told);
    if (lines.length > LINES_MAX) lines.splice(0, LINES_MAX / 10);
  }
  return lines;
}

/** By the table of events again: the files may be older than it, or not only this software's work. */
function toldOf(line: KeptLine): Record<string, unknown> | null {
  if (!(line.event in EVENTS)) return null;
  const fields: readonly string[] = EVENTS[line.event as EventName].fields;
  const told: Record<string, unknown> = { at: line.at, event: line.event };
  if (typeof line['seq'] === 'number') told['seq'] = line['seq'];
  for (const field of fields) {
    if (line[field] === undefined) continue;
    told[field] = TYPED_BY_STAFF.has(field) ? REMOVED : line[field];
  }
  return told;
}
