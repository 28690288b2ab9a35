/** A trust store of revocation lists that are held in memory, read as those in files are. */

import { type Anchor, readAnchor } from '../../src/pki/anchor.ts';
import { readCrl } from '../../src/pki/crl-reader.ts';
import type { Revocation, RevocationList } from '../../src/pki/revocation-list.ts';
import { TrustStore } from '../../src/pki/trust-store.ts';

export interface DerMaterial {
  readonly anchors: readonly Uint8Array[];
  /** DER of CRLs, full or delta. */
  readonly crls: readonly Uint8Array[];
}

/** Rejects with TrustError. */
export async function trustStoreOf({ anchors, crls }: DerMaterial): Promise<TrustStore> {
  const signers = anchors.map(readAnchor);
  return TrustStore.load({ anchors, crls: crls.map((der) => listOf(der, signers)) });
}

function listOf(der: Uint8Array, anchors: readonly Anchor[]): RevocationList {
  const entries = new Map<string, Revocation>();
  const crl = readCrl([Buffer.from(der)], anchors, ({ serial, reason, at }) => {
    entries.set(serial, { reason, at });
  });
  return { ...crl, revoked: (serial) => entries.get(serial) ?? null, close: () => {} };
}
