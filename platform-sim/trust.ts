/**
 * Which CAs the terminals trust, and of each the newest full revocation list, perhaps with a delta that builds on it:
 * published as the list `trust`.
 */

import { X509Certificate } from 'node:crypto';
import { LIMITS, TRUST_MANIFEST } from '../src/link/protocol.ts';
import { type AnchorCertificate, readAnchor } from './anchor.ts';
import { type Crl, readCrl } from './crl.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { publishNext, rootOf, sha256 } from './publish.ts';
import type { Part, Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';
import { isSignedBy, UnfitError } from './x509-reader.ts';

export const TRUST_LIST = 'trust';

const CA_FILE_BYTES_MAX = 1_048_576;
/** Base64 with line ends takes 65 bytes for every 48; a file may hold the CRLs of several CAs. */
const CRL_FILE_BYTES_MAX = 2 * LIMITS.crlBytes;
/** A CRL travels in pieces, so that a terminal that lost its network goes on where it stopped. */
const CRL_CHUNK_BYTES = 1_048_576;
/** What the manifest and a terminal hold. Of one key there are two CRLs at most. */
const ANCHORS_MAX = 64;

interface Anchor {
  readonly sha256: string;
  /** SHA-256 of the subject public key: a CRL belongs to the key that signed it, not to a name. */
  readonly issuer_key: string;
  readonly der: Buffer;
}

interface HeldCrl {
  readonly issuer_key: string;
  readonly number: string;
  /** Null for a full list. */
  readonly base: string | null;
  readonly users_only: 0 | 1;
  readonly this_update: string;
  readonly next_update: string;
  readonly sha256: string;
  readonly der: Buffer;
}

export interface TrustFiles {
  readonly ca: readonly string[];
  readonly crl: readonly string[];
}

export interface TrustSummary {
  readonly version: number;
  readonly anchors: readonly { readonly subject: string; readonly sha256: string }[];
  readonly crls: readonly {
    readonly sha256: string;
    readonly number: string;
    /** Of a delta: what it builds on. */
    readonly base: string | null;
    readonly thisUpdate: string;
    readonly nextUpdate: string;
  }[];
}

/**
 * Adds CA certificates and CRLs (paths; PEM, several blocks allowed, or DER). Returns whether anything changed.
 * Throws InputError, then nothing is added.
 */
export async function addTrust(
  registry: Registry,
  keys: PlatformKeys,
  files: TrustFiles,
  now: number,
): Promise<boolean> {
  const certificates = files.ca.flatMap(readAnchors);
  const lists = files.crl.flatMap(readCrls);
  const merge = () => {
    const anchors = mergeAnchors(heldAnchors(registry), certificates);
    return { anchors, crls: mergeCrls(heldCrls(registry), lists, anchors) };
  };
  // A trust list that says nothing yet is published too, so that terminals know that nothing is meant.
  if (registry.publication(TRUST_LIST)?.root === rootOf(hashesOf(merge()))) return false;
  await publishNext(registry, keys, TRUST_LIST, 'trust', (version) => {
    const { anchors, crls } = merge();
    const manifest = manifestOf(version, anchors, crls, now);
    const parts = partsOf([...anchors.map(({ der }) => der), ...crls.flatMap(chunksOf)]);
    return { root: manifest.root, manifest, parts, alongside: () => save(registry, anchors, crls) };
  });
  return true;
}

export function listTrust(registry: Registry): TrustSummary {
  return {
    version: registry.publication(TRUST_LIST)?.version ?? 0,
    anchors: heldAnchors(registry).map(({ sha256, der }) => {
      return { subject: new X509Certificate(der).subject.replaceAll('\n', ', '), sha256 };
    }),
    crls: heldCrls(registry).map(({ sha256, number, base, this_update, next_update }) => {
      return { sha256, number, base, thisUpdate: this_update, nextUpdate: next_update };
    }),
  };
}

function manifestOf(
  version: number,
  anchors: readonly Anchor[],
  crls: readonly HeldCrl[],
  now: number,
) {
  return TRUST_MANIFEST.parse({
    kind: 'trust',
    list: TRUST_LIST,
    version,
    root: rootOf(hashesOf({ anchors, crls })),
    issuedAt: new Date(now).toISOString(),
    anchors: anchors.map(({ sha256 }) => sha256),
    crls: crls.map((crl) => {
      return { sha256: crl.sha256, bytes: crl.der.length, chunks: chunksOf(crl).map(sha256) };
    }),
  });
}

function chunksOf({ der }: HeldCrl): Buffer[] {
  const count = Math.ceil(der.length / CRL_CHUNK_BYTES);
  return Array.from({ length: count }, (_, at) =>
    der.subarray(at * CRL_CHUNK_BYTES, (at + 1) * CRL_CHUNK_BYTES),
  );
}

function partsOf(objects: readonly Buffer[]): Part[] {
  return objects.map((bytes, part) => ({ part, sha256: sha256(bytes), bytes }));
}

function hashesOf(of: { anchors: readonly Anchor[]; crls: readonly HeldCrl[] }): string[] {
  return [...of.anchors, ...of.crls].map(({ sha256 }) => sha256);
}

function heldAnchors(registry: Registry): Anchor[] {
  const select = registry.db.prepare('SELECT sha256, issuer_key, der FROM anchor ORDER BY id');
  return select.all() as Anchor[];
}

function heldCrls(registry: Registry): HeldCrl[] {
  const select = registry.db.prepare('SELECT * FROM revocation_list ORDER BY issuer_key, base');
  return select.all() as HeldCrl[];
}

function save(registry: Registry, anchors: readonly Anchor[], crls: readonly HeldCrl[]): void {
  const addAnchor = registry.db.prepare(
    'INSERT INTO anchor (sha256, issuer_key, der) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  for (const { sha256, issuer_key, der } of anchors) addAnchor.run(sha256, issuer_key, der);
  registry.db.exec('DELETE FROM revocation_list');
  const addCrl = registry.db.prepare(
    `INSERT INTO revocation_list
     (issuer_key, number, base, users_only, this_update, next_update, sha256, der) VALUES
     (@issuer_key, @number, @base, @users_only, @this_update, @next_update, @sha256, @der)`,
  );
  for (const crl of crls) addCrl.run(crl);
}

function mergeAnchors(held: readonly Anchor[], added: readonly Anchor[]): Anchor[] {
  const merged = new Map([...held, ...added].map((anchor) => [anchor.sha256, anchor]));
  if (merged.size > ANCHORS_MAX) {
    throw new InputError(`--ca: ${merged.size} CA certificates; a platform holds ${ANCHORS_MAX}`);
  }
  return [...merged.values()];
}

interface CrlFile {
  readonly file: string;
  readonly der: Buffer;
  readonly crl: Crl;
}

/** Full lists first: a delta in the same command may build on one of them. */
function mergeCrls(
  held: readonly HeldCrl[],
  added: readonly CrlFile[],
  anchors: readonly Anchor[],
): HeldCrl[] {
  const issuers = added.length > 0 ? anchors.map(({ der }) => readAnchor(der)) : [];
  const full = new Map(held.filter(isFull).map((crl) => [crl.issuer_key, crl]));
  const deltas = new Map(held.filter((crl) => !isFull(crl)).map((crl) => [crl.issuer_key, crl]));
  for (const file of added.filter(({ crl }) => crl.base === null)) {
    const list = heldCrlOf(file, issuers);
    if (!mustRise(file, list, full.get(list.issuer_key))) continue;
    full.set(list.issuer_key, list);
    dropOldDelta(file, list, deltas);
  }
  for (const file of added.filter(({ crl }) => crl.base !== null)) {
    const list = heldCrlOf(file, issuers);
    if (!mustRise(file, list, deltas.get(list.issuer_key))) continue;
    mustBuildOn(file, list, full.get(list.issuer_key));
    deltas.set(list.issuer_key, list);
  }
  return [...full.values()]
    .sort((a, b) => (a.issuer_key < b.issuer_key ? -1 : 1))
    .flatMap((list) => [list, ...present(deltas.get(list.issuer_key))]);
}

function isFull({ base }: HeldCrl): boolean {
  return base === null;
}

function present(crl: HeldCrl | undefined): HeldCrl[] {
  return crl ? [crl] : [];
}

function heldCrlOf({ file, der, crl }: CrlFile, issuers: readonly AnchorCertificate[]): HeldCrl {
  return {
    issuer_key: keyHash(issuerOf(file, crl, issuers)),
    number: String(crl.number),
    base: crl.base === null ? null : String(crl.base),
    users_only: crl.usersOnly ? 1 : 0,
    this_update: crl.thisUpdate,
    next_update: crl.nextUpdate,
    sha256: sha256(der),
    der,
  };
}

/** False when it is the very one that is held. */
function mustRise({ file, crl }: CrlFile, list: HeldCrl, before: HeldCrl | undefined): boolean {
  if (before?.sha256 === list.sha256) return false;
  if (!before || crl.number > BigInt(before.number)) return true;
  throw new InputError(
    `--crl ${file} has CRL number ${crl.number}; number ${before.number} is held already and only a higher one replaces it`,
  );
}

/**
 * A full list that is as new as the delta takes its place. An older one is a base for it, unless its scope is another:
 * then terminals would be left with less than they had, and would refuse.
 */
function dropOldDelta({ file, crl }: CrlFile, list: HeldCrl, deltas: Map<string, HeldCrl>): void {
  const delta = deltas.get(list.issuer_key);
  if (!delta) return;
  if (crl.number >= BigInt(delta.number)) deltas.delete(list.issuer_key);
  else if (delta.users_only !== list.users_only) {
    throw new InputError(
      `--crl ${file} has another scope than delta CRL ${delta.number}, which is newer; a full CRL with number ${delta.number} or more is needed`,
    );
  }
}

/** RFC 5280 5.2.4. */
function mustBuildOn({ file, crl }: CrlFile, list: HeldCrl, full: HeldCrl | undefined): void {
  const number = full && BigInt(full.number);
  if (number === undefined || number < BigInt(list.base ?? '0')) {
    throw new InputError(
      `--crl ${file} is a delta CRL on number ${list.base}; ${number === undefined ? 'no full CRL is held' : `the full CRL that is held has number ${number}`}; add that one first`,
    );
  }
  if (number >= crl.number) {
    throw new InputError(
      `--crl ${file} is delta CRL ${crl.number}; the full CRL ${number} that is held says the same or more`,
    );
  }
  if (full?.users_only !== list.users_only) {
    throw new InputError(
      `--crl ${file} is a delta CRL of another scope (issuingDistributionPoint) than the full CRL ${number}`,
    );
  }
}

/** RFC 5280 6.3.3 (f), (g): a CRL belongs to the key that signed it, and name and key identifier must say the same. */
function issuerOf(file: string, crl: Crl, anchors: readonly AnchorCertificate[]) {
  const named = anchors.filter(({ subject }) => subject.equals(crl.issuer));
  const signers = named.filter(({ key }) => isSignedBy(crl, key));
  if (signers.length === 0) {
    const hint = named.length > 0 ? ', though one has the name of its issuer' : '';
    throw new InputError(
      `--crl ${file} is not signed by any CA known here${hint}; add its CA with --ca first`,
    );
  }
  const fitting = signers.filter(({ keyId }) => (crl.authorityKeyId ?? keyId) === keyId);
  const issuer = fitting.find(({ maySignCrls }) => maySignCrls);
  if (issuer) return issuer;
  throw new InputError(
    fitting.length > 0
      ? `--crl ${file} is signed by a CA whose keyUsage lacks cRLSign; give a certificate of the CA with "keyUsage = keyCertSign, cRLSign"`
      : `--crl ${file} names another key (authorityKeyIdentifier) than the CA that signed it (subjectKeyIdentifier); openssl ca: authorityKeyIdentifier = keyid:always`,
  );
}

function readAnchors(file: string): Anchor[] {
  return readBlocks('--ca', file, 'CERTIFICATE', CA_FILE_BYTES_MAX).map((der) => {
    const anchor = checked('--ca', file, () => readAnchor(der));
    return { sha256: sha256(der), issuer_key: keyHash(anchor), der };
  });
}

function keyHash({ key }: AnchorCertificate): string {
  return sha256(key.export({ type: 'spki', format: 'der' }));
}

function readCrls(file: string): CrlFile[] {
  return readBlocks('--crl', file, 'X509 CRL', CRL_FILE_BYTES_MAX).map((der) => {
    return { file, der, crl: checked('--crl', file, () => readCrl(der)) };
  });
}

function checked<T>(option: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnfitError)) throw error;
    throw new InputError(`${option} ${file} ${error.message}`);
  }
}

/** The DER of every PEM block called `label`, or the whole file when it is DER. */
function readBlocks(option: string, file: string, label: string, bytesMax: number): Buffer[] {
  const bytes = readInputFile(file, bytesMax);
  if (typeof bytes === 'string') throw new InputError(`${option} ${file} ${bytes}`);
  // DER of either begins with SEQUENCE; PEM is text.
  if (bytes[0] === 0x30) return [bytes];
  const block = new RegExp(
    `-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`,
    'gu',
  );
  const blocks = [...bytes.toString('latin1').matchAll(block)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64'),
  );
  if (blocks.length > 0) return blocks;
  throw new InputError(`${option} ${file} holds no "BEGIN ${label}" block and is not DER`);
}
