/**
 * The root: who may say what. Three keys that are kept offline name the keys of all other roles, and
 * two of them must agree. A version is believed when two keys of its own signed it and, unless it is
 * the first, two of the version before: so the holders of the old keys hand over, and the new ones
 * show that they have theirs. (The rule is that of The Update Framework, 5.3.4.)
 */

import { createHash, type KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import type * as pkijs from 'pkijs';
import {
  ROOT,
  ROOT_KEYS,
  type RoleName,
  type RootStatement,
  SIGNED_KIND,
} from '../link/protocol.ts';
import { acceptableKey } from './algorithms.ts';
import { checkSignature, SignedObjectError, takeApart } from './cms-signed-data.ts';
import { X509Error } from './der.ts';

/** A version of the root whose signatures have been checked. */
export interface Root {
  readonly version: number;
  /** ms since the epoch. */
  readonly expires: number;
  /** SHA-256 of what was signed, hex: the same whoever signed it. */
  readonly fingerprint: string;
  /** DER. */
  readonly platformCa: Buffer;
  /** By SHA-256 of their SubjectPublicKeyInfo, hex. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** `key`: SHA-256 of its SubjectPublicKeyInfo, hex. */
  names(role: RoleName, key: string): boolean;
  /** Whether there is any. */
  hasKeyFor(role: RoleName): boolean;
}

const MAX_CONTENT_BYTES = 32_768;
/** All keys of two versions. */
const MAX_SIGNERS = 2 * ROOT_KEYS.count;

/**
 * `cms`: DER of a ContentInfo. `before`: the version before; null for the first one, and for one
 * that was accepted already. Throws SignedObjectError. Whether the version is the next one, and of
 * this platform, is for the caller to judge; an expiry that has passed is no fault.
 */
export function openRoot(cms: Uint8Array, before: Root | null): Root {
  const data = takeApart(cms, SIGNED_KIND.root, MAX_CONTENT_BYTES);
  const root = rootOf(data.content);
  if (data.signers.length > MAX_SIGNERS)
    throw new SignedObjectError('malformed', `${data.signers.length} signers`);
  const signed = new Set<string>();
  for (const signer of data.signers) {
    const id = keyIdOf(signer);
    const key = root.keys.get(id) ?? before?.keys.get(id);
    // A key of neither version counts for nothing, as does a second signature by the same key.
    if (key === undefined) continue;
    checkSignature(data, signer, key);
    signed.add(id);
  }
  for (const { version, keys } of before === null ? [root] : [before, root]) {
    const count = [...keys.keys()].filter((id) => signed.has(id)).length;
    if (count < ROOT_KEYS.threshold)
      throw new SignedObjectError(
        'bad-signature',
        `signed by ${count} keys of version ${version}, not by ${ROOT_KEYS.threshold}`,
      );
  }
  return root;
}

function rootOf(content: Buffer): Root {
  const statement = parse(content);
  const keys = new Map(statement.keys.map((base64) => keyOf(Buffer.from(base64, 'base64'))));
  const ids = [...keys.keys(), ...Object.values(statement.roles).flat()];
  const [...each] = keys.values();
  // One key in two roles would be two locks with one key; one key twice, a threshold of one. A key
  // has more than one encoding, so root keys are held against each other as keys.
  const isTwice = each.some((key, at) => each.slice(at + 1).some((other) => key.equals(other)));
  if (isTwice || new Set(ids).size !== ids.length || keys.size !== ROOT_KEYS.count)
    throw new SignedObjectError('malformed', 'one key stands in it twice');
  const roles = new Map(Object.entries(statement.roles));
  return {
    version: statement.version,
    expires: Date.parse(statement.expires),
    fingerprint: createHash('sha256').update(content).digest('hex'),
    platformCa: Buffer.from(statement.platformCa, 'base64'),
    keys,
    names: (role, key) => roles.get(role)?.includes(key) ?? false,
    hasKeyFor: (role) => roles.has(role),
  };
}

function parse(content: Buffer): RootStatement {
  try {
    return ROOT.parse(JSON.parse(content.toString('utf8')));
  } catch (error) {
    throw new SignedObjectError('malformed', 'signed, but no root', { cause: error });
  }
}

function keyOf(spki: Buffer): [string, KeyObject] {
  try {
    return [createHash('sha256').update(spki).digest('hex'), acceptableKey(spki)];
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new SignedObjectError('malformed', error.message, { cause: error });
  }
}

/** RFC 5652 5.3: sid is [0] subjectKeyIdentifier. */
function keyIdOf({ sid }: pkijs.SignerInfo): string {
  if (!(sid instanceof asn1js.Primitive) || sid.idBlock.tagNumber !== 0)
    throw new SignedObjectError('malformed', 'a signer is not named by its key');
  return Buffer.from(sid.valueBlock.valueHexView).toString('hex');
}
