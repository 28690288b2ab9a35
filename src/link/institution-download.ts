/**
 * Which institutions are in force, and the key of the one in whose name this terminal asks cards for their proof. The
 * list is signed; the key comes beside it, in clear while un-enrolled links are loopback links, and goes into the key
 * store. A key whose certificate is not in force is not used.
 *
 * `list.json` is the commit point, as `trust.json` is for trust.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { EventName } from '../domain/events.ts';
import { readInstitutionCertificate } from '../domain/institution-certificate.ts';
import { type KeyStore, KeyStoreError, type SigningKey } from '../keys/key-store.ts';
import { parseSigningKey } from '../keys/rsa-key.ts';
import { institutionKeyOf } from '../pki/institution-certificate.ts';
import { certifiedBy, type Signers } from '../pki/signed-object.ts';
import { makeFolder, publish, writeDurably } from '../store/disk.ts';
import type { InUse } from './in-use.ts';
import type { ObjectSource } from './object-source.ts';
import type { OfferedKeys } from './offered-keys.ts';
import { type Head, INSTITUTION_MANIFEST, type InstitutionManifest, LIMITS } from './protocol.ts';
import { Rejection, rejectionOf, risesAbove } from './rejection.ts';
import type { JobResult } from './retry-queue.ts';
import { readSigned } from './signed-statement.ts';

const FOLDER = 'institution';
const COMMIT_FILE = 'list.json';
const KEY_LABEL = 'institution';
const TRIAL_LABEL = 'institution.new';

const COMMITTED = z.strictObject({
  version: z.int().positive(),
  root: z.string(),
  /** ms since the epoch: a later start verifies the signature as of then. */
  acceptedAt: z.number(),
  /** CMS, base64. */
  manifest: z.base64(),
});
type Committed = z.infer<typeof COMMITTED>;

/** In whose name a terminal may ask cards. */
export interface InstitutionInForce {
  /** The objects 5F4E and 5F37, 568 bytes. */
  readonly certificate: Buffer;
  readonly key: SigningKey;
}

export interface LoadedInstitution {
  readonly version: number;
  /** Hex; what the signed list names. */
  readonly root: string;
  /** Null: none is in force of which this terminal has the key. */
  readonly institution: InstitutionInForce | null;
}

/** A head whose signature has been verified, and what came beside it: PKCS#8, or nothing. */
export interface OfferedInstitution {
  readonly head: Head;
  readonly key: OfferedKeys<'institution'> | null;
}

type SomeKey = NonNullable<OfferedInstitution['key']>;

export interface InstitutionDownloadOptions {
  readonly stateDirectory: string;
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly source: ObjectSource;
  readonly signers: Signers;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** In whose name cards are asked now. */
  readonly inUse: () => InUse;
  readonly onInstitution: (loaded: LoadedInstitution) => void;
}

export class InstitutionDownload {
  readonly #options: InstitutionDownloadOptions;
  readonly #directory: string;

  constructor(options: InstitutionDownloadOptions) {
    this.#options = options;
    this.#directory = join(options.stateDirectory, FOLDER);
  }

