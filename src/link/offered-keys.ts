/**
 * Keys that come beside a signed head. To a terminal that is enrolled they come wrapped for its key, and only its key store
 * opens them; in clear they come to one that is not, whose link stays on this machine. Neither takes what is the other's.
 */

import type { WrappedKey } from '../keys/key-store.ts';
import { X509Error } from '../pki/der.ts';
import { type KeyEnvelope, readKeyEnvelope } from '../pki/key-envelope.ts';
import type { HeadFrame, KeyPurpose } from './protocol.ts';
import { Rejection } from './rejection.ts';

export type OfferedKeys<Purpose extends KeyPurpose> =
  | { readonly clear: Buffer }
  | {
      readonly wrapped: Readonly<Record<Purpose, WrappedKey>>;
      /** Label of the key of the store that they are wrapped for. */
      readonly recipient: string;
    };

/** An enrolled terminal. */
export interface KeyRecipient {
  /** Label of the key that an envelope is for; null when it is for somebody else. */
  keyFor(envelope: KeyEnvelope): string | null;
}

/**
 * The keys of a head frame, one envelope for each of `purposes`, in this order; null where none came. `recipient`: null for
 * a terminal that is not enrolled. Throws Rejection.
 */
export function readOfferedKeys<Purpose extends KeyPurpose>(
  { key, wrapped }: HeadFrame,
  purposes: readonly Purpose[],
  recipient: KeyRecipient | null,
): OfferedKeys<Purpose> | null {
  if (recipient === null) {
    if (wrapped !== undefined)
      throw new Rejection('key', 'wrapped for a terminal that is enrolled');
    return key === undefined ? null : { clear: Buffer.from(key, 'base64') };
  }
  if (key !== undefined) throw new Rejection('key', 'in clear, to a terminal that is enrolled');
  if (wrapped === undefined) return null;
  if (wrapped.length !== purposes.length) throw new Rejection('key', `${wrapped.length} keys`);
  const labels = new Set<string>();
  const opened = purposes.map((purpose, at) => {
    const envelope = read(wrapped[at] ?? '', purpose);
    const label = recipient.keyFor(envelope);
    if (label === null) throw new Rejection('key', 'wrapped for another terminal');
    labels.add(label);
    return [purpose, envelope.wrapped] as const;
  });
  const [label = '', ...others] = labels;
  if (others.length > 0) throw new Rejection('key', 'wrapped for two keys');
  return {
    wrapped: Object.fromEntries(opened) as Record<Purpose, WrappedKey>,
    recipient: label,
  };
}

function read(base64: string, purpose: KeyPurpose): KeyEnvelope {
  try {
    return readKeyEnvelope(Buffer.from(base64, 'base64'), purpose);
  } catch (error) {
    if (error instanceof X509Error) throw new Rejection('key', error.message, { cause: error });
    throw error;
  }
}
