/**
 * Keys in a PKCS#11 token. Every call waits for the token, so it is made in a process of its own (pkcs11-process.ts). Keys
 * are private, sensitive and not extractable; each may do one thing.
 *
 * What has a label of ours stands under `kazasu:` and the label. A key that takes another's place is complete before the
 * other goes, and is known by the higher CKA_ID; the other one goes when the next comes, or at the next start, so that
 * whoever works with it can end.
 */

import { createPublicKey } from 'node:crypto';
import { SECRET_BYTES, type WrappedKey } from './key-store.ts';
import { fromToken, TokenError } from './pkcs11-errors.ts';
import type { FoundKey, KeyReference, TokenPlace } from './pkcs11-messages.ts';
import { EXPONENT, type Library, PREFIX, type Template, Templates } from './pkcs11-templates.ts';
import { MODULUS_BITS } from './rsa-key.ts';

type Handle = import('pkcs11js').Handle;

interface TokenObject {
  readonly handle: Handle;
  readonly label: string;
  readonly id: string;
  readonly class: number;
}

const ID_BYTES = 8;
const FIRST_ID = Buffer.alloc(ID_BYTES).toString('hex');
const OBJECTS_MAX = 4_096;
/** A secret of 32 bytes, wrapped: one block more (RFC 3394 2.2.1). */
const WRAPPED_SECRET_BYTES = SECRET_BYTES + 8;

/** CK_TOKEN_INFO flags (PKCS #11 3.0, 3.2): what a login could make worse. */
const PIN_FLAGS: readonly (readonly [flag: number, says: string])[] = [
  [0x40000, 'the PIN is locked'],
  [0x20000, 'one more wrong PIN would lock the token: log in to it by hand first'],
  [0x10000, 'somebody gave the token a wrong PIN: log in to it by hand first'],
  [0x80000, 'the PIN has to be changed first'],
];

export class Token {
  readonly #library: Library;
  readonly #pkcs11: InstanceType<Library['PKCS11']>;
  readonly #session: Handle;
  readonly #templates: Templates;
  /** By label and id. */
  readonly #handles = new Map<string, Handle>();

  private constructor(library: Library, pkcs11: InstanceType<Library['PKCS11']>, session: Handle) {
    this.#library = library;
    this.#pkcs11 = pkcs11;
    this.#session = session;
    this.#templates = new Templates(library);
  }

  /** Rejects with `TokenError`. `pin`: UTF-8; tried once, and not at all where a wrong one could lock the token. */
  static async open({ module, token: label }: TokenPlace, pin: Buffer): Promise<Token> {
    const library = await loadLibrary();
    const pkcs11 = new library.PKCS11();
    try {
      pkcs11.load(module);
    } catch {
      throw new TokenError(`${module} is no PKCS#11 module that can be loaded`);
    }
    try {
      pkcs11.C_Initialize();
      const slot = slotOf(pkcs11, label);
      const flags = library.CKF_SERIAL_SESSION | library.CKF_RW_SESSION;
      const session = pkcs11.C_OpenSession(slot, flags);
      pkcs11.C_Login(session, library.CKU_USER, pin.toString('utf8'));
      const token = new Token(library, pkcs11, session);
      token.#sweep();
      return token;
    } catch (error) {
      throw fromToken(error);
    }
  }

