/**
 * In whose name terminals ask cards to prove their key: institutions, each with its key and its card-verifiable
 * certificate, published as the list `institution`. Revoking one binds terminals that listen; no card hears of it.
 */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { INSTITUTION_MANIFEST } from '../src/link/protocol.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { publishNext, rootOf, sha256 } from './publish.ts';
import type { Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';

export const INSTITUTION_LIST = 'institution';

const FILE_BYTES_MAX = 65_536;
/** What the manifest holds. */
const IN_FORCE_MAX = 16;

/** The objects 5F4E (two key ids of 16 bytes, RSAPublicKey DER) and 5F37 (256 bytes). */
const LAYOUT =
  /^5f4e82012e[0-9a-f]{32}([0-9a-f]{32})3082010a0282010100([0-9a-f]{512})0203([0-9a-f]{6})5f37820100[0-9a-f]{512}$/u;

interface Institution {
  /** Subject key id, hex. */
  readonly id: string;
  readonly certificate: Buffer;
  /** PKCS#8 DER. */
  readonly key: Buffer;
  /** ISO 8601; null while it is in force. */
  readonly revoked_at: string | null;
}

export interface InstitutionSummary {
  readonly id: string;
  readonly sha256: string;
  readonly revokedAt: string | null;
}

/**
 * `files`: paths of the key (PKCS#8 PEM, RSA-2048) and of the certificate. Returns whether anything changed, and the id.
 * Throws InputError, then nothing is added.
 */
export async function addInstitution(
  registry: Registry,
  keys: PlatformKeys,
  files: { readonly key: string; readonly certificate: string },
  now: number,
): Promise<{ readonly id: string; readonly changed: boolean }> {
  const added = readInstitution(files);
  const merge = (): Institution[] => {
    const held = institutionsOf(registry);
    const same = held.find(({ id }) => id === added.id);
    if (same === undefined) return [...held, added];
    if (same.revoked_at !== null) {
      throw new InputError(
        `--certificate ${files.certificate} is of an institution that is revoked`,
      );
    }
    if (same.certificate.equals(added.certificate)) return held;
    throw new InputError(`institution ${added.id} is held already with another certificate`);
  };
  if (merge().every(({ id }, at) => institutionsOf(registry)[at]?.id === id)) {
    return { id: added.id, changed: false };
  }
  await publishInstitutions(registry, keys, now, merge);
  return { id: added.id, changed: true };
}

/** Throws InputError when there is no such institution in force. */
export async function revokeInstitution(
  registry: Registry,
  keys: PlatformKeys,
  id: string,
  now: number,
): Promise<void> {
  await publishInstitutions(registry, keys, now, () => {
    const held = institutionsOf(registry);
    const found = held.find((institution) => institution.id === id);
    if (found === undefined) throw new InputError(`there is no institution ${id}`);
    if (found.revoked_at !== null) throw new InputError(`institution ${id} is revoked already`);
    const revoked_at = new Date(now).toISOString();
    return held.map((each) => (each.id === id ? { ...each, revoked_at } : each));
  });
}

export function listInstitutions(registry: Registry): readonly InstitutionSummary[] {
  return institutionsOf(registry).map(({ id, certificate, revoked_at }) => {
    return { id, sha256: sha256(certificate), revokedAt: revoked_at };
  });
}

/** PKCS#8 DER of the newest institution in force: what terminals get beside the list. */
export function institutionKey(registry: Registry): Buffer | undefined {
  return institutionsOf(registry).findLast(isInForce)?.key;
}

async function publishInstitutions(
  registry: Registry,
  keys: PlatformKeys,
  now: number,
  draft: () => readonly Institution[],
): Promise<void> {
  await publishNext(registry, keys, INSTITUTION_LIST, 'institution', (version) => {
    const all = draft();
    const certificates = all.filter(isInForce).map(({ certificate }) => certificate);
    if (certificates.length > IN_FORCE_MAX) {
      throw new InputError(`${IN_FORCE_MAX} institutions are in force; revoke one first`);
    }
    const root = rootOf(certificates.map(sha256));
    const manifest = INSTITUTION_MANIFEST.parse({
      kind: 'institution',
      list: INSTITUTION_LIST,
      version,
      root,
      issuedAt: new Date(now).toISOString(),
      institutions: certificates.map((certificate) => certificate.toString('base64')),
    });
    return { root, manifest, parts: [], alongside: () => save(registry, all) };
  });
}

function isInForce({ revoked_at }: Institution): boolean {
  return revoked_at === null;
}

/** In the order in which they were added. */
function institutionsOf(registry: Registry): Institution[] {
  const select = registry.db.prepare(
    'SELECT id, certificate, key, revoked_at FROM institution ORDER BY added',
  );
  return select.all() as Institution[];
}

function save(registry: Registry, all: readonly Institution[]): void {
  const add = registry.db.prepare(
    `INSERT INTO institution (id, certificate, key, revoked_at)
     VALUES (@id, @certificate, @key, @revoked_at)
     ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at`,
  );
  for (const institution of all) add.run(institution);
}

function readInstitution(files: { key: string; certificate: string }): Institution {
  const certificate = read('--certificate', files.certificate);
  const layout = LAYOUT.exec(certificate.toString('hex'));
  if (layout === null) {
    throw new InputError(
      `--certificate ${files.certificate} is not a card-verifiable certificate: the objects 5F4E and 5F37, 568 bytes, with an RSA-2048 key`,
    );
  }
  const key = privateKey(files.key);
  const [, id = '', n = '', e = ''] = layout;
  const jwk = { kty: 'RSA', n: base64url(n), e: base64url(e) };
  if (!createPublicKey(key).equals(createPublicKey({ key: jwk, format: 'jwk' }))) {
    throw new InputError(`--key ${files.key} is not the key of --certificate ${files.certificate}`);
  }
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return { id, certificate, key: der, revoked_at: null };
}

function base64url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}

function privateKey(file: string): KeyObject {
  const pem = read('--key', file);
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw new InputError(`--key ${file} is no private key in PKCS#8 PEM without a passphrase`);
  }
}

function read(option: string, file: string): Buffer {
  const bytes = readInputFile(file, FILE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${option} ${file} ${bytes}`);
  return bytes;
}
