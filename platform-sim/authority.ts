/**
 * A certification authority that issues what JPKI's card certificates look like, under a name that
 * nobody can take for JPKI's own. Every authority made here has the same name and another key, as
 * the generations of the real one have.
 */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomInt,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import {
  type ExtensionSpec,
  extension,
  type Issuer,
  type KeyUsage,
  keyIdentifier,
  type Name,
  REVOCATION_REASONS,
  type Revocation,
  randomSerial,
  writeCertificate,
  writeCrl,
} from './x509.ts';

export const USER_AUTHENTICATION_POLICY = '1.2.392.200149.8.5.1.3.30';
export const DIGITAL_SIGNATURE_POLICY = '1.2.392.200149.8.5.1.1.20';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
/** What a signing certificate says of its holder, an otherName each. */
const HOLDER_ATTRIBUTES = {
  name: '1.2.392.200149.8.5.5.1',
  nameSubstitutes: '1.2.392.200149.8.5.5.2',
  sex: '1.2.392.200149.8.5.5.3',
  birth: '1.2.392.200149.8.5.5.4',
  address: '1.2.392.200149.8.5.5.5',
  addressSubstitutes: '1.2.392.200149.8.5.5.6',
} as const;

const AUTHORITY_NAME: Name = [
  ['C', 'JP'],
  ['O', 'JPKI-SIM'],
  ['OU', 'JPKI-SIM for user authentication'],
  ['OU', 'Kazasu simulator, not a real authority'],
];
/** Of the authority that issues signing certificates: another one, with a key of its own, which no terminal need trust. */
export const SIGNING_AUTHORITY_NAME: Name = [
  ['C', 'JP'],
  ['O', 'JPKI-SIM'],
  ['OU', 'JPKI-SIM for digital signature'],
  ['OU', 'Kazasu simulator, not a real authority'],
];
/** An authority that no terminal of the street trusts. */
export const FOREIGN_AUTHORITY_NAME: Name = [
  ['C', 'JP'],
  ['O', 'TONARI-SIM'],
  ['OU', 'Another simulator, not a real authority'],
];
const NOBODY: Holder = {
  name: '見本　太郎',
  sex: '男',
  birth: '昭和55年1月1日',
  address: '風津市見本町一丁目1番1号',
};
const PRACTICE_STATEMENT = 'http://jpki-sim.example/cps.html';
const REVOCATIONS_FILE = 'revocations.json';
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

const newKeyPair = promisify(generateKeyPair);

export interface AuthorityOptions {
  readonly name?: Name;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface IssueOptions {
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: five years from now. */
  readonly notAfter?: Date;
  /** Default: what the kind of certificate has; null leaves the extension out. */
  readonly policy?: string | null;
  readonly keyUsage?: readonly KeyUsage[] | null;
  /** Written behind the others; one that is there already is there twice then. */
  readonly extra?: readonly ExtensionSpec[];
  /** Default: the key identifier of this authority; null leaves the extension out. */
  readonly authorityKeyId?: Uint8Array | null;
  readonly serial?: Uint8Array;
  /** Default: a new RSA-2048 key. */
  readonly privateKey?: KeyObject;
}

/**
 * The four attributes (基本4情報), as plain text: how JPKI codes sex and dates is not modelled. The other two say of each
 * character of the name or address whether another one stands for it (1) or not (0), in this model; default: none does.
 */
export type Holder = Readonly<
  Record<'name' | 'sex' | 'birth' | 'address', string> &
    Partial<Record<'nameSubstitutes' | 'addressSubstitutes', string>>
>;

export interface SignIssueOptions extends IssueOptions {
  readonly holder?: Holder;
}

/** Who signs OCSP responses, and the certificates that go along. */
export interface OcspSigner {
  readonly name: Name;
  readonly privateKey: KeyObject;
  readonly certificates: readonly Buffer[];
}

export interface OcspResponderIssueOptions {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly serial?: Uint8Array;
  /** Default: OCSPSigning alone; null leaves the extension out. */
  readonly purposes?: readonly string[] | null;
  readonly keyUsage?: readonly KeyUsage[];
  readonly extra?: readonly ExtensionSpec[];
}

export interface IssuedCertificate {
  readonly der: Buffer;
  readonly serial: Buffer;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

export interface CrlOptions {
  readonly revoked?: readonly Revocation[];
  /** Default: the seconds of thisUpdate, which rise. */
  readonly number?: bigint | null;
  /** Default: an hour ago. */
  readonly thisUpdate?: Date;
  /** Default: a day after thisUpdate. */
  readonly nextUpdate?: Date;
  readonly extra?: readonly ExtensionSpec[];
  readonly authorityKeyId?: Uint8Array | null;
}

/** An RSA-2048 key as cards have it, made outside the event loop. */
export async function newCardKey(): Promise<KeyObject> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  return privateKey;
}

export class Authority {
  /** DER, self-signed. */
  readonly caCertificate: Buffer;
  readonly keyId: Buffer;
  readonly #issuer: Issuer;

