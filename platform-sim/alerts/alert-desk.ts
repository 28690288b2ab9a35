/**
 * The municipality's desk for alerts. One person proposes, another consents, and only then is anything signed: with consent the
 * very bytes are named that go out, and a proposal that nobody consents to soon lapses.
 */

import { createHash } from 'node:crypto';
import type { AlertLevel, Worded } from '../../src/domain/alert.ts';
import { InputError } from '../input-error.ts';
import type { PlatformKeys } from '../signing.ts';
import type { AlertStore, StoredMessage } from './alert-store.ts';
import { type CapDraft, writeCap } from './cap-writer.ts';
import { draftAlert, draftChange } from './drafting.ts';
import type { AlertOrder } from './order.ts';
import type { Plans } from './plans.ts';

export interface AlertDeskParts {
  readonly store: AlertStore;
  readonly keys: Pick<PlatformKeys, 'signAlert' | 'reload'>;
  readonly plans: Plans;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Called once a message is signed and kept: terminals are to be told. */
  readonly onSigned: () => void | Promise<void>;
}

export type AlertStanding =
  /** Nobody has consented yet. */
  | 'proposed'
  | 'withdrawn'
  /** Nobody consented in time, or the alert was changed meanwhile. */
  | 'lapsed'
  | 'in-force'
  /** A later message about the same alert counts. */
  | 'changed'
  /** An end that terminals still show. */
  | 'over'
  | 'expired';

/** One message about an alert, as the desk sees it. Times: ISO 8601. */
export interface AlertEntry {
  /** CAP identifier. */
  readonly id: string;
  /** The alert that it is about: the identifier of the first message. */
  readonly alert: string;
  readonly municipality: string;
  readonly is: CapDraft['is'];
  readonly standing: AlertStanding;
  readonly level: AlertLevel;
  readonly districts: readonly string[];
  readonly drill: boolean;
  readonly what: Worded;
  readonly sentAt: string;
  readonly expiresAt: string;
  /** Of the exact bytes: whoever consents says that these are meant. */
  readonly sha256: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

/** What was proposed in another situation is not what is meant now. */
const CONSENT_WITHIN_MS = 30 * 60_000;
/** A document that is told to every television, with those beside it, at once. */
const DOCUMENT_BYTES_MAX = 49_152;
/** Of one municipality. People read one screen. */
const OPEN_MAX = 12;
const NAME_CHARACTERS_MAX = 60;

export class AlertDesk {
  readonly #parts: AlertDeskParts;

  constructor(parts: AlertDeskParts) {
    this.#parts = parts;
  }

  /** Throws InputError, then nothing is proposed. */
  propose(order: AlertOrder, by: string): AlertEntry {
    const { store, now } = this.#parts;
    const name = nameOf(by);
    const last = order.do === 'alert' ? null : this.#lastOf(order.alert);
    const draft = this.#draft(order, last);
    if (last === null) this.#checkOpen(draft.municipality.code);
    const document = writeCap(draft);
    if (document.length > DOCUMENT_BYTES_MAX) {
      throw new InputError('that is more than an alert can say; send it for fewer districts');
    }
    const districts = draft.parts.flatMap((part) => part.districts.map(({ id }) => id));
    store.add({
      id: draft.identifier,
      alert: last?.alert ?? draft.identifier,
      municipality: draft.municipality.code,
      draft,
      document,
      sha256: sha256(document),
      expires: draft.expires,
      // Who was told of it before must hear that it is not for them any more.
      audience: [...new Set([...(last?.audience ?? []), ...districts])].sort(),
      proposed: { by: name, at: now() },
    });
    return this.entry(draft.identifier);
  }

  /**
   * Signs and sends what was proposed. `document`: SHA-256 of what whoever consents has read. Throws InputError: by the same
   * person, too late, another document, or changed meanwhile; then nothing is sent.
   */
  async consent(id: string, document: string, by: string): Promise<AlertEntry> {
    const { store, keys, now, onSigned } = this.#parts;
    const name = nameOf(by);
    const message = this.#message(id);
    const { standing } = this.#entryOf(message);
    if (standing !== 'proposed')
      throw new InputError(`${id} can't be consented to: it is ${standing}`);
    if (samePerson(name, message.proposed.by)) {
      throw new InputError(`${name} proposed it; somebody else has to consent`);
    }
    if (document !== message.sha256 || sha256(message.document) !== message.sha256) {
      throw new InputError(`what was read is not what ${id} would send; look at it again`);
    }
    await keys.reload();
    const signed = await keys.signAlert(message.municipality, message.document);
    const before = message.draft.references.at(-1)?.identifier ?? null;
    if (!store.sign(id, before, name, now(), signed)) {
      throw new InputError(`${id} was decided on, or its alert changed, meanwhile`);
    }
    await onSigned();
    return this.entry(id);
  }

