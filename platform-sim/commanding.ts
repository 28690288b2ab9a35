/**
 * What is asked of terminals: signed, numbered, addressed, told to whom it is for until it expires. Whether it was done
 * is what the terminals' facts say.
 */

import { randomUUID } from 'node:crypto';
import { COMMANDS } from '../src/domain/command.ts';
import type { ShelterRole } from '../src/domain/role.ts';
import { COMMAND, type CommandStatement, type PlatformFrame } from '../src/link/protocol.ts';
import type { FactStore } from './facts.ts';
import { InputError } from './input-error.ts';
import type { Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';

const ATTEMPTS_MAX = 10;
/** So many are told to a terminal that comes; a sender who has more open has lost count of them. */
const OPEN_MAX = 64;

export type Target = CommandStatement['to'];

export interface NewCommand {
  readonly to: Target;
  readonly does: string;
  /** Of `take-role`. */
  readonly role?: ShelterRole;
  readonly lifeMs: number;
}

export interface SentCommand extends Pick<CommandStatement, 'id' | 'number'> {
  /** CMS SignedData. */
  readonly signed: Buffer;
}

interface Row {
  readonly added: number;
  readonly id: string;
  readonly number: number;
  /** JSON of a Target. */
  readonly target: string;
  readonly does: string;
  readonly issued_at: string;
  readonly expires: string;
  readonly signed: Buffer;
}

/** As a terminal tells it; checked as a fact when it came. */
interface CommandFact {
  readonly terminal: string;
  readonly event: string;
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What became of a command at one terminal. */
export interface Outcome {
  readonly terminal: string;
  readonly state: 'open' | 'expired' | 'done' | 'refused';
  readonly at: string | null;
  /** What the fact says beyond that. */
  readonly said: Readonly<Record<string, unknown>>;
}

export interface CommandSummary extends Pick<Row, 'id' | 'number' | 'does' | 'expires'> {
  readonly to: Target;
  readonly issuedAt: string;
  readonly outcomes: readonly Outcome[];
}

/** Throws InputError, then nothing is sent. */
export async function sendCommand(
  registry: Registry,
  keys: PlatformKeys,
  { to, does, role, lifeMs }: NewCommand,
  now: number,
): Promise<SentCommand> {
  if (!(COMMANDS as readonly string[]).includes(does)) {
    throw new InputError(`there is no command ${does}; there are ${COMMANDS.join(', ')}`);
  }
  if (openCommands(registry, now).length >= OPEN_MAX) {
    throw new InputError(`${OPEN_MAX} commands have not expired yet; wait for some to`);
  }
  const issuer = keys.signerOf('command');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const command: CommandStatement = COMMAND.parse({
      kind: 'command',
      id: randomUUID(),
      number: newestOf(registry, issuer) + 1,
      to,
      issuedAt: new Date(now).toISOString(),
      expires: new Date(now + lifeMs).toISOString(),
      do: { name: does, ...(role && { role }) },
    });
    const signed = await keys.sign('command', Buffer.from(JSON.stringify(command), 'utf8'));
    if (add(registry, issuer, command, signed)) return { ...command, signed };
  }
  throw new InputError('somebody else sends commands all the time; try again');
}

/** Frames of the commands for `terminal` that have not expired, the oldest first, behind the row `after`. */
export function framesFor(
  registry: Registry,
  terminal: string,
  now: number,
  after = 0,
): PlatformFrame[] {
  return openCommands(registry, now)
    .filter(({ added, target }) => added > after && isFor(target, terminal))
    .map(({ signed }) => ({ frame: 'command', statement: signed.toString('base64') }));
}

/** Rises with every command. */
export function newestCommand(registry: Registry): number {
  return Number(registry.db.prepare('SELECT coalesce(max(added), 0) FROM command').pluck().get());
}

/** All of them, the newest last, with what the terminals said. */
export function listCommands(registry: Registry, facts: FactStore, now: number): CommandSummary[] {
  const rows = registry.db.prepare('SELECT * FROM command ORDER BY added').all() as Row[];
  const results = resultsOf(facts);
  const known = [...new Set(facts.terminals().map(({ terminal }) => terminal))];
  return rows.map((row) => {
    const to = JSON.parse(row.target) as Target;
    const outcomes = (to === 'all' ? known : to).map((terminal): Outcome => {
      const result = results.get(`${row.id} ${terminal}`);
      if (result !== undefined) return result;
      const isOver = now >= Date.parse(row.expires);
      return { terminal, state: isOver ? 'expired' : 'open', at: null, said: {} };
    });
    const { id, number, does, expires, issued_at: issuedAt } = row;
    return { id, number, does, to, issuedAt, expires, outcomes };
  });
}

/** By command and terminal. A terminal decides once; whatever a forked ledger says later is no news. */
function resultsOf(facts: FactStore): Map<string, Outcome> {
  const results = new Map<string, Outcome>();
  for (const json of facts.ofEvents(['command.done', 'command.refused'])) {
    const { terminal, event, at, body } = JSON.parse(json) as CommandFact;
    const { command, number: _, does: __, ...said } = body;
    const state = event === 'command.done' ? 'done' : 'refused';
    const key = `${command} ${terminal}`;
    if (!results.has(key)) results.set(key, { terminal, state, at, said });
  }
  return results;
}

/** For which one a command that was signed here is; null: for several, or it was not signed here. */
export function terminalOf(registry: Registry, signed: Uint8Array): string | null {
  const select = registry.db.prepare('SELECT target FROM command WHERE signed = ?').pluck();
  const target = select.get(signed) as string | undefined;
  const to: Target = target === undefined ? 'all' : JSON.parse(target);
  return to === 'all' || to.length !== 1 ? null : (to[0] ?? null);
}

function isFor(target: string, terminal: string): boolean {
  const to = JSON.parse(target) as Target;
  return to === 'all' || to.includes(terminal);
}

function openCommands(registry: Registry, now: number): Row[] {
  const select = registry.db.prepare('SELECT * FROM command WHERE expires > ? ORDER BY added');
  return select.all(new Date(now).toISOString()) as Row[];
}

function newestOf(registry: Registry, issuer: string): number {
  const select = registry.db.prepare(
    'SELECT coalesce(max(number), 0) FROM command WHERE issuer = ?',
  );
  return Number(select.pluck().get(issuer));
}

/** False when another process took the number meanwhile. */
function add(
  registry: Registry,
  issuer: string,
  { id, number, to, do: { name }, issuedAt, expires }: CommandStatement,
  signed: Buffer,
): boolean {
  const insert = registry.db.prepare(
    `INSERT INTO command (id, issuer, number, target, does, issued_at, expires, signed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const target = JSON.stringify(to);
  return insert.run(id, issuer, number, target, name, issuedAt, expires, signed).changes === 1;
}