  private constructor(caCertificate: Buffer, issuer: Issuer) {
    this.caCertificate = caCertificate;
    this.#issuer = issuer;
    this.keyId = keyIdentifier(createPublicKey(issuer.privateKey));
  }

  static async create(options: AuthorityOptions = {}): Promise<Authority> {
    const { publicKey, privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
    const issuer = { name: options.name ?? AUTHORITY_NAME, privateKey };
    const now = Date.now();
    const caCertificate = writeCertificate({
      issuer,
      subject: issuer.name,
      publicKey,
      serial: randomSerial(),
      notBefore: options.notBefore ?? new Date(now - YEAR_MS),
      notAfter: options.notAfter ?? new Date(now + 9 * YEAR_MS),
      extensions: [
        extension.keyUsage(['keyCertSign', 'cRLSign']),
        extension.basicConstraints(true),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
      ],
    });
    return new Authority(caCertificate, issuer);
  }

  /**
   * The authority whose files are in `directory`, made and kept there at the first call; the name
   * must be the same.
   */
  static async openOrCreate(directory: string, options: AuthorityOptions = {}): Promise<Authority> {
    const keyFile = path.join(directory, 'ca-key.pem');
    const certificateFile = path.join(directory, 'ca.der');
    const name = options.name ?? AUTHORITY_NAME;
    if (existsSync(certificateFile)) {
      const privateKey = createPrivateKey(await readFile(keyFile));
      return new Authority(await readFile(certificateFile), { name, privateKey });
    }
    const authority = await Authority.create(options);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(keyFile, pem(authority.#issuer.privateKey), { mode: 0o600 });
    // Last: where it is, the key is.
    await writeFile(certificateFile, authority.caCertificate);
    return authority;
  }

  /**
   * A user-authentication certificate. Says nothing of its holder but a random name, as JPKI's do.
   */
  issueUserCertificate(options: IssueOptions = {}): Promise<IssuedCertificate> {
    return this.#issue({
      policy: USER_AUTHENTICATION_POLICY,
      keyUsage: ['digitalSignature'],
      ...options,
    });
  }

  /**
   * A certificate for digital signatures, the other one on the card, which must not open a gate.
   */
  issueSignCertificate(options: SignIssueOptions = {}): Promise<IssuedCertificate> {
    const { holder = NOBODY, extra = [], ...rest } = options;
    const whole: Required<Holder> = {
      nameSubstitutes: '0'.repeat([...holder.name].length),
      addressSubstitutes: '0'.repeat([...holder.address].length),
      ...holder,
    };
    const attributes = Object.entries(HOLDER_ATTRIBUTES) as [keyof Holder, string][];
    const said = attributes.map(([attribute, oid]) => [oid, whole[attribute]] as const);
    return this.#issue({
      policy: DIGITAL_SIGNATURE_POLICY,
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      ...rest,
      extra: [extension.subjectOtherNames(said), ...extra],
    });
  }

