/**
 * Signed heads as they come in: verified one after another, in the order of their arrival, and
 * handed to the download that they are for.
 */

import type { Clock } from '../clock.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import type { OfferedInstitution } from './institution-download.ts';
import type { OfferedList } from './list-download.ts';
import { parseListKey } from './list-keys.ts';
import { HEAD, type Head, type PlatformFrame } from './protocol.ts';
import { Rejection, rejectionOf } from './rejection.ts';
import { readSigned } from './signed-statement.ts';

export type HeadFrame = Extract<PlatformFrame, { frame: 'head' }>;

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
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly onList: (offered: OfferedList) => void;
  readonly onTrust: (head: Head) => void;
  readonly onInstitution: (offered: OfferedInstitution) => void;
}

export class Heads {
  readonly #options: HeadsOptions;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #open = true;

  constructor(options: HeadsOptions) {
    this.#options = options;
  }

  /** False when too many wait already. */
  take(frame: HeadFrame): boolean {
    if (this.#waiting >= WAITING) return false;
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      if (this.#open) await this.#handle(frame);
      this.#waiting -= 1;
    });
    return true;
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#last;
  }

  async #handle(frame: HeadFrame): Promise<void> {
    let head: Head | null = null;
    try {
      const statement = Buffer.from(frame.statement, 'base64');
      const { clock, signers } = this.#options;
      head = await readSigned(statement, 'head', HEAD, signers, clock.now());
      if (this.#open) this.#route(head, frame.key);
    } catch (error) {
      const { reason, message } = rejectionOf(error);
      const { list, version } = head ?? {};
      const event = REJECTED[head?.of ?? 'entry-list'];
      this.#options.journal(event, { list, version, reason, detail: message });
    }
  }

  #route(head: Head, key: string | undefined): void {
    const { clock, lists, onList, onTrust, onInstitution } = this.#options;
    // A replayed statement is no news of the list, but still of the time.
    clock.raise(Date.parse(head.at));
    if (clock.now() >= Date.parse(head.expires)) {
      throw new Rejection('expired', `the head expired at ${head.expires}`);
    }
    if (head.of !== (KIND_OF[head.list] ?? 'entry-list')) {
      throw new Rejection('wrong-kind', `${head.list} is not a list of kind ${head.of}`);
    }
    if (head.of === 'trust') {
      onTrust(head);
      return;
    }
    if (head.of === 'institution') {
      onInstitution({ head, key: key === undefined ? null : Buffer.from(key, 'base64') });
      return;
    }
    if (!lists.includes(head.list)) {
      throw new Rejection('not-for-this-terminal', 'this list was not asked for');
    }
    const parsed = key === undefined ? null : parseListKey(key);
    if (key !== undefined && parsed === null) throw new Rejection('malformed', 'no list key');
    onList({ head, key: parsed });
  }
}