  /** Throws InputError when it was sent already: then it takes a cancellation. */
  withdraw(id: string, by: string): AlertEntry {
    const { store, now } = this.#parts;
    const name = nameOf(by);
    this.#message(id);
    if (!store.withdraw(id, name, now())) {
      throw new InputError(`${id} was decided on; what was sent has to be cancelled`);
    }
    return this.entry(id);
  }

  /** Every message, the newest first. */
  list(): AlertEntry[] {
    return this.#parts.store.all().map((message) => this.#entryOf(message));
  }

  /** Throws InputError when there is none. */
  entry(id: string): AlertEntry {
    return this.#entryOf(this.#message(id));
  }

  /** The CAP document that is or would be signed. Throws InputError. */
  document(id: string): Buffer {
    return this.#message(id).document;
  }

  /** CMS SignedData; null while nobody has consented. Throws InputError. */
  signed(id: string): Buffer | null {
    return this.#message(id).signed;
  }

  #draft(order: AlertOrder, last: StoredMessage | null): CapDraft {
    const { plans } = this.#parts;
    const now = this.#parts.now();
    if (order.do === 'alert') return draftAlert(order, plans, now);
    if (last === null) throw new Error('a change of nothing');
    return draftChange(order, last, plans, now);
  }

  #lastOf(alert: string): StoredMessage {
    const last = this.#parts.store.newestOf(alert);
    if (last === null) throw new InputError(`no alert ${alert} was sent`);
    return last;
  }

  #checkOpen(municipality: string): void {
    const open = this.#parts.store
      .told(this.#parts.now())
      .filter((each) => each.municipality === municipality);
    if (open.length >= OPEN_MAX) {
      throw new InputError(`${OPEN_MAX} alerts are in force; end some, or change one of them`);
    }
  }

  #message(id: string): StoredMessage {
    const message = this.#parts.store.message(id);
    if (message === null) throw new InputError(`there is no message ${id}`);
    return message;
  }

  #entryOf(message: StoredMessage): AlertEntry {
    const { id, alert, municipality, draft, sha256: digest, proposed } = message;
    const { parts, is, status, sent, expires } = draft;
    const decided = message.consented ?? message.withdrawn;
    const [first] = parts.toSorted((a, b) => b.level - a.level);
    if (first === undefined) throw new Error('a message without a part');
    return {
      ...{ id, alert, municipality, is, sha256: digest },
      standing: this.#standingOf(message),
      level: first.level,
      districts: parts.flatMap((part) => part.districts.map((district) => district.id)),
      drill: status === 'Exercise',
      what: first.what,
      sentAt: iso(sent),
      expiresAt: iso(expires),
      proposedBy: proposed.by,
      proposedAt: iso(proposed.at),
      decidedBy: decided?.by ?? null,
      decidedAt: decided === null ? null : iso(decided.at),
    };
  }

  #standingOf({ id, alert, draft, proposed, withdrawn, signed }: StoredMessage): AlertStanding {
    const now = this.#parts.now();
    const newest = this.#parts.store.newestOf(alert)?.id ?? null;
    if (withdrawn !== null) return 'withdrawn';
    if (signed === null) {
      const isOutdated = newest !== (draft.references.at(-1)?.identifier ?? null);
      const isLate = now - proposed.at > CONSENT_WITHIN_MS || now >= draft.expires;
      return isOutdated || isLate ? 'lapsed' : 'proposed';
    }
    if (newest !== id) return 'changed';
    if (now >= draft.expires) return 'expired';
    return draft.is === 'cancel' || draft.is === 'all-clear' ? 'over' : 'in-force';
  }
}

function nameOf(by: string): string {
  const name = by.trim();
  if (name === '' || name.length > NAME_CHARACTERS_MAX || /\p{Cc}/u.test(name)) {
    throw new InputError(`who it is: a name of 1 to ${NAME_CHARACTERS_MAX} printable characters`);
  }
  return name;
}

/** However they write themselves. */
function samePerson(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, '');
  return plain(a) === plain(b);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
