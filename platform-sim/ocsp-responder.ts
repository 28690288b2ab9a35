/**
 * The authority's OCSP responder (RFC 6960): answers from what the authority revoked, by a
 * delegated key, fresh for each question. It can be told to answer wrongly, as others might.
 */

import { createHash, createPublicKey } from 'node:crypto';
import { Authority, keptRevocations, type OcspSigner } from './authority.ts';
import { DerError } from './der.ts';
import {
  type CertificateId,
  type OcspRequest,
  type OcspResponseSpec,
  type OcspStatus,
  readOcspRequest,
  writeOcspError,
  writeOcspResponse,
} from './ocsp.ts';
import { name, publicKeyBits, type Revocation } from './x509.ts';

const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
]);
/** As often as J-LIS takes over what was revoked. */
const UPDATE_MS = 15 * 60_000;
/** A request for one certificate has some 120 bytes. */
export const OCSP_REQUEST_BYTES_MAX = 4_096;

/** What the responder would say, changed before it is signed; or bytes to say in its stead. */
export type OcspFault = (said: OcspResponseSpec) => OcspResponseSpec | Buffer;

export interface OcspResponderOptions {
  readonly authority: Authority;
  /** Asked for each request. */
  readonly revoked: () => readonly Revocation[];
  /** Default: a key that the authority charges. */
  readonly signer?: OcspSigner;
  /** ms since the epoch. */
  readonly now?: () => number;
}

export class OcspResponder {
  readonly #options: OcspResponderOptions;
  readonly #signer: OcspSigner;
  /** DER of the issuer's name, and the bits of its key. */
  readonly #issuer: { readonly name: Buffer; readonly keyBits: Uint8Array };
  /** Null: it is honest. */
  fault: OcspFault | null = null;

  constructor(options: OcspResponderOptions) {
    this.#options = options;
    this.#signer = options.signer ?? options.authority.chargeOcspSigner();
    const issuer = options.authority.ocspSigner;
    this.#issuer = {
      name: name(issuer.name),
      keyBits: publicKeyBits(createPublicKey(issuer.privateKey)),
    };
  }

  /** For the authority whose files are in `directory`, and what it keeps there as revoked. */
  static async ofFolder(directory: string): Promise<OcspResponder> {
    const authority = await Authority.openOrCreate(directory);
    return new OcspResponder({ authority, revoked: () => keptRevocations(directory) });
  }

  /** `request`: whatever came; DER of an OCSPResponse comes back. */
  answer(request: Buffer): Buffer {
    let asked: OcspRequest;
    try {
      if (request.length > OCSP_REQUEST_BYTES_MAX) return writeOcspError('malformedRequest');
      asked = readOcspRequest(request);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      return writeOcspError('malformedRequest');
    }
    if (asked.ids.length === 0) return writeOcspError('malformedRequest');
    // RFC 6960 2.3: for cards of somebody else it may not speak.
    if (!asked.ids.every((id) => this.#isOurs(id))) return writeOcspError('unauthorized');
    const said = this.#say(asked);
    const changed = this.fault === null ? said : this.fault(said);
    return Buffer.isBuffer(changed) ? changed : writeOcspResponse(changed);
  }

  #say({ ids, nonce }: OcspRequest): OcspResponseSpec {
    const { now = Date.now } = this.#options;
    const producedAt = new Date(now());
    const revoked = this.#options.revoked();
    return {
      privateKey: this.#signer.privateKey,
      responder: this.#signer.name,
      certificates: this.#signer.certificates,
      producedAt,
      nonce,
      answers: ids.map((id) => ({
        id,
        status: statusOf(id, revoked),
        thisUpdate: producedAt,
        nextUpdate: new Date(producedAt.getTime() + UPDATE_MS),
      })),
    };
  }

  #isOurs({ hash, issuerNameHash, issuerKeyHash }: CertificateId): boolean {
    const algorithm = HASHES.get(hash);
    if (algorithm === undefined) return false;
    const digest = (bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();
    return (
      digest(this.#issuer.name).equals(issuerNameHash) &&
      digest(this.#issuer.keyBits).equals(issuerKeyHash)
    );
  }
}

/** RFC 6960 2.2: "good" says that it was not revoked; whom it issued to, the authority keeps no account. */
function statusOf({ serial }: CertificateId, revoked: readonly Revocation[]): OcspStatus {
  const found = revoked.find((each) => serial.equals(each.serial));
  return found === undefined ? 'good' : { revokedAt: found.at, reason: found.reason };
}
