/**
 * Signed heads as they come in: verified one after another, in the order of their arrival, and
 * handed to the download that they are for.
 */

import type { Clock } from '../clock.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import { InTurn } from './in-turn.ts';
import type { OfferedInstitution } from './institution-download.ts';
import type { OfferedList } from './list-download.ts';
import { isListKey } from './list-keys.ts';
import { type KeyRecipient, readOfferedKeys } from './offered-keys.ts';
import { HEAD, type Head, type HeadFrame } from './protocol.ts';
import { Rejection, rejectionOf } from './rejection.ts';
import { readSigned } from './signed-statement.ts';

export const TRUST_LIST = 'trust';
export const INSTITUTION_LIST = 'institution';

/** Names that are no entry list's. */
const KIND_OF: Readonly<Record<string, Head['of']>> = {
  [TRUST_LIST]: 'trust',
  [INSTITUTION_LIST]: 'institution',
};

const REJECTED = {
  'entry-list': 'list.rejected',
  trust: 'trust.rejected',
  institution: 'institution.rejected',
} as const satisfies Record<Head['of'], EventName>;

/** More heads than lists that a terminal may name, twice over: a platform that floods. */
const WAITING = 130;

export interface HeadsOptions {
  /** The entry lists that this terminal wants. */
  readonly lists: readonly string[];
  readonly clock: Clock;
  readonly signers: Signers;
  /** Who keys are wrapped for; null: nobody, this terminal is not enrolled. */
  readonly recipient: KeyRecipient | null;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly onList: (offered: OfferedList) => void;
  readonly onTrust: (head: Head) => void;
  readonly onInstitution: (offered: OfferedInstitution) => void;
}

export class Heads {
  readonly #options: HeadsOptions;
  readonly #frames: InTurn<HeadFrame> = new InTurn(WAITING, (frame) => this.#handle(frame));

  constructor(options: HeadsOptions) {
    this.#options = options;
  }

  /** False when too many wait already. */
  take(frame: HeadFrame): boolean {
    return this.#frames.take(frame);
  }

  close(): Promise<void> {
    return this.#frames.close();
  }

  async #handle(frame: HeadFrame): Promise<void> {
    let head: Head | null = null;
    try {
      const statement = Buffer.from(frame.statement, 'base64');
      const { clock, signers } = this.#options;
      head = await readSigned(statement, 'head', HEAD, signers, clock.now());
      if (this.#frames.isOpen) this.#route(head, frame);
    } catch (error) {
      const { reason, message } = rejectionOf(error);
      const { list, version } = head ?? {};
      const event = REJECTED[head?.of ?? 'entry-list'];
      this.#options.journal(event, { list, version, reason, detail: message });
    }
  }

  #route(head: Head, frame: HeadFrame): void {
    const { clock, recipient, onList, onTrust, onInstitution } = this.#options;
    checkHead(head, clock);
    if (head.of === 'trust') {
      onTrust(head);
      return;
    }
    if (head.of === 'institution') {
      onInstitution({ head, key: readOfferedKeys(frame, ['institution'], recipient) });
      return;
    }
    onList(offeredList(head, frame, this.#options));
  }
}

/** Whoever judges the head of an entry list, whichever way it came. */
export type HeadJudge = Pick<HeadsOptions, 'lists' | 'clock' | 'signers' | 'recipient'>;

/** What it offers. Rejects with what `rejectionOf` understands, also for what is no entry list. */
export async function judgeListHead(frame: HeadFrame, judge: HeadJudge): Promise<OfferedList> {
  const { clock, signers } = judge;
  const statement = Buffer.from(frame.statement, 'base64');
  const head = await readSigned(statement, 'head', HEAD, signers, clock.now());
  checkHead(head, clock);
  if (head.of !== 'entry-list') throw new Rejection('wrong-kind', `a head of kind ${head.of}`);
  return offeredList(head, frame, judge);
}

function checkHead(head: Head, clock: Clock): void {
  // A replayed statement is no news of the list, but still of the time.
  clock.raise(Date.parse(head.at));
  if (clock.now() >= Date.parse(head.expires)) {
    throw new Rejection('expired', `the head expired at ${head.expires}`);
  }
  if (head.of !== (KIND_OF[head.list] ?? 'entry-list')) {
    throw new Rejection('wrong-kind', `${head.list} is not a list of kind ${head.of}`);
  }
}

function offeredList(
  head: Head,
  frame: HeadFrame,
  { lists, recipient }: Pick<HeadsOptions, 'lists' | 'recipient'>,
): OfferedList {
  if (!lists.includes(head.list)) {
    throw new Rejection('not-for-this-terminal', 'this list was not asked for');
  }
  const key = readOfferedKeys(frame, ['row', 'data'], recipient);
  if (key !== null && 'clear' in key && !isListKey(key.clear)) {
    throw new Rejection('malformed', 'no list key');
  }
  return { head, key };
}
