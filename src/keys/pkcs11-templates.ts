/** What keys in a token are like: CK_ATTRIBUTE templates (PKCS #11 3.0, 4). */

import { createPrivateKey } from 'node:crypto';

export type Library = typeof import('pkcs11js');
export type Template = import('pkcs11js').Template;

/** Of the labels of what is ours. */
export const PREFIX = 'kazasu:';
export const EXPONENT = Buffer.from('010001', 'hex');

const USES = ['CKA_SIGN', 'CKA_UNWRAP', 'CKA_DECRYPT'] as const;
type Use = (typeof USES)[number];

/** RFC 7518 6.3.2 beside PKCS #11 2.1.3. */
const RSA_PARTS = [
  ['CKA_MODULUS', 'n'],
  ['CKA_PUBLIC_EXPONENT', 'e'],
  ['CKA_PRIVATE_EXPONENT', 'd'],
  ['CKA_PRIME_1', 'p'],
  ['CKA_PRIME_2', 'q'],
  ['CKA_EXPONENT_1', 'dp'],
  ['CKA_EXPONENT_2', 'dq'],
  ['CKA_COEFFICIENT', 'qi'],
] as const;

export class Templates {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  named(label: string, id: Buffer): Template {
    const { CKA_TOKEN, CKA_LABEL, CKA_ID } = this.#library;
    return [
      { type: CKA_TOKEN, value: true },
      { type: CKA_LABEL, value: PREFIX + label },
      { type: CKA_ID, value: id },
    ];
  }

  kept(): Template {
    const { CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE } = this.#library;
    return [
      { type: CKA_PRIVATE, value: true },
      { type: CKA_SENSITIVE, value: true },
      { type: CKA_EXTRACTABLE, value: false },
    ];
  }

  /** Said in full: tokens differ in what a key may do when nothing is said. */
  uses(allowed: readonly Use[]): Template {
    return USES.map((use) => ({ type: this.#library[use], value: allowed.includes(use) }));
  }

  publicUses(): Template {
    const { CKA_VERIFY, CKA_WRAP, CKA_ENCRYPT } = this.#library;
    return [CKA_VERIFY, CKA_WRAP, CKA_ENCRYPT].map((type) => ({
      type,
      value: type !== CKA_ENCRYPT,
    }));
  }

  secret(label: string, id: Buffer, value: Buffer | null): Template {
    const { CKA_CLASS, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_GENERIC_SECRET, CKA_VALUE } =
      this.#library;
    return [
      { type: CKA_CLASS, value: CKO_SECRET_KEY },
      { type: CKA_KEY_TYPE, value: CKK_GENERIC_SECRET },
      ...this.named(label, id),
      ...this.kept(),
      ...this.uses(['CKA_SIGN']),
      ...(value === null ? [] : [{ type: CKA_VALUE, value }]),
    ];
  }

  privateKey(label: string, id: Buffer, uses: readonly Use[]): Template {
    const { CKA_CLASS, CKO_PRIVATE_KEY, CKA_KEY_TYPE, CKK_RSA } = this.#library;
    return [
      { type: CKA_CLASS, value: CKO_PRIVATE_KEY },
      { type: CKA_KEY_TYPE, value: CKK_RSA },
      ...this.named(label, id),
      ...this.kept(),
      ...this.uses(uses),
    ];
  }

  rsaKey(label: string, id: Buffer, der: Buffer): Template {
    const jwk = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    });
    const parts = RSA_PARTS.map(([type, part]) => ({
      type: this.#library[type],
      value: Buffer.from(jwk[part] ?? '', 'base64url'),
    }));
    return [...this.privateKey(label, id, ['CKA_SIGN']), ...parts];
  }
}
