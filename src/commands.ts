/**
 * Does what a platform asks, each thing once. What happened is a fact, in the transaction that also
 * keeps the command's id and its issuer's number; so a command that is told again, or was cut off
 * before that, is not done twice.
 */

import type { Check } from './domain/check.ts';
import { type Command, type CommandRefusal, refusalOf } from './domain/command.ts';
import type { FactBody } from './domain/fact.ts';
import type { Recorder } from './recorder.ts';
import type { OrderWay, Roles } from './roles.ts';
import { DiskFullError } from './store/ledger.ts';
import type { CommandState, DecidedCommand } from './store/ledger-commands.ts';

/** While one waits for an idle terminal; further ones come again with the next link. */
const WAITING = 64;
/** What the platform knows already, from facts or because it is told so. */
const KNOWN_TO_PLATFORM: ReadonlySet<string> = new Set(['papers', 'facts-waiting', 'link']);

export interface CommandParts {
  readonly recorder: Pick<Recorder, 'ledger' | 'record' | 'note'>;
  /** ms since the epoch, by a clock that is set. */
  readonly now: () => number;
  readonly software: string;
  readonly checks: () => Promise<readonly Check[]>;
  /** Resolves as soon as nobody is served: true; false when the signal came first. */
  readonly idle: (signal: AbortSignal) => Promise<boolean>;
  /** Ends the terminal in order; whoever runs it starts it again. */
  readonly restart: () => void;
  readonly roles: Pick<Roles, 'refusalOf' | 'announce' | 'change'>;
  /** As `idle`; and nothing is open any more that only the terminal as it is now can end. */
  readonly quiet: (signal: AbortSignal) => Promise<boolean>;
  /** Which way they come. */
  readonly way: OrderWay;
}

export class CommandRunner {
  readonly #parts: CommandParts;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /** One after the other, in the order in which they came. */
  take(command: Command): void {
    const { recorder } = this.#parts;
    if (this.#waiting >= WAITING) {
      recorder.note('command.rejected', { reason: 'too-many' });
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      await this.#decide(command);
      this.#waiting -= 1;
    });
  }

  /** A restart that had begun when an earlier run ended is what made this one begin. */
  settleEarlierRun(): void {
    const { recorder } = this.#parts;
    const { commands } = recorder.ledger;
    for (const command of commands.started()) {
      this.#keep(() =>
        recorder.record([factOf('command.done', command)], {
          steps: () => commands.settle(command.id),
        }),
      );
    }
  }

  /** Resolves when all that was taken is decided on. */
  async decided(): Promise<void> {
    await this.#last;
  }

  /** What waits is not done; it comes again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  async #decide(command: Command): Promise<void> {
    const { ledger } = this.#parts.recorder;
    const { signal } = this.#stop;
    if (signal.aborted || ledger.commands.has(command.id)) return;
    const refusal = refusalOf(command, ledger.commands.newest(command.issuer), this.#parts.now());
    if (refusal !== null) this.#refuse(command, refusal);
    else if (command.does === 'restart') await this.#restart(command);
    else if (command.does !== 'report-health') await this.#changeRole(command);
    else await this.#reportHealth(command);
  }

  async #reportHealth(command: Command): Promise<void> {
    const { checks, software } = this.#parts;
    const found = (await checks()).filter(({ id }) => !KNOWN_TO_PLATFORM.has(id));
    const idsOf = (state: Check['state']) =>
      found.filter((check) => check.state === state).map(({ id }) => id);
    const health = { software, notWell: idsOf('not-well'), unknown: idsOf('unknown') };
    this.#record(command, 'done', factOf('command.done', command, health));
  }

  async #restart(command: Command): Promise<void> {
    const { idle, restart } = this.#parts;
    const isIdle = await idle(this.#untilExpiryOf(command));
    if (this.#stop.signal.aborted) return;
    if (!isIdle) this.#refuse(command, 'busy');
    // Its intent is kept, and no fact yet: that is for the run that it makes begin.
    else if (this.#record(command, 'started')) restart();
  }

  /** `Roles` sees what is kept here, and has the terminal begin anew. */
  async #changeRole(command: Command): Promise<void> {
    const { roles, quiet } = this.#parts;
    const isRefused = (): boolean => {
      const refusal = roles.refusalOf(command);
      if (refusal !== null) this.#refuse(command, refusal);
      return refusal !== null;
    };
    if (isRefused()) return;
    roles.announce(true);
    const isQuiet = await quiet(this.#untilExpiryOf(command));
    if (this.#stop.signal.aborted) return;
    // The same may have been taken from a stick meanwhile.
    if (this.#parts.recorder.ledger.commands.has(command.id)) return;
    if (isQuiet && !isRefused() && this.#recordChange(command)) return;
    roles.announce(false);
    if (!isQuiet) this.#refuse(command, 'busy');
  }

  #recordChange(command: Command): boolean {
    const { recorder, roles, way } = this.#parts;
    return this.#keep(() => {
      const { facts, keep } = roles.change(command, way);
      recorder.record([...facts, factOf('command.done', command)], {
        steps: () => {
          recorder.ledger.commands.decide(command, 'done');
          keep();
        },
      });
    });
  }

  #untilExpiryOf({ expires }: Command): AbortSignal {
    const expiry = AbortSignal.timeout(Math.max(0, expires - this.#parts.now()));
    return AbortSignal.any([this.#stop.signal, expiry]);
  }

  #refuse(command: Command, reason: CommandRefusal): void {
    this.#record(command, 'refused', factOf('command.refused', command, { reason }));
  }

  #record(command: Command, state: CommandState, ...facts: ReturnType<typeof factOf>[]): boolean {
    const { recorder } = this.#parts;
    return this.#keep(() =>
      recorder.record(facts, { steps: () => recorder.ledger.commands.decide(command, state) }),
    );
  }

  /** On a full disk nothing has changed: the command comes again, or is settled by the next start. */
  #keep(record: () => void): boolean {
    try {
      record();
      return true;
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#parts.recorder.note('command.rejected', { reason: 'disk-full' });
      return false;
    }
  }
}

function factOf(
  event: 'command.done' | 'command.refused',
  { id, number, does }: DecidedCommand,
  more: FactBody = {},
) {
  return { event, subject: `command/${id}`, body: { command: id, number, does, ...more } };
}
