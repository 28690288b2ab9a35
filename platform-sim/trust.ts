/** Which CAs the terminals trust, and the newest revocation list of each: published as the list `trust`. */

import { X509Certificate } from 'node:crypto';
import { TRUST_MANIFEST } from '../src/link/protocol.ts';
import { type AnchorCertificate, readAnchor } from './anchor.ts';
import { CRL_BYTES_MAX, type Crl, readCrl } from './crl.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { publishNext, rootOf, sha256 } from './publish.ts';
import type { Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';
import { isSignedBy, UnfitError } from './x509-reader.ts';

export const TRUST_LIST = 'trust';

const CA_FILE_BYTES_MAX = 1_048_576;
/** Base64 with line ends takes 65 bytes for every 48; a file may hold the CRLs of several CAs. */
const CRL_FILE_BYTES_MAX = 2 * CRL_BYTES_MAX;
/** What the manifest and a terminal hold. Of one key there is one CRL, so there are never more of them. */
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
  readonly this_update: string;
  readonly next_update: string | null;
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
    readonly thisUpdate: string;
    readonly nextUpdate: string | null;
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
    const parts = [...anchors, ...crls].map(({ sha256, der }, part) => {
      return { part, sha256, bytes: der };
    });
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
    crls: heldCrls(registry).map(({ sha256, number, this_update, next_update }) => {
      return { sha256, number, thisUpdate: this_update, nextUpdate: next_update };
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
    crls: crls.map(({ sha256 }) => sha256),
  });
}

function hashesOf(of: { anchors: readonly Anchor[]; crls: readonly HeldCrl[] }): string[] {
  return [...of.anchors, ...of.crls].map(({ sha256 }) => sha256);
}

function heldAnchors(registry: Registry): Anchor[] {
  const select = registry.db.prepare('SELECT sha256, issuer_key, der FROM anchor ORDER BY id');
  return select.all() as Anchor[];
}

function heldCrls(registry: Registry): HeldCrl[] {
  return registry.db.prepare('SELECT * FROM crl ORDER BY issuer_key').all() as HeldCrl[];
}

function save(registry: Registry, anchors: readonly Anchor[], crls: readonly HeldCrl[]): void {
  const addAnchor = registry.db.prepare(
    'INSERT INTO anchor (sha256, issuer_key, der) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  for (const { sha256, issuer_key, der } of anchors) addAnchor.run(sha256, issuer_key, der);
  const setCrl = registry.db.prepare(
    `INSERT OR REPLACE INTO crl (issuer_key, number, this_update, next_update, sha256, der)
     VALUES (@issuer_key, @number, @this_update, @next_update, @sha256, @der)`,
  );
  for (const crl of crls) setCrl.run(crl);
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

function mergeCrls(
  held: readonly HeldCrl[],
  added: readonly CrlFile[],
  anchors: readonly Anchor[],
): HeldCrl[] {
  const merged = new Map(held.map((crl) => [crl.issuer_key, crl]));
  const issuers = added.length > 0 ? anchors.map(({ der }) => readAnchor(der)) : [];
  for (const { file, der, crl } of added) {
    const issuerKey = keyHash(issuerOf(file, crl, issuers));
    const before = merged.get(issuerKey);
    const hash = sha256(der);
    if (before?.sha256 === hash) continue;
    if (before && BigInt(before.number) >= crl.number) {
      throw new InputError(
        `--crl ${file} has CRL number ${crl.number}; number ${before.number} is held already and only a higher one replaces it`,
      );
    }
    merged.set(issuerKey, {
      issuer_key: issuerKey,
      number: String(crl.number),
      this_update: crl.thisUpdate,
      next_update: crl.nextUpdate,
      sha256: hash,
      der,
    });
  }
  return [...merged.values()].sort((a, b) => (a.issuer_key < b.issuer_key ? -1 : 1));
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
