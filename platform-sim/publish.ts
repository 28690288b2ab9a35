/** The next version of a list: drafted, signed, committed; drafted again when another process was faster. */

import { createHash } from 'node:crypto';
import { signerOf } from './cms.ts';
import { InputError } from './input-error.ts';
import type { Part, Publication, PublicationKind, Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';

const ATTEMPTS_MAX = 10;

export interface Draft {
  readonly root: string;
  readonly manifest: object;
  readonly parts: readonly Part[];
  /** Writes what belongs to the version, in the same transaction. */
  readonly alongside: () => void;
}

/**
 * `draft` gets the version to make and what it follows; it may throw InputError. Answers the new version.
 */
export async function publishNext(
  registry: Registry,
  keys: PlatformKeys,
  list: string,
  kind: PublicationKind,
  draft: (version: number, previous: Publication | undefined) => Draft,
): Promise<Publication> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const previous = registry.publication(list);
    const version = (previous?.version ?? 0) + 1;
    const { root, parts, alongside, ...drafted } = draft(version, previous);
    const manifest = JSON.stringify(drafted.manifest);
    const signed = await keys.sign(kind, Buffer.from(manifest, 'utf8'));
    const next = { list, kind, version, root, manifest, signed, parts };
    if (registry.publish(next, alongside)) return { ...next, statement: sha256(signed) };
  }
  throw new InputError(`${list} is being changed by somebody else all the time; try again`);
}

/**
 * Signs what is published anew where the root names another key meanwhile: a terminal that fetches it from now on would
 * refuse the old signature. Version and content stay, so that those who have it fetch nothing. Null: meanwhile another
 * process published, or signed, and what was to be signed is not the newest any more.
 */
export async function signAnew(
  registry: Registry,
  keys: PlatformKeys,
  publication: Publication,
): Promise<Publication | null> {
  const { kind, manifest, statement } = publication;
  const signed = registry.object(statement);
  if (signed !== undefined && sha256(signerOf(signed)) === keys.signerOf(kind)) return publication;
  const anew = await keys.sign(kind, Buffer.from(manifest, 'utf8'));
  return registry.resign(publication, anew) ? { ...publication, statement: sha256(anew) } : null;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 over the hashes (hex) in order, as bytes: 32 each. */
export function rootOf(hashes: readonly string[]): string {
  const root = createHash('sha256');
  for (const hash of hashes) root.update(hash, 'hex');
  return root.digest('hex');
}
