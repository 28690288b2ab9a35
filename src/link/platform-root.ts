/**
 * The root that this terminal believes: pinned with the platform at first contact, replaced by its
 * successors alone, one version after the other, and kept in the ledger.
 *
 * Two settings. `root-pin` is small and written with every version: the fingerprint of version 1,
 * which never changes, and the number of the newest version. `root` is that version itself. When it
 * is damaged, the way from version 1 up to that number is gone again, and nothing else is believed.
 */

import { z } from 'zod';
import type { EventName } from '../domain/events.ts';
import { openRoot, type Root } from '../pki/root-object.ts';
import type { Signers } from '../pki/signed-object.ts';
import type { Ledger } from '../store/ledger.ts';
import { Rejection, rejectionOf } from './rejection.ts';

const PIN_SETTING = 'root-pin';
const ROOT_SETTING = 'root';

const PIN = z.strictObject({
  /** Fingerprint of version 1. */
  first: z.string(),
  version: z.int().positive(),
});
type Pin = z.infer<typeof PIN>;

export interface PlatformRootOptions {
  readonly ledger: Pick<Ledger, 'get' | 'set' | 'record'>;
  readonly now: () => number;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
}

/** The root that a ledger holds. For whoever only looks, too. */
export function heldRoot(ledger: Pick<Ledger, 'get'>): Root | 'damaged' | null {
  if (ledger.get(PIN_SETTING) === null) return null;
  const pin = pinOf(ledger);
  if (pin === null) return 'damaged';
  try {
    const root = openRoot(Buffer.from(ledger.get(ROOT_SETTING) ?? '', 'base64'), null);
    return root.version === pin.version ? root : 'damaged';
  } catch (error) {
    rejectionOf(error);
    return 'damaged';
  }
}

/** A version, as it was read and as it came. */
interface Kept {
  readonly root: Root;
  /** CMS, base64. */
  readonly statement: string;
}

export class PlatformRoot {
  readonly #options: PlatformRootOptions;
  /** The newest version that is known. It counts once it is no older than what was held before. */
  #newest: Kept | null = null;
  #saidExpired = 0;

  constructor(options: PlatformRootOptions) {
    this.#options = options;
    const { ledger, journal } = options;
    const root = heldRoot(ledger);
    if (root === 'damaged') {
      journal('root.rejected', { version: pinOf(ledger)?.version, reason: 'damaged' });
    } else if (root !== null) {
      this.#newest = { root, statement: ledger.get(ROOT_SETTING) ?? '' };
    }
    this.lookAtExpiry();
  }

  /** 0 while none is known, and when it is damaged: the platform then tells them all. */
  get version(): number {
    return this.#newest?.root.version ?? 0;
  }

  /** Whose signatures count, at the time when it is asked. `ca`: DER of the platform's CA. */
  signers(ca: Buffer): Signers {
    return { ca, names: (role, key) => this.#counting()?.names(role, key) ?? false };
  }

  /**
   * Takes versions, each the next one; the newest good one is durable before it counts. False when
   * one was not in order: that is journaled, and those before it count.
   */
  take(statements: readonly string[], ca: Buffer): boolean {
    const { ledger, journal } = this.#options;
    let pin = pinOf(ledger);
    let newest = this.#newest;
    let fault: Rejection | null = null;
    try {
      for (const statement of statements) {
        const root = successor(statement, newest?.root ?? null, pin, ca);
        if (root === null) continue;
        pin ??= { first: root.fingerprint, version: root.version };
        newest = { root, statement };
      }
    } catch (error) {
      fault = rejectionOf(error);
    }
    try {
      if (newest !== this.#newest && newest !== null && pin !== null) this.#hold(newest, pin);
    } catch (error) {
      fault = rejectionOf(error);
    }
    if (fault === null) return true;
    const { reason, message } = fault;
    journal('root.rejected', { version: this.version + 1, reason, detail: message });
    // A full disk is not the platform's fault.
    return reason === 'disk-full';
  }

  /** Journals once that the root has expired; nothing else follows from it. */
  lookAtExpiry(): void {
    const { now, journal } = this.#options;
    const root = this.#counting();
    if (root === null || root.version === this.#saidExpired || now() < root.expires) return;
    this.#saidExpired = root.version;
    journal('root.expired', saidOf(root));
  }

  #counting(): Root | null {
    const root = this.#newest?.root;
    if (root === undefined) return null;
    return root.version >= (pinOf(this.#options.ledger)?.version ?? Infinity) ? root : null;
  }

  #hold(newest: Kept, { first, version }: Pin): void {
    const { ledger, journal } = this.#options;
    if (newest.root.version < version) {
      this.#newest = newest;
      return;
    }
    const pin: Pin = { first, version: newest.root.version };
    // One transaction: never a version without the number that says that it is the newest.
    ledger.record([], () => {
      ledger.set(PIN_SETTING, JSON.stringify(pin));
      ledger.set(ROOT_SETTING, newest.statement);
    });
    this.#newest = newest;
    journal('root.activated', saidOf(newest.root));
    this.lookAtExpiry();
  }
}

/**
 * The root that a statement brings, or null when it is the one that is held. Throws what
 * `rejectionOf` knows.
 */
function successor(
  statement: string,
  before: Root | null,
  pin: Pin | null,
  ca: Buffer,
): Root | null {
  const cms = Buffer.from(statement, 'base64');
  // What it says of itself comes first, so that an older version is told from a forged one.
  const { version, fingerprint, platformCa } = openRoot(cms, null);
  if (fingerprint === before?.fingerprint) return null;
  const next = (before?.version ?? 0) + 1;
  if (version < next) throw new Rejection('older-version', `version ${next - 1} is held`);
  if (version > next) {
    throw new Rejection('skipped-version', `version ${version} does not follow ${next - 1}`);
  }
  if (!platformCa.equals(ca)) {
    throw new Rejection('other-platform', 'it names another CA than the pinned one');
  }
  if (version === 1 && pin !== null && pin.first !== fingerprint) {
    throw new Rejection('other-platform', 'it is not the first version that was pinned');
  }
  return openRoot(cms, before);
}

/** Null, too, when it can't be read: then the next contact pins anew, under the same CA. */
function pinOf(ledger: Pick<Ledger, 'get'>): Pin | null {
  try {
    return PIN.parse(JSON.parse(ledger.get(PIN_SETTING) ?? ''));
  } catch {
    return null;
  }
}

function saidOf({ version, expires }: Root): { version: number; expires: string } {
  return { version, expires: new Date(expires).toISOString() };
}
