/** Kazasu City before the gate opens: authorities, residents with their cards, tonight's event and its entry list. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assurance } from '../../src/domain/entry-list.ts';
import { Authority, keepRevocations } from '../authority.ts';
import { openOrCreateInstitution } from '../card-institution.ts';
import { Registers } from '../municipality/registers.ts';
import { recordsOf } from '../municipality/street-holders.ts';
import { type Population, populate } from '../people.ts';
import { openKeys, openStores } from '../stores.ts';
import { enrolmentCode } from '../terminal-registry.ts';
import { runCommand } from './child.ts';
import {
  giveSigningCertificates,
  signingAuthorityFiles,
  signingFile,
} from './signing-certificates.ts';

export const LIST = 'kazasu-spring-festival';
const TITLE = '春の音楽祭';
const STARTS_IN_MS = 3 * 3_600_000;
const PLATFORM = 'platform-sim/main.ts';

/** Where the authority of the residents' cards is. */
export function authorityFolder(directory: string): string {
  return join(directory, 'authority');
}

/** Residents and authorities live on between two starts: making keys takes longer than everything else. */
export async function settle(directory: string): Promise<Population> {
  const authority = await Authority.openOrCreate(authorityFolder(directory));
  const foreign = await Authority.openOrCreate(join(directory, 'foreign-authority'), {
    name: [
      ['C', 'JP'],
      ['O', 'JPKI-SIM'],
      ['OU', 'another authority'],
    ],
  });
  const { authorityKey } = await openOrCreateInstitution(join(directory, 'institution'));
  const kept = join(directory, 'residents');
  const populated = await populate(authority, foreign, kept, authorityKey);
  const residents = await giveSigningCertificates(directory, populated.residents);
  const population = { ...populated, residents };
  await writeFile(join(directory, 'ca.der'), authority.caCertificate);
  await writeFile(join(directory, 'crl.der'), population.crl);
  await keepRevocations(authorityFolder(directory), population.revoked);
  const rows = population.residents.flatMap(({ person, certificate, certificateBefore }) => {
    if (person.ticket === null || certificate === null) return [];
    const { ticket, seat, party } = person.ticket;
    // The tickets were sold before anybody renewed a card.
    const file = certificateBefore === null ? `${person.id}.der` : beforeOf(person.id);
    return [`residents/${file},${ticket},${seat},${person.name},${party}`];
  });
  const csv = ['certificate,ticket,seat,holder,party', ...rows, ''].join('\n');
  await writeFile(join(directory, 'tickets.csv'), csv);
  await writeHolders(directory, population);
  return population;
}

/** Two tables: when everybody was born and what they sign with, and which records of municipalities are whose. */
async function writeHolders(directory: string, { residents }: Population): Promise<void> {
  const registers = new Registers();
  const own = residents.filter(
    ({ person, certificate }) => certificate !== null && person.trick === null,
  );
  const births = own.map(({ person: { id, born }, signing }) => {
    const signs = signing === undefined ? '' : `residents/${signingFile(id)}`;
    return `residents/${id}.der,${born},${signs}`;
  });
  const records = own.flatMap(({ person: { id } }) =>
    recordsOf(id, registers).map((record) => `residents/${id}.der,${record}`),
  );
  const tables = { 'holders.csv': births, 'records.csv': records };
  const headers = {
    'holders.csv': 'certificate,born,signing',
    'records.csv': 'certificate,record',
  };
  for (const [file, rows] of Object.entries(tables)) {
    const header = headers[file as keyof typeof headers];
    await writeFile(join(directory, file), [header, ...rows, ''].join('\n'));
  }
}

function beforeOf(resident: string): string {
  return `${resident}-before.der`;
}

/**
 * What the authority says of renewed cards, by the same command that a stranger would use: before the tickets, whose
 * table still has the old ones.
 */
export async function tellRenewals(
  directory: string,
  state: string,
  { residents }: Population,
): Promise<void> {
  for (const { person, certificateBefore } of residents) {
    if (certificateBefore === null) continue;
    const cards = join(directory, 'residents');
    const files = [
      '--old',
      join(cards, beforeOf(person.id)),
      '--new',
      join(cards, `${person.id}.der`),
    ];
    await runCommand(PLATFORM, ['renewal', 'add', '--state', state, ...files]);
  }
}

/** By the same commands that a stranger would use. `state`: the platform's folder. */
export async function addTrust(directory: string, state: string): Promise<void> {
  const files = ['--ca', join(directory, 'ca.der'), '--crl', join(directory, 'crl.der')];
  await runCommand(PLATFORM, ['trust', 'add', '--state', state, ...files]);
  const { key, certificate } = await openOrCreateInstitution(join(directory, 'institution'));
  const institution = ['--key', key, '--certificate', certificate];
  await runCommand(PLATFORM, ['institution', 'add', '--state', state, ...institution]);
}

/**
 * When everybody was born, who signs with what, who issues that, and which records are whose, by the same commands that a
 * stranger would use.
 */
export async function tellHolders(directory: string, state: string): Promise<void> {
  const { ca, crl } = signingAuthorityFiles(directory);
  const commands = [
    ['import', '--csv', join(directory, 'holders.csv')],
    ['link', '--csv', join(directory, 'records.csv')],
    ['signing-authority', '--ca', ca, '--crl', crl],
  ];
  await Promise.all(
    commands.map(([command = '', ...options]) =>
      runCommand(PLATFORM, ['register', command, '--state', state, ...options]),
    ),
  );
}

/** Publishes the tickets as the next version of tonight's list, by the same command that a stranger would use. */
export async function publishList(
  directory: string,
  state: string,
  assurance: Assurance,
): Promise<void> {
  const tonight = new Date(Date.now() + STARTS_IN_MS).toISOString();
  const tickets = ['--list', LIST, '--csv', join(directory, 'tickets.csv')];
  const event = ['--title', TITLE, '--starts-at', tonight, '--assurance', assurance];
  await runCommand(PLATFORM, ['list', 'import', '--state', state, ...tickets, ...event]);
}

/** Lets the gate enrol, or enrol `again`: what `kazasu-platform terminal add` prints, without a process for it. */
export async function permitEnrolment(
  state: string,
  terminal: string,
  again = false,
): Promise<string> {
  const stores = openStores(state);
  try {
    const { caCertificate } = await openKeys(state);
    return enrolmentCode(caCertificate, stores.terminals.add(terminal, again, Date.now()).secret);
  } finally {
    stores.close();
  }
}

/** What an operator does who has lost a terminal. */
export async function revokeTerminal(state: string, terminal: string): Promise<void> {
  await runCommand(PLATFORM, ['terminal', 'revoke', terminal, '--state', state]);
}
