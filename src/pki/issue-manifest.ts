/** The issue manifest: what a municipality says of a document that it made for one request at one terminal. */

import type { KeyObject } from 'node:crypto';
import { ISSUE_MANIFEST, type IssueManifest } from '../link/certificate-protocol.ts';
import { commonNameOf } from './name.ts';
import { openSignedObject, SignedObjectError, type Signers } from './signed-object.ts';

export interface OpenedManifest {
  readonly manifest: IssueManifest;
  /** The municipality's public key, which signed the codes on the sheets, too. */
  readonly key: KeyObject;
  /** SHA-256 of its SubjectPublicKeyInfo, hex: a code on a sheet names its key by the first bytes of it. */
  readonly signer: string;
}

/**
 * `cms`: DER of a ContentInfo. Its signer must be named by the root and certified for the very municipality that the
 * manifest names: no municipality speaks for another. Throws SignedObjectError. Whether the manifest fits what was asked
 * for is the caller's to judge.
 */
export async function openIssueManifest(
  cms: Uint8Array,
  signers: Signers,
  now: number,
): Promise<OpenedManifest> {
  const opened = await openSignedObject(cms, 'issue-manifest', signers, now);
  const manifest = parse(opened.content);
  if (commonNameOf(opened.subject) !== manifest.municipality)
    throw new SignedObjectError('not-named', 'signed by another municipality');
  return { manifest, key: opened.key, signer: opened.signer };
}

function parse(content: Buffer): IssueManifest {
  try {
    return ISSUE_MANIFEST.parse(JSON.parse(content.toString('utf8')));
  } catch (error) {
    throw new SignedObjectError('malformed', 'signed, but no issue manifest', { cause: error });
  }
}
