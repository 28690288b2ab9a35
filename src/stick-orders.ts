/**
 * An order that a stick brings, at the terminal's own screen or at a keyboard: judged by the functions that judge what comes
 * over the link, and recorded as they record it.
 */

import { CommandRunner } from './commands.ts';
import { type Command, type CommandRefusal, refusalOf } from './domain/command.ts';
import type { StickFault, StickOrder } from './domain/stick-screen.ts';
import { verifyCommand } from './link/commands.ts';
import { pinnedPlatform } from './link/pinned-platform.ts';
import { PlatformRoot } from './link/platform-root.ts';
import { Rejection, type RejectionReason, rejectionOf } from './link/rejection.ts';
import type { Signers } from './pki/signed-object.ts';
import type { Recorder } from './recorder.ts';
import type { Roles } from './roles.ts';
import type { Decision } from './staff/decisions.ts';
import type { StateFolder } from './state-folder.ts';
import { SOFTWARE } from './version.ts';

export interface StickOrderParts extends Pick<StateFolder, 'ledger' | 'clock'> {
  readonly terminal: string;
  readonly recorder: Pick<Recorder, 'ledger' | 'record' | 'note'>;
  readonly roles: Pick<Roles, 'refusalOf' | 'announce' | 'change'>;
}

const REJECTED: Partial<Record<RejectionReason, StickFault>> = {
  'bad-signature': 'bad-signature',
  'not-named': 'not-named',
  'wrong-kind': 'no-order',
  'not-for-this-terminal': 'other-terminal',
  'clock-unset': 'clock-unset',
  expired: 'signer-expired',
};

/** Whose word counts, by the root that the terminal has. Throws Rejection where it never met its platform. */
export function heldSigners({ ledger, clock }: Pick<StateFolder, 'ledger' | 'clock'>): Signers {
  const ca = pinnedPlatform(ledger);
  if (ca === null) throw new Rejection('bad-signature', 'no platform was met yet');
  return new PlatformRoot({ ledger, now: () => clock.now(), journal() {} }).signers(ca);
}

/** What it says, where it is the platform's word, for this terminal and new to it; or why not. Whether it is followed is another thing. */
export async function judgeOrder(
  cms: Buffer,
  { terminal, ledger, clock }: StickOrderParts,
): Promise<Command | StickFault> {
  try {
    const signers = heldSigners({ ledger, clock });
    const command = await verifyCommand(cms, { terminal, clock, signers });
    return ledger.commands.has(command.id) ? 'repeated' : command;
  } catch (error) {
    return REJECTED[rejectionOf(error).reason] ?? 'damaged';
  }
}

/** Why it would not be followed now; null: it would. */
export function refusalNow(
  command: Command,
  { ledger, clock, roles }: StickOrderParts,
): CommandRefusal | null {
  if (orderOf(command) === null) return 'unknown-command';
  const newest = ledger.commands.newest(command.issuer);
  return refusalOf(command, newest, clock.now()) ?? roles.refusalOf(command);
}

/** For whoever reads it; null for what is no order of a role. */
export function orderOf({ does, role }: Pick<Command, 'does' | 'role'>): StickOrder | null {
  if (role !== null) return { does: 'take-role', name: role.name, until: role.until };
  return does === 'end-role' ? { does } : null;
}

/** Follows it, or records why not: that; null: it is followed. */
export async function followOrder(
  command: Command,
  { ledger, clock, recorder, roles }: StickOrderParts,
  decision: Decision,
): Promise<StickFault | null> {
  const before = ledger.lastFact().seq;
  const runner = new CommandRunner({
    recorder,
    now: () => clock.now(),
    software: SOFTWARE,
    checks: async () => [],
    idle: async () => true,
    restart() {},
    roles,
    // Whoever is being served is served to the end: the process ends after that.
    quiet: async () => true,
    way: { how: 'stick', ...decision },
  });
  runner.take(command);
  await runner.decided();
  const subject = `command/${command.id}`;
  const said = [...ledger.facts(before)].find((fact) => fact.subject === subject);
  if (said === undefined) return 'disk-full';
  return said.event === 'command.refused' ? (said.body['reason'] as CommandRefusal) : null;
}