  generate(label: string): FoundKey {
    const { CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT } = this.#library;
    this.#replace(label, (id) => {
      const mechanism = { mechanism: CKM_RSA_PKCS_KEY_PAIR_GEN };
      const size = [
        { type: CKA_MODULUS_BITS, value: MODULUS_BITS },
        { type: CKA_PUBLIC_EXPONENT, value: EXPONENT },
      ];
      const publicTemplate = [
        ...this.#templates.named(label, id),
        ...size,
        ...this.#templates.publicUses(),
      ];
      const privateTemplate = this.#templates.privateKey(label, id, ['CKA_SIGN', 'CKA_UNWRAP']);
      return this.#pkcs11.C_GenerateKeyPair(
        this.#session,
        mechanism,
        publicTemplate,
        privateTemplate,
      ).privateKey;
    });
    const made = this.find(label);
    if (made === null) throw new TokenError('the token lost the key that it made');
    return made;
  }

  find(label: string): FoundKey | null {
    const { CKO_PRIVATE_KEY } = this.#library;
    const found = this.#newest(label);
    if (found === null) return null;
    const isRsa = found.class === CKO_PRIVATE_KEY;
    const publicKey = isRsa ? this.#publicKeyOf(found.handle) : null;
    return { label, id: found.id, kind: isRsa ? 'rsa' : 'secret', publicKey };
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256, hashed in the token. */
  sign(key: KeyReference, data: Uint8Array): Buffer {
    return this.#signWith(this.#library.CKM_SHA256_RSA_PKCS, key, data, MODULUS_BITS / 8);
  }

  mac(key: KeyReference, data: Uint8Array): Buffer {
    return this.#signWith(this.#library.CKM_SHA256_HMAC, key, data, SECRET_BYTES);
  }

  /** A key in clear; checked by whoever hands it over. */
  keep(label: string, kind: WrappedKey['kind'], key: Buffer): void {
    this.#replace(label, (id) => {
      const template =
        kind === 'rsa'
          ? this.#templates.rsaKey(label, id, key)
          : this.#templates.secret(label, id, key);
      return this.#pkcs11.C_CreateObject(this.#session, template);
    });
  }

  /** Neither the AES key nor what it opens is ever outside of the token. */
  unwrap(label: string, wrapped: WrappedKey, recipient: string): void {
    const { CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD } = this.#library;
    if (wrapped.kind === 'secret' && wrapped.wrapped.length !== WRAPPED_SECRET_BYTES) {
      throw new TokenError('not a wrapped key of 32 bytes');
    }
    const own = this.#newest(recipient);
    if (own === null) throw new TokenError('there is no key that it could be wrapped for');
    const kek = this.#unwrapKek(own.handle, wrapped.transported);
    try {
      this.#replace(label, (id) => {
        const isRsa = wrapped.kind === 'rsa';
        const template = isRsa
          ? this.#templates.privateKey(label, id, ['CKA_SIGN'])
          : this.#templates.secret(label, id, null);
        const mechanism = isRsa ? CKM_AES_KEY_WRAP_PAD : CKM_AES_KEY_WRAP;
        return this.#unwrapWith({ mechanism }, kek, wrapped.wrapped, template);
      });
    } finally {
      this.#pkcs11.C_DestroyObject(this.#session, kek);
    }
  }

  forget(label: string): void {
    this.#destroy(this.#objects(label));
  }

  close(): void {
    this.#pkcs11.C_CloseSession(this.#session);
    this.#pkcs11.C_Finalize();
  }

  #signWith(mechanism: number, key: KeyReference, data: Uint8Array, bytes: number): Buffer {
    const handle = this.#handles.get(nameOf(key)) ?? this.#handleOf(key);
    this.#pkcs11.C_SignInit(this.#session, { mechanism }, handle);
    return this.#pkcs11.C_Sign(this.#session, Buffer.from(data), Buffer.alloc(bytes));
  }

  #handleOf(key: KeyReference): Handle {
    const { CKO_PUBLIC_KEY } = this.#library;
    const found = this.#objects(key.label).find(
      (each) => each.id === key.id && each.class !== CKO_PUBLIC_KEY,
    );
    if (found === undefined) throw new TokenError('the key is not in the token any more');
    this.#handles.set(nameOf(key), found.handle);
    return found.handle;
  }

  #unwrapKek(own: Handle, transported: Buffer): Handle {
    const { CKM_RSA_PKCS_OAEP, CKM_SHA_1, CKG_MGF1_SHA1, CK_PARAMS_RSA_OAEP, CKK_AES } =
      this.#library;
    const { CKA_CLASS, CKO_SECRET_KEY, CKA_KEY_TYPE, CKA_TOKEN } = this.#library;
    // CKZ_DATA_SPECIFIED, and no label (RFC 8017 7.1): the source is 1, its data empty.
    const parameter = {
      type: CK_PARAMS_RSA_OAEP,
      hashAlg: CKM_SHA_1,
      mgf: CKG_MGF1_SHA1,
      source: 1,
    };
    return this.#unwrapWith({ mechanism: CKM_RSA_PKCS_OAEP, parameter }, own, transported, [
      { type: CKA_CLASS, value: CKO_SECRET_KEY },
      { type: CKA_KEY_TYPE, value: CKK_AES },
      { type: CKA_TOKEN, value: false },
      ...this.#templates.kept(),
      ...this.#templates.uses(['CKA_UNWRAP']),
    ]);
  }

  /** Tokens differ in what they say of bytes that are not right; none of it is told. */
  #unwrapWith(
    mechanism: Parameters<InstanceType<Library['PKCS11']>['C_UnwrapKey']>[1],
    key: Handle,
    bytes: Buffer,
    template: Template,
  ): Handle {
    try {
      return this.#pkcs11.C_UnwrapKey(this.#session, mechanism, key, bytes, template);
    } catch (error) {
      const known = fromToken(error);
      if (known instanceof TokenError && known.lost && !/GENERAL|FAILED/u.test(known.message)) {
        throw known;
      }
      throw new TokenError('not a key that was wrapped for this terminal');
    }
  }

  /** Puts what `create` makes in the place of the newest key of this label, which stays until the next one. */
  #replace(label: string, create: (id: Buffer) => Handle): void {
    const before = this.#objects(label);
    const newest = before.at(-1)?.id ?? FIRST_ID;
    const id = Buffer.alloc(ID_BYTES);
    id.writeBigUInt64BE(BigInt(`0x${newest}`) + 1n);
    const made = create(id);
    if (this.#isWrong(made)) {
      this.#pkcs11.C_DestroyObject(this.#session, made);
      throw new TokenError('not an RSA-2048 key in PKCS#8');
    }
    this.#destroy(before.filter((each) => each.id !== newest));
  }

  /** What was unwrapped has been seen by the token alone. */
  #isWrong(made: Handle): boolean {
    const { CKA_CLASS, CKO_PRIVATE_KEY, CKA_MODULUS } = this.#library;
    const [isClass] = this.#attributes(made, [CKA_CLASS]);
    if (numberOf(isClass) !== CKO_PRIVATE_KEY) return false;
    return this.#attributes(made, [CKA_MODULUS])[0]?.length !== MODULUS_BITS / 8;
  }

  /** At a start nobody works with an older key any more. */
  #sweep(): void {
    const all = this.#objects(null);
    const newest = new Map(all.map(({ label, id }) => [label, id]));
    this.#destroy(all.filter(({ label, id }) => newest.get(label) !== id));
  }

  #newest(label: string): TokenObject | null {
    const { CKO_PUBLIC_KEY } = this.#library;
    return this.#objects(label).findLast((each) => each.class !== CKO_PUBLIC_KEY) ?? null;
  }

  /** The objects of a label, or of every label of ours; the newest last. */
  #objects(label: string | null): TokenObject[] {
    const { CKA_TOKEN, CKA_LABEL, CKA_ID, CKA_CLASS } = this.#library;
    const named = label === null ? [] : [{ type: CKA_LABEL, value: PREFIX + label }];
    const template = [{ type: CKA_TOKEN, value: true }, ...named];
    this.#pkcs11.C_FindObjectsInit(this.#session, template);
    let handles: Handle[];
    try {
      handles = this.#pkcs11.C_FindObjects(this.#session, OBJECTS_MAX);
    } finally {
      this.#pkcs11.C_FindObjectsFinal(this.#session);
    }
    return handles
      .map((handle) => {
        const [name, id, isClass] = this.#attributes(handle, [CKA_LABEL, CKA_ID, CKA_CLASS]);
        return {
          handle,
          label: name?.toString('utf8') ?? '',
          id: id?.toString('hex') ?? '',
          class: numberOf(isClass),
        };
      })
      .filter((each) => each.label.startsWith(PREFIX) && each.id.length === 2 * ID_BYTES)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #attributes(handle: Handle, types: readonly number[]): Buffer[] {
    const template = types.map((type) => ({ type }));
    const found = this.#pkcs11.C_GetAttributeValue(this.#session, handle, template);
    return found.map(({ value }) => value as Buffer);
  }

  #publicKeyOf(handle: Handle): Buffer {
    const { CKA_MODULUS, CKA_PUBLIC_EXPONENT } = this.#library;
    const [n, e] = this.#attributes(handle, [CKA_MODULUS, CKA_PUBLIC_EXPONENT]);
    const [modulus = '', exponent = ''] = [n, e].map((value) => value?.toString('base64url'));
    const key = { kty: 'RSA', n: modulus, e: exponent };
    return createPublicKey({ format: 'jwk', key }).export({ type: 'spki', format: 'der' });
  }

  #destroy(objects: readonly TokenObject[]): void {
    for (const { label, id, handle } of objects) {
      this.#handles.delete(nameOf({ label: label.slice(PREFIX.length), id }));
      this.#pkcs11.C_DestroyObject(this.#session, handle);
    }
  }
}

function nameOf({ label, id }: KeyReference): string {
  return `${label} ${id}`;
}

async function loadLibrary(): Promise<Library> {
  try {
    return (await import('pkcs11js')).default as unknown as Library;
  } catch {
    throw new TokenError(
      'npm pkcs11js is not there or can not be loaded; it is built by npm install with g++ and make',
    );
  }
}

function slotOf(pkcs11: InstanceType<Library['PKCS11']>, label: string): Handle {
  for (const slot of pkcs11.C_GetSlotList(true)) {
    const { label: found, flags } = pkcs11.C_GetTokenInfo(slot);
    if (found.replace(/[\0 ]+$/u, '') !== label) continue;
    const [, says] = PIN_FLAGS.find(([flag]) => (flags & flag) !== 0) ?? [];
    if (says !== undefined) throw new TokenError(says);
    return slot;
  }
  throw new TokenError(`there is no token with the label "${label}"`);
}

/** CK_ULONG, in the byte order of the machine: little-endian on all that this runs on. */
function numberOf(value: Buffer | undefined): number {
  return value === undefined ? -1 : value.readUInt32LE(0);
}