  /** Makes the offered version the active one, or journals why not. Never two calls at a time. */
  async take({ head, key }: OfferedInstitution, signal: AbortSignal): Promise<JobResult> {
    try {
      const isNew = risesAbove(head, readCommitted(this.#directory));
      // The version that is kept counts too, where a start could not use it.
      const isWanted = isNew || this.#options.inUse().institution !== head.root;
      if (isWanted || (await this.#lacks(key))) await this.#replace(head, key, signal);
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      const { reason, message, mayPass } = rejectionOf(error);
      const { version } = head;
      this.#options.journal('institution.rejected', { version, reason, detail: message });
      return mayPass ? 'try-again' : 'done';
    }
  }

  /** A key that the store lost, or must not use, comes again beside the head of the same version. */
  async #lacks(offered: OfferedInstitution['key']): Promise<boolean> {
    if (offered === null) return false;
    const { keyStore } = this.#options;
    const kept = await keyStore.signingKey(KEY_LABEL).catch((error: unknown) => {
      if (error instanceof KeyStoreError) return null;
      throw error;
    });
    if (kept === null || !('clear' in offered)) return kept === null;
    return !kept.publicKey.equals(keyOf(offered.clear).publicKey);
  }

  async #replace(head: Head, key: OfferedInstitution['key'], signal: AbortSignal): Promise<void> {
    const { source, signers, clock, keyStore, journal, onInstitution } = this.#options;
    const cms = await source.fetch(head.manifest, LIMITS.manifestBytes, signal);
    const acceptedAt = clock.now();
    const manifest = await readSigned(
      cms,
      'institution',
      INSTITUTION_MANIFEST,
      signers,
      acceptedAt,
    );
    const { version, root } = manifest;
    if (version !== head.version || root !== head.root) {
      throw new Rejection('root-mismatch', 'the manifest is not the one that the head names');
    }
    const isInForce = key !== null && (await this.#isInForce(manifest, key));
    makeFolder(this.#directory);
    // The key of a revoked institution does not stay: only what is in force is kept.
    if (isInForce) await this.#keep(KEY_LABEL, key);
    else await keyStore.forget(KEY_LABEL);
    const institution = inForce(manifest, await keyStore.signingKey(KEY_LABEL));
    writeCommitted(this.#directory, {
      version,
      root,
      acceptedAt,
      manifest: cms.toString('base64'),
    });
    clock.raise(Date.parse(manifest.issuedAt));
    onInstitution({ version, root, institution });
    journal('institution.activated', activated(manifest, institution));
  }

  /** Of a key that came wrapped only the store can tell, where it is tried under another name. */
  async #isInForce(manifest: InstitutionManifest, key: SomeKey): Promise<boolean> {
    if ('clear' in key) return inForce(manifest, keyOf(key.clear)) !== null;
    const { keyStore } = this.#options;
    try {
      await this.#keep(TRIAL_LABEL, key);
      return inForce(manifest, await keyStore.signingKey(TRIAL_LABEL)) !== null;
    } finally {
      await keyStore.forget(TRIAL_LABEL);
    }
  }

  #keep(label: string, key: SomeKey): Promise<void> {
    const { keyStore } = this.#options;
    if ('clear' in key) return keyStore.keep(label, 'rsa', key.clear);
    return keyStore.unwrap(label, key.wrapped.institution, key.recipient);
  }
}

/**
 * What was accepted last, for a start without network; null when nothing was, or it no longer verifies. Journals a key
 * that can't be used. `pinned`: DER of the platform's CA.
 */
export async function loadInstitution(
  stateDirectory: string,
  keyStore: KeyStore,
  pinned: Buffer,
  journal: InstitutionDownloadOptions['journal'],
): Promise<LoadedInstitution | null> {
  const directory = join(stateDirectory, FOLDER);
  const committed = readCommitted(directory);
  if (committed === null) return null;
  const { version, acceptedAt } = committed;
  try {
    const cms = Buffer.from(committed.manifest, 'base64');
    const signers = certifiedBy(pinned);
    const manifest = await readSigned(
      cms,
      'institution',
      INSTITUTION_MANIFEST,
      signers,
      acceptedAt,
    );
    const institution = inForce(manifest, await keyStore.signingKey(KEY_LABEL));
    journal('institution.activated', activated(manifest, institution));
    return { version, root: manifest.root, institution };
  } catch (error) {
    const { reason, message } = rejectionOf(error);
    journal('institution.rejected', { version, reason, detail: message });
    return null;
  }
}

function activated(manifest: InstitutionManifest, institution: InstitutionInForce | null) {
  const { version, institutions } = manifest;
  return { version, institutions: institutions.length, hasKey: institution !== null };
}

function keyOf(bytes: Buffer): SigningKey {
  try {
    return parseSigningKey(bytes);
  } catch (error) {
    if (!(error instanceof KeyStoreError)) throw error;
    throw new Rejection('key', error.message);
  }
}

/** The institution whose key this is; null when it is not, or no longer, among those in force. */
function inForce(
  { institutions }: InstitutionManifest,
  key: SigningKey | null,
): InstitutionInForce | null {
  for (const base64 of institutions) {
    const certificate = Buffer.from(base64, 'base64');
    const read = readInstitutionCertificate(certificate);
    if (read === null) throw new Rejection('malformed', 'not the certificate of an institution');
    if (key?.publicKey.equals(institutionKeyOf(read))) return { certificate, key };
  }
  return null;
}

function writeCommitted(directory: string, committed: Committed): void {
  const path = join(directory, COMMIT_FILE);
  writeDurably(`${path}.part`, JSON.stringify(committed));
  publish(`${path}.part`, path);
}

/** Null when nothing was ever committed, or the file is not readable as such. */
function readCommitted(directory: string): Committed | null {
  try {
    return COMMITTED.parse(JSON.parse(readFileSync(join(directory, COMMIT_FILE), 'utf8')));
  } catch {
    return null;
  }
}
