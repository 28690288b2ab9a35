/** Signed commands as they come in: verified one after another, and handed on when they are for this terminal. */

import type { Clock } from '../clock.ts';
import type { Command } from '../domain/command.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import { InTurn } from './in-turn.ts';
import { COMMAND, type PlatformFrame } from './protocol.ts';
import { Rejection, rejectionOf } from './rejection.ts';
import { readSignedBy } from './signed-statement.ts';

export type CommandFrame = Extract<PlatformFrame, { frame: 'command' }>;

/** More than a platform keeps for one terminal, twice over: a platform that floods. */
const WAITING = 130;

export interface CommandsOptions {
  readonly terminal: string;
  readonly clock: Clock;
  readonly signers: Signers;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly onCommand: (command: Command) => void;
}

export class Commands {
  readonly #options: CommandsOptions;
  readonly #frames: InTurn<CommandFrame> = new InTurn(WAITING, (frame) => this.#handle(frame));

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** False when too many wait already. */
  take(frame: CommandFrame): boolean {
    return this.#frames.take(frame);
  }

  close(): Promise<void> {
    return this.#frames.close();
  }

  async #handle({ statement }: CommandFrame): Promise<void> {
    try {
      const command = await verifyCommand(Buffer.from(statement, 'base64'), this.#options);
      if (this.#frames.isOpen) this.#options.onCommand(command);
    } catch (error) {
      const { reason, message } = rejectionOf(error);
      this.#options.journal('command.rejected', { reason, detail: message });
    }
  }
}

/** Whoever judges a command, whichever way it came. */
export type CommandJudge = Pick<CommandsOptions, 'terminal' | 'clock' | 'signers'>;

/** What it says, when it is the platform's word and for this terminal. Rejects with what `rejectionOf` understands. */
export async function verifyCommand(
  cms: Buffer,
  { terminal, clock, signers }: CommandJudge,
): Promise<Command> {
  const { said, signer } = await readSignedBy(cms, 'command', COMMAND, signers, clock.now());
  if (said.to !== 'all' && !said.to.includes(terminal)) {
    throw new Rejection('not-for-this-terminal', 'the command is addressed to others');
  }
  // Nothing is decided without the time; it comes again with the next link.
  if (clock.quality() === 'unset') throw new Rejection('clock-unset', 'the clock is not set');
  return {
    id: said.id,
    issuer: signer,
    number: said.number,
    does: said.do.name,
    role: said.do.role ?? null,
    issuedAt: Date.parse(said.issuedAt),
    expires: Date.parse(said.expires),
  };
}
