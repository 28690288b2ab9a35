/**
 * Signed objects of the platform, from CMS to a checked value. Nothing of one is believed before
 * this is through.
 */

import type { z } from 'zod';
import { openSignedObject, type Signers } from '../pki/signed-object.ts';
import type { RoleKind } from './protocol.ts';
import { Rejection } from './rejection.ts';

/**
 * Verifies a CMS SignedData of `kind` by `signers` at `now` (ms since the epoch) and parses its JSON
 * content. Rejects with Rejection, or with SignedObjectError.
 */
export async function readSigned<T>(
  cms: Buffer,
  kind: RoleKind,
  schema: z.ZodType<T>,
  signers: Signers,
  now: number,
): Promise<T> {
  return (await readSignedBy(cms, kind, schema, signers, now)).said;
}

/** The same, with the key that signed it: SHA-256 of its SubjectPublicKeyInfo, hex. */
export async function readSignedBy<T>(
  cms: Buffer,
  kind: RoleKind,
  schema: z.ZodType<T>,
  signers: Signers,
  now: number,
): Promise<{ readonly said: T; readonly signer: string }> {
  const { content, signer } = await openSignedObject(cms, kind, signers, now);
  const parsed = schema.safeParse(jsonOf(content));
  if (!parsed.success) throw new Rejection('malformed', problemOf(parsed.error));
  return { said: parsed.data, signer };
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new Rejection('malformed', 'signed, but no JSON');
  }
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}
