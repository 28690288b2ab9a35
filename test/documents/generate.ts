/**
 * `npm run docs` writes the documents that are tables of the code: docs/reasons.md, docs/journal.md, and parts
 * of docs/protocol.md and ARCHITECTURE.md. `npm run docs -- --check` says which of them are out of date, and test/documents.test.ts does, too.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EVENTS } from '../../src/domain/events.ts';
import { REASONS, type Reason, type Remedy } from '../../src/domain/reason.ts';
import { LANGUAGES, type Language } from '../../src/domain/screen.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { LANGUAGE_NAMES } from '../../src/text/languages.ts';
import { plain } from '../../src/text/ruby.ts';
import { allMachines } from './machines.ts';
import { stateDiagram } from './mermaid.ts';
import { withProtocol } from './protocol.ts';
import { table } from './tables.ts';

export const PROJECT = join(import.meta.dirname, '../..');

const REMEDIES: Readonly<Record<Remedy, string>> = {
  'hold-again': 'hold the card again',
  'go-elsewhere': 'go elsewhere',
  staff: 'staff',
};

/** Path below the project → what the file should hold. */
export async function documents(project = PROJECT): Promise<ReadonlyMap<string, string>> {
  const architecture = await readText(join(project, 'ARCHITECTURE.md'));
  return new Map([
    ['docs/reasons.md', reasons()],
    ['docs/journal.md', journal()],
    ['docs/protocol.md', withProtocol(await readText(join(project, 'docs/protocol.md')))],
    ['ARCHITECTURE.md', await withDiagrams(architecture)],
  ]);
}

/** The paths whose files differ from what the code says. */
export async function outdated(project = PROJECT): Promise<string[]> {
  const paths: string[] = [];
  for (const [path, text] of await documents(project)) {
    if ((await readText(join(project, path))) !== text) paths.push(path);
  }
  return paths;
}

/**
 * Puts the diagram of each machine between `<!-- diagram:NAME -->` and `<!-- /diagram -->`.
 * Throws when a marker names no machine, or a machine has no marker.
 */
export async function withDiagrams(markdown: string): Promise<string> {
  const machines = await allMachines();
  const missing = new Set(machines.keys());
  const text = markdown.replace(
    /<!-- diagram:(\w+) -->[\s\S]*?<!-- \/diagram -->/g,
    (_, name: string) => {
      const machine = machines.get(name);
      if (!machine) throw new Error(`ARCHITECTURE.md: no machine is exported as ${name}`);
      missing.delete(name);
      const diagram = `\`\`\`mermaid\n${stateDiagram(machine)}\n\`\`\``;
      return `<!-- diagram:${name} -->\n${diagram}\n<!-- /diagram -->`;
    },
  );
  if (missing.size > 0) {
    throw new Error(`ARCHITECTURE.md: no <!-- diagram:... --> for ${[...missing].join(', ')}`);
  }
  return text;
}

export function reasons(): string {
  const entries = Object.entries(REASONS) as [Reason, (typeof REASONS)[Reason]][];
  const codes = table(
    ['code', 'cause', 'who can change it'],
    entries.map(([code, { cause, remedy }]) => [`\`${code}\``, cause, REMEDIES[remedy]]),
  );
  const sentences = table(
    ['code', ...LANGUAGES.map((language) => LANGUAGE_NAMES[language])],
    entries.map(([code]) => [
      `\`${code}\``,
      ...LANGUAGES.map((language) => sentencesOf(code, language)),
    ]),
  );
  return page(
    'Reasons',
    'src/domain/reason.ts` and `src/text/',
    'Why a person was not served, or must do something more. The codes appear in the journal and in facts, and are never renamed.',
    `${codes}\n\n## What the person reads\n\nWhat happened, whether the card is harmed, why, what now.\n\n${sentences}`,
  );
}

/** As one paragraph, without ruby. */
function sentencesOf(reason: Reason, language: Language): string {
  const { reasons: texts, refused, information } = catalogueOf(language);
  const { title, card, why, next } = texts[reason];
  const stop = language === 'en' ? '.' : '。';
  const labelled = [
    title,
    `${refused.card}: ${card}`,
    `${refused.why}: ${why}`,
    `${refused.next}: ${next({ information })}`,
  ];
  return labelled.map((text) => `${plain(text)}${stop}`).join('<br>');
}

export function journal(): string {
  const rows = Object.entries(EVENTS).map(([event, { fact, says, fields }]) => [
    `\`${event}\``,
    fact ? 'yes' : '',
    says,
    fields.map((field) => `\`${field}\``).join(' '),
  ]);
  return page(
    'Journal events',
    'src/domain/events.ts',
    'One JSON object a line on standard output, with `event`, `at`, and the fields below; no other field is ever written. ' +
      'A fact is durable in the ledger before it appears here, and is sent to the platform.',
    table(['event', 'fact', 'says', 'fields'], rows),
  );
}

function page(title: string, source: string, introduction: string, body: string): string {
  const origin = `Generated from \`${source}\` by \`npm run docs\`.`;
  return `# ${title}\n\n${introduction}\n\n${origin}\n\n${body}\n`;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

async function main(check: boolean): Promise<void> {
  const paths = await outdated();
  if (check && paths.length > 0) {
    process.stderr.write(`out of date, run npm run docs: ${paths.join(', ')}\n`);
    process.exitCode = 1;
  } else if (!check) {
    const all = await documents();
    for (const path of paths) {
      await mkdir(dirname(join(PROJECT, path)), { recursive: true });
      await writeFile(join(PROJECT, path), all.get(path) ?? '');
      process.stdout.write(`${path}\n`);
    }
  }
}

if (import.meta.main) await main(process.argv.includes('--check'));
