/**
 * What the terminal is: what it is configured to be, or for a while the reader of a shelter, because a signed order says so.
 * The change is a fact, in the transaction that keeps the order; then the process ends, and the next one begins as what the
 * ledger says. A power cut leaves it the one or the other.
 */

import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Conditions } from './conditions.ts';
import type { Config } from './config.ts';
import type { Command, CommandRefusal } from './domain/command.ts';
import type { FactBody, NewFact } from './domain/fact.ts';
import type { HeldRole, ShelterRole } from './domain/role.ts';
import { MunicipalitySeal, SealError } from './pki/seal-to-municipality.ts';
import type { Recorder } from './recorder.ts';
import { heldRole, inRole, ROLE_SETTING, roleSealFile, roleText } from './role-config.ts';
import { listUsed } from './service-config.ts';
import type { StateFolder } from './state-folder.ts';
import { codeOf, isStorageFailure, publish, writeDurably } from './store/disk.ts';
import { DiskFullError } from './store/ledger.ts';

const LOOK_EVERY_MS = 1_000;

/** Which way an order came; from a stick somebody at the terminal says so, and why. */
export type OrderWay =
  | { readonly how: 'link' }
  | { readonly how: 'stick'; readonly by: string; readonly why: string };

/** What becomes durable together. */
export interface RoleChange {
  readonly facts: readonly NewFact[];
  /** Inside the transaction of the facts. */
  keep(): void;
}

export interface RoleEnding {
  /** Resolves once nobody is served, and money is settled: true; false when the signal came first. */
  readonly quiet: (signal: AbortSignal) => Promise<boolean>;
  readonly onRestart: () => void;
  readonly onDefect: (error: unknown) => void;
}

type Folder = Pick<StateFolder, 'ledger' | 'clock'> & {
  readonly recorder: Pick<Recorder, 'record'>;
};

export class Roles {
  /** As it was when the process began: what it serves as. */
  readonly held: HeldRole | null;
  /** What the terminal is, for as long as the process runs. */
  readonly config: Config;
  readonly #configured: Config;
  readonly #folder: Folder;
  readonly #conditions: Conditions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #unwatch: () => void = () => {};

  /** Throws as the file system does, where what the order brought is gone and can't be written again. */
  constructor(configured: Config, folder: Folder, conditions: Conditions) {
    this.#configured = configured;
    this.#folder = folder;
    this.#conditions = conditions;
    this.held = heldRole(folder.ledger);
    if (this.held !== null) keepSeal(configured.state, this.held);
    this.config = inRole(configured, this.held);
  }

  /** The list of what it is configured to be: it stays wanted, for the day after. */
  get lists(): readonly string[] {
    const list = listUsed(this.#configured);
    return list === undefined ? [] : [list];
  }

  /** Why a verified order is not followed; null: it is. */
  refusalOf({ role }: Pick<Command, 'role'>): CommandRefusal | null {
    if (role === null) return heldRole(this.#folder.ledger) === null ? 'no-role' : null;
    const { services, transfer } = this.#configured;
    if (services['evacuation-alert'] !== undefined) return 'not-suited';
    if (services['evacuation-shelter'] !== undefined) return 'not-suited';
    if (this.#folder.clock.now() >= Date.parse(role.until)) return 'role-over';
    const seal = sealOf(role);
    if (seal === null) return 'municipality-key';
    const isOther = transfer !== undefined && transfer.recipient.id !== seal.id;
    return isOther ? 'other-municipality' : null;
  }

  /** Whoever comes now is told that the terminal is about to be something else; who is being served is served to the end. */
  announce(isChanging: boolean): void {
    this.#conditions.set('role', isChanging ? 'role-changing' : null);
  }

  /** Of an order that is not refused. Throws `DiskFullError`, having changed nothing. */
  change({ id, role }: Pick<Command, 'id' | 'role'>, way: OrderWay): RoleChange {
    const { ledger } = this.#folder;
    const { state } = this.#configured;
    const before = heldRole(ledger);
    if (role === null) {
      const facts = before === null ? [] : [endedFact(before, 'order', { command: id, ...way })];
      return { facts, keep: () => ledger.set(ROLE_SETTING, '') };
    }
    const held: HeldRole = { ...role, command: id };
    keepSeal(state, held);
    return {
      facts: [
        ...(before === null ? [] : [endedFact(before, 'replaced', { command: id, ...way })]),
        takenFact(held, way),
      ],
      keep: () => ledger.set(ROLE_SETTING, roleText(held)),
    };
  }

  /**
   * Follows what the ledger says from now on, also where somebody at a keyboard took an order from a stick. A role ends when
   * its time is past by the platform's own clock alone: a clock that runs wrong must send nobody away, and who can't reach
   * the platform could not be told of a longer time either.
   */
  start(ending: RoleEnding): void {
    const { ledger, clock } = this.#folder;
    const look = (): void => {
      if (heldRole(ledger)?.command === this.held?.command) return;
      this.#unwatch();
      this.#stopLooking();
      this.announce(true);
      ending
        .quiet(this.#stop.signal)
        .then((isQuiet) => isQuiet && ending.onRestart())
        .catch(ending.onDefect);
    };
    this.#unwatch = ledger.onCommit(look);
    look();
    const { held } = this;
    if (held === null) return;
    this.#timer = setInterval(() => {
      if (clock.quality() === 'synced' && clock.now() >= Date.parse(held.until)) this.#expire(held);
    }, LOOK_EVERY_MS).unref();
  }

  stop(): void {
    this.#unwatch();
    this.#stopLooking();
    this.#stop.abort();
  }

  /** A disk that is full is asked again at the next look. */
  #expire(held: HeldRole): void {
    const { ledger, recorder } = this.#folder;
    try {
      recorder.record([endedFact(held, 'expired')], {
        steps: () => ledger.set(ROLE_SETTING, ''),
      });
      this.#stopLooking();
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

function takenFact({ certificate, ...said }: HeldRole, way: OrderWay): NewFact {
  const municipalityKey = hash('sha256', Buffer.from(certificate, 'base64'));
  return {
    event: 'role.taken',
    subject: `role/${said.command}`,
    body: { ...said, municipalityKey, ...way },
  };
}

function endedFact(
  { command: order, role, shelter }: HeldRole,
  ended: 'order' | 'expired' | 'replaced',
  by: FactBody = {},
): NewFact {
  return {
    event: 'role.ended',
    subject: `role/${order}`,
    body: { order, role, shelter, ended, ...by },
  };
}

function sealOf({ certificate }: ShelterRole): MunicipalitySeal | null {
  try {
    return new MunicipalitySeal(Buffer.from(certificate, 'base64'));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** The certificate as a file; there already, nothing happens: a disk that is full keeps no shelter from starting. */
function keepSeal(state: string, { certificate }: HeldRole): void {
  const file = roleSealFile(state);
  const wanted = Buffer.from(certificate, 'base64');
  if (existsSync(file) && readFileSync(file).equals(wanted)) return;
  try {
    writeDurably(`${file}.part`, wanted);
    publish(`${file}.part`, file);
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
    throw new DiskFullError(`the order can not be kept: ${codeOf(error)}`);
  }
}
