/** Why an offered list, or anchors and revocation lists, were not taken; the active ones stay. */

import { KeyStoreError } from '../keys/key-store.ts';
import { SignedObjectError, type SignedObjectFault } from '../pki/cms-signed-data.ts';
import { TrustError } from '../pki/trust-error.ts';
import { DiskFullError } from '../store/disk.ts';
import { ListFileError, type ListFileErrorCode } from '../store/list-file.ts';
import { RevocationFileError, type RevocationFileErrorCode } from '../store/revocation-error.ts';
import { ObjectError } from './object-source.ts';
import { decodeChunk } from './protocol.ts';

/** The `reason` of the journal's `list.rejected`, `trust.rejected`, `institution.rejected`, `root.rejected` and `command.rejected`. */
export type RejectionReason =
  | 'bad-signature'
  | 'wrong-kind'
  | 'not-named'
  | 'older-version'
  | 'root-mismatch'
  | 'skipped-version'
  | 'other-platform'
  | 'damaged'
  | 'clock-unset'
  | 'expired'
  | 'not-for-this-terminal'
  | 'truncated'
  | 'chunk-hash'
  | 'too-large'
  | 'not-found'
  | 'malformed'
  | 'key'
  | 'key-store'
  | 'disk-full'
  | 'unreachable';

/** What the next attempt may find otherwise. The rest was signed so, and stays so. */
const MAY_PASS: readonly RejectionReason[] = [
  'truncated',
  'chunk-hash',
  'not-found',
  'key-store',
  'disk-full',
  'unreachable',
];

export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly reason: RejectionReason;
  constructor(reason: RejectionReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }

  get mayPass(): boolean {
    return MAY_PASS.includes(this.reason);
  }
}

/**
 * Whether an offered version takes the active one's place: versions only rise, and one version has one root. False for
 * the active one itself; throws `Rejection` for an older one and for another root.
 */
export function risesAbove(
  offered: { readonly version: number; readonly root: string },
  active: { readonly version: number; readonly root: string } | null,
): boolean {
  if (active === null || offered.version > active.version) return true;
  if (offered.version < active.version) {
    throw new Rejection('older-version', `version ${active.version} is active`);
  }
  if (offered.root !== active.root) {
    throw new Rejection('root-mismatch', 'the active version has another root');
  }
  return false;
}

const OF_SIGNED_OBJECT: Readonly<Record<SignedObjectFault, RejectionReason>> = {
  'bad-signature': 'bad-signature',
  'unknown-signer': 'bad-signature',
  'signer-expired': 'expired',
  'wrong-kind': 'wrong-kind',
  'not-named': 'not-named',
  malformed: 'malformed',
};

const OF_LIST_FILE: Readonly<Record<ListFileErrorCode, RejectionReason>> = {
  'chunk-hash': 'chunk-hash',
  root: 'root-mismatch',
  truncated: 'truncated',
  'too-large': 'too-large',
  order: 'malformed',
  row: 'malformed',
  rows: 'malformed',
  'disk-full': 'disk-full',
  damaged: 'disk-full',
  'older-version': 'older-version',
};

const OF_REVOCATION_FILE: Readonly<Record<RevocationFileErrorCode, RejectionReason>> = {
  'chunk-hash': 'chunk-hash',
  root: 'root-mismatch',
  truncated: 'truncated',
  'disk-full': 'disk-full',
  damaged: 'disk-full',
};

/** What an error on the way of a download means for what was offered. A defect is thrown on. */
export function rejectionOf(error: unknown): Rejection {
  if (error instanceof Rejection) return error;
  if (!(error instanceof Error)) throw error;
  const reason = reasonOf(error);
  if (reason === null) throw error;
  return new Rejection(reason, error.message, { cause: error });
}

function reasonOf(error: Error): RejectionReason | null {
  if (error instanceof ObjectError) return reasonOfObject(error);
  if (error instanceof SignedObjectError) return OF_SIGNED_OBJECT[error.reason];
  if (error instanceof ListFileError) return OF_LIST_FILE[error.code];
  if (error instanceof RevocationFileError) return OF_REVOCATION_FILE[error.code];
  if (error instanceof TrustError) return 'malformed';
  if (error instanceof KeyStoreError) return 'key-store';
  if (error instanceof DiskFullError) return 'disk-full';
  // A system call failed, on a full, broken or read-only disk; the terminal serves with the list
  // that it has.
  return 'syscall' in error ? 'disk-full' : null;
}

/** Wrong bytes that end inside a DER element or a row were cut; others were changed. */
function reasonOfObject({ fault, bytes }: ObjectError): RejectionReason {
  if (bytes === null) return fault;
  return derLength(bytes) > bytes.length || endsInsideRow(bytes) ? 'truncated' : fault;
}

/** How long a DER SEQUENCE says it is (X.690 8.1.3), head included; 0 for anything else. */
function derLength(bytes: Buffer): number {
  const [tag, first = 0] = bytes;
  if (tag !== 0x30 || first === 0x80 || first > 0x84) return 0;
  if (first < 0x80) return 2 + first;
  const octets = first - 0x80;
  return bytes.length < 2 + octets ? Infinity : 2 + octets + bytes.readUIntBE(2, octets);
}

function endsInsideRow(bytes: Buffer): boolean {
  try {
    for (const _ of decodeChunk(bytes));
    return false;
  } catch {
    return true;
  }
}