  /** The authority's own key as a responder's (RFC 6960 4.2.2.2). */
  get ocspSigner(): OcspSigner {
    return { ...this.#issuer, certificates: [] };
  }

  /** A responder that the authority charges with its answers (RFC 6960 4.2.2.2). */
  chargeOcspSigner(options: OcspResponderIssueOptions = {}): OcspSigner {
    const { purposes = [OCSP_SIGNING], keyUsage = ['digitalSignature'], extra = [] } = options;
    // A key for some hours: responders answer quickly with an elliptic one.
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const name: Name = [
      ['C', 'JP'],
      ['O', 'JPKI-SIM'],
      ['CN', 'OCSP responder of the simulator'],
    ];
    const certificate = writeCertificate({
      issuer: this.#issuer,
      subject: name,
      publicKey,
      serial: options.serial ?? randomSerial(),
      notBefore: options.notBefore ?? new Date(Date.now() - DAY_MS),
      notAfter: options.notAfter ?? new Date(Date.now() + 30 * DAY_MS),
      extensions: [
        extension.keyUsage(keyUsage),
        ...(purposes === null ? [] : [extension.extendedKeyUsage(purposes)]),
        extension.ocspNoCheck(),
        extension.authorityKeyIdentifier(this.keyId),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
        ...extra,
      ],
    });
    return { name, privateKey, certificates: [certificate] };
  }

  /** DER of a complete CRL. Keeps no account of revocations: what it says is what it is given. */
  crl(options: CrlOptions = {}): Buffer {
    const thisUpdate = options.thisUpdate ?? new Date(Date.now() - DAY_MS / 24);
    const {
      number = BigInt(Math.trunc(thisUpdate.getTime() / 1000)),
      authorityKeyId = this.keyId,
      nextUpdate = new Date(thisUpdate.getTime() + DAY_MS),
    } = options;
    return writeCrl({
      issuer: this.#issuer,
      thisUpdate,
      nextUpdate,
      revoked: options.revoked ?? [],
      extensions: [
        ...(authorityKeyId === null ? [] : [extension.authorityKeyIdentifier(authorityKeyId)]),
        ...(number === null ? [] : [extension.crlNumber(number)]),
        ...(options.extra ?? []),
      ],
    });
  }

  async #issue(options: IssueOptions): Promise<IssuedCertificate> {
    const { keyUsage = null, policy = null, authorityKeyId = this.keyId, extra = [] } = options;
    const privateKey = options.privateKey ?? (await newCardKey());
    const publicKey = createPublicKey(privateKey);
    const serial = Buffer.from(options.serial ?? randomSerial());
    const der = writeCertificate({
      issuer: this.#issuer,
      subject: [
        ['C', 'JP'],
        ['CN', randomName()],
      ],
      publicKey,
      serial,
      notBefore: options.notBefore ?? new Date(Date.now() - DAY_MS),
      notAfter: options.notAfter ?? new Date(Date.now() + 5 * YEAR_MS),
      extensions: [
        ...(keyUsage === null ? [] : [extension.keyUsage(keyUsage)]),
        ...(policy === null ? [] : [extension.certificatePolicies(policy, PRACTICE_STATEMENT)]),
        extension.issuerAltName(this.#issuer.name),
        extension.crlDistributionPoint(this.#issuer.name),
        ...(authorityKeyId === null ? [] : [extension.authorityKeyIdentifier(authorityKeyId)]),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
        ...extra,
      ],
    });
    return { der, serial, privateKeyPem: pem(privateKey) };
  }
}

const KEPT_REVOCATIONS = z.array(
  z.strictObject({
    serial: z.string().regex(/^([0-9a-f]{2}){1,20}$/u),
    at: z.iso.datetime(),
    reason: z.enum(REVOCATION_REASONS.filter((reason) => reason !== null)),
  }),
);

/** Keeps beside an authority's key what it revoked, for its OCSP responder in another process. */
export async function keepRevocations(
  directory: string,
  revoked: readonly Revocation[],
): Promise<void> {
  const kept = revoked.map(({ serial, at, reason }) => ({
    serial: Buffer.from(serial).toString('hex'),
    at: at.toISOString(),
    reason,
  }));
  await writeFile(path.join(directory, REVOCATIONS_FILE), JSON.stringify(kept, null, 1));
}

/** What `keepRevocations` kept; nothing where it never did. */
export function keptRevocations(directory: string): readonly Revocation[] {
  const file = path.join(directory, REVOCATIONS_FILE);
  if (!existsSync(file)) return [];
  const kept = KEPT_REVOCATIONS.parse(JSON.parse(readFileSync(file, 'utf8')));
  return kept.map(({ serial, at, reason }) => ({
    serial: Buffer.from(serial, 'hex'),
    at: new Date(at),
    reason,
  }));
}

/** 23 letters and digits, the form of JPKI's subject names. */
function randomName(): string {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return Array.from({ length: 23 }, () => letters[randomInt(letters.length)]).join('');
}

function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}
