/** Why anchors or revocation lists are not taken. */

export type TrustFault =
  | 'too-many'
  | 'anchor-unusable'
  | 'crl-malformed'
  | 'crl-without-anchor'
  | 'crl-bad-signature';

/** Material that is not taken, and why. `detail` names no person and no serial number. */
export class TrustError extends Error {
  readonly reason: TrustFault;
  constructor(reason: TrustFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'TrustError';
    this.reason = reason;
  }
}
