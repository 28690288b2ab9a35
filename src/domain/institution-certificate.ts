/**
 * An institution's card-verifiable certificate as `kazasu-model-1` has it, the one place that knows its form: the objects
 * 5F4E (issuer key id, subject key id, PKCS#1 RSAPublicKey) and 5F37 (the issuer's signature), one after the other, 568
 * bytes. Only cards know the issuer's key, so only they can say whether it is genuine.
 */

/** Every length is fixed, so the objects have one form: hexadecimal bytes, or a field by its name and length in bytes. */
const FORM = [
  '5F4E82012E',
  ['issuer', 16],
  ['id', 16],
  '3082010A0282010100',
  ['modulus', 256],
  '0203',
  ['exponent', 3],
  '5F37820100',
  ['signature', 256],
] as const;
/** Of the first object. */
const CERTIFICATE_BYTES = 307;

/** Parts of the bytes that were read, not copies. */
export interface InstitutionCertificate {
  /** The objects as a card is shown them: 307 and 261 bytes. */
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
  /** Subject key id, 16 bytes: what the institution is called. */
  readonly id: Uint8Array;
  /** Of its public key, 256 and 3 bytes. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** Null for anything that is not exactly the two objects with a key of 2048 bits. */
export function readInstitutionCertificate(bytes: Uint8Array): InstitutionCertificate | null {
  const fields = new Map<string, Uint8Array>();
  let at = 0;
  for (const part of FORM) {
    const begin = at;
    at += typeof part === 'string' ? part.length / 2 : part[1];
    const found = bytes.subarray(begin, at);
    if (typeof part !== 'string') fields.set(part[0], found);
    else if (hexOf(found) !== part) return null;
  }
  if (bytes.length !== at) return null;
  const field = (name: string) => fields.get(name) ?? new Uint8Array();
  return {
    certificate: bytes.subarray(0, CERTIFICATE_BYTES),
    signature: bytes.subarray(CERTIFICATE_BYTES),
    id: field('id'),
    modulus: field('modulus'),
    exponent: field('exponent'),
  };
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
