/**
 * 特定機関認証 on the virtual card: an institution shows a certificate that the card can verify, proves its key, and is
 * granted one use of the user-authentication key without PIN.
 *
 * `kazasu-model-1`: the certificate's command (`80 A2`) and the key in EF 0016 are public; everything after them is a
 * model, not the production exchange. It shares no code with the reader's side, so that neither hides the other's errors.
 */

import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { SW } from './apdu.ts';
import { ok, status } from './sim-card-commands.ts';

const KEY_ID_BYTES = 16;
/** PKCS#1 RSAPublicKey of 2048 bits with an exponent of three bytes, in DER. */
const PUBLIC_KEY_BYTES = 270;
const SIGNATURE_BYTES = 256;
const CHALLENGE_BYTES = 32;
/** GET CHALLENGE with an extended Le may ask for more; nobody needs it. */
const RANDOM_BYTES_MAX = 256;

const CERTIFICATE_VALUE_BYTES = 2 * KEY_ID_BYTES + PUBLIC_KEY_BYTES;
const CERTIFICATE_HEADER = Buffer.from('5F4E82012E', 'hex');
const SIGNATURE_HEADER = Buffer.from('5F37820100', 'hex');

const AUTHENTICATION_PREFIX = Buffer.from('kazasu-model-1', 'ascii');
const TAP_PREFIX = Buffer.from('kazasu-tap-1', 'ascii');
/** The prefix, a nonce and two SHA-256 digests. */
const TAP_MESSAGE_BYTES = TAP_PREFIX.length + 3 * 32;

const FORM = { wrong: 0x6a80, unknownIssuer: 0x6a88, refused: 0x6300, conditions: 0x6985 } as const;

/** Whoever may verify: the authority in EF 0016, or an institution. */
interface Verifier {
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** Answers the steps in turn; whoever calls them calls `end` after any answer but 9000. */
export class InstitutionAuthentication {
  readonly #authority: Verifier;
  /** The last certificate shown, until its signature is judged. */
  #shown: { readonly value: Buffer; readonly institution: Verifier } | null = null;
  #held: Verifier | null = null;
  #challenge: Buffer | null = null;
  #granted = false;

  /** `content`: of EF 0016, authority key id (16) || RSAPublicKey DER (270). Throws on anything else. */
  constructor(content: Uint8Array) {
    const bytes = Buffer.from(content);
    const key = publicKeyOf(bytes.subarray(KEY_ID_BYTES));
    if (key === null) throw new Error('EF 0016 is a key id of 16 bytes and an RSA-2048 public key');
    this.#authority = { id: bytes.subarray(0, KEY_ID_BYTES), key };
  }

  /** Whether key 0017 may be used once without PIN. */
  get isGranted(): boolean {
    return this.#granted;
  }

  /** Everything is forgotten: SELECT of an application, reset, power, a step that failed. */
  end(): void {
    this.#shown = null;
    this.#held = null;
    this.#challenge = null;
    this.#granted = false;
  }

  /** `80 A2 06 C1`: the object 5F4E. The key held before stays until the signature over this one is judged. */
  showCertificate(data: Uint8Array): Uint8Array {
    const value = contentOf(data, CERTIFICATE_HEADER, CERTIFICATE_VALUE_BYTES);
    const key = value && publicKeyOf(value.subarray(2 * KEY_ID_BYTES));
    if (value === null || key === null) return status(FORM.wrong);
    if (!value.subarray(0, KEY_ID_BYTES).equals(this.#authority.id)) {
      return status(FORM.unknownIssuer);
    }
    const id = value.subarray(KEY_ID_BYTES, 2 * KEY_ID_BYTES);
    this.#shown = { value, institution: { id, key } };
    return status(SW.ok);
  }

  /** `80 A2 00 C1`: the object 5F37, the authority's signature over the value of the 5F4E before it. */
  showSignature(data: Uint8Array): Uint8Array {
    const signature = contentOf(data, SIGNATURE_HEADER, SIGNATURE_BYTES);
    if (signature === null) return status(FORM.wrong);
    if (this.#shown === null) return status(FORM.conditions);
    const { value, institution } = this.#shown;
    if (!verify('sha256', value, this.#authority.key, signature)) return status(FORM.refused);
    this.#shown = null;
    this.#held = institution;
    return status(SW.ok);
  }

  /** GET CHALLENGE answers any length, but only 32 bytes can be signed for. */
  challenge(length: number | null): Uint8Array {
    if (length === null || length > RANDOM_BYTES_MAX) return status(SW.wrongLength);
    const random = randomBytes(length);
    if (length === CHALLENGE_BYTES) this.#challenge = random;
    return ok(random);
  }

  /** EXTERNAL AUTHENTICATE: the institution's signature over the challenge, which is used up by it. */
  authenticate(signature: Uint8Array): Uint8Array {
    if (signature.length !== SIGNATURE_BYTES) return status(SW.wrongLength);
    const challenge = this.#challenge;
    const institution = this.#held;
    if (challenge === null || institution === null) return status(FORM.conditions);
    this.#challenge = null;
    const signed = Buffer.concat([AUTHENTICATION_PREFIX, challenge, institution.id]);
    if (!verify('sha256', signed, institution.key, signature)) return status(FORM.refused);
    this.#granted = true;
    return status(SW.ok);
  }

  /**
   * Spends the grant on this message; false when it does not cover it. The prefix is what keeps a grant from being
   * turned into a signature that means something else.
   */
  spend(message: Uint8Array): boolean {
    this.#granted = false;
    return (
      message.length === TAP_MESSAGE_BYTES &&
      TAP_PREFIX.equals(message.subarray(0, TAP_PREFIX.length))
    );
  }
}

/** The value of a data object with exactly this tag and length, copied; null for anything else. */
function contentOf(data: Uint8Array, header: Buffer, length: number): Buffer | null {
  const whole = data.length === header.length + length;
  if (!whole || !header.equals(data.subarray(0, header.length))) return null;
  return Buffer.from(data.subarray(header.length));
}

/** RSAPublicKey (RFC 8017 A.1.1) in DER: a modulus of 2048 bits, then an exponent of three bytes. */
const MODULUS_HEADER = Buffer.from('3082010A0282010100', 'hex');
const EXPONENT_HEADER = Buffer.from('0203', 'hex');

/** Null for what is not exactly one such key. */
function publicKeyOf(der: Buffer): KeyObject | null {
  const modulusEnd = MODULUS_HEADER.length + 256;
  const n = der.subarray(MODULUS_HEADER.length, modulusEnd);
  const e = der.subarray(modulusEnd + EXPONENT_HEADER.length);
  const isDer =
    der.length === PUBLIC_KEY_BYTES &&
    der.subarray(0, MODULUS_HEADER.length).equals(MODULUS_HEADER) &&
    der.subarray(modulusEnd, -e.length).equals(EXPONENT_HEADER);
  // Positive, minimal and odd, as every modulus and exponent is.
  if (!isDer || !isOdd(n) || !isOdd(e) || (n[0] ?? 0) < 0x80) return null;
  if (e[0] === 0x00 || (e[0] ?? 0) >= 0x80) return null;
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function isOdd(number: Buffer): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1;
}
