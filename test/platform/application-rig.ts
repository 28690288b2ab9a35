/** One applicant with both certificates, a register that knows them, and the CMS of an application spelled out by hand. */

import { createHash, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Authority,
  newCardKey,
  SIGNING_AUTHORITY_NAME,
  type SignIssueOptions,
} from '../../platform-sim/authority.ts';
import type { AppliedWith } from '../../platform-sim/signed-application.ts';
import { openKeys, openStores, type Stores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import { encode, oid, type Revocation, sequence } from '../../platform-sim/x509.ts';
import type { Application } from '../../src/link/certificate-protocol.ts';

export const NOW = Math.trunc(Date.now() / 1000) * 1000;
export const HOLDER = {
  name: '風見　太郎',
  sex: '男',
  birth: '昭和55年1月1日',
  address: 'かざす市見本町一丁目1番1号',
};
const ID = '5f0f8a4e-0d3c-4d7a-9d6f-2f4f6f6a1c01';
const TERMINAL = 'kiosk-1';
export const SHA256 = '300b0609608648016503040201';
export const SHA256_WITH_RSA = '300d06092a864886f70d01010b0500';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');
const attribute = (type: string, ...values: Buffer[]) =>
  sequence(oid(type), encode(0x31, ...values));

/** What an application may say otherwise than it should; DER unless told. */
export interface Forged {
  readonly version?: Buffer;
  readonly digestAlgorithms?: Buffer;
  readonly type?: Buffer;
  readonly content?: Buffer;
  readonly certificates?: Buffer;
  readonly sid?: Buffer;
  readonly signatureAlgorithm?: string;
  readonly attributes?: readonly Buffer[];
  readonly unsigned?: Buffer;
  readonly signature?: Buffer;
  readonly signers?: (signer: Buffer) => Buffer;
  readonly key?: KeyObject;
}

export class ApplicationRig {
  readonly stores: Stores;
  readonly authority: Authority;
  readonly signing: Authority;
  readonly key: KeyObject;
  readonly userKey: KeyObject;
  /** DER */
  readonly certificate: Buffer;
  readonly authentication: Buffer;
  readonly #folder: string;
  #crlNumber = 0n;

  static async open(): Promise<ApplicationRig> {
    const folder = mkdtempSync(join(tmpdir(), 'kazasu-application-'));
    const authority = await Authority.create();
    const signing = await Authority.create({ name: SIGNING_AUTHORITY_NAME });
    const [key, userKey] = [await newCardKey(), await newCardKey()];
    const user = await authority.issueUserCertificate({ privateKey: userKey });
    const sign = await signing.issueSignCertificate({ privateKey: key, holder: HOLDER });
    const rig = new ApplicationRig(folder, {
      authority,
      signing,
      key,
      userKey,
      certificate: sign.der,
      authentication: user.der,
    });
    await rig.#makeKnown();
    return rig;
  }

  private constructor(
    folder: string,
    made: Pick<
      ApplicationRig,
      'authority' | 'signing' | 'key' | 'userKey' | 'certificate' | 'authentication'
    >,
  ) {
    this.#folder = folder;
    this.stores = openStores(join(folder, 'platform'));
    this.authority = made.authority;
    this.signing = made.signing;
    this.key = made.key;
    this.userKey = made.userKey;
    this.certificate = made.certificate;
    this.authentication = made.authentication;
  }

  close(): void {
    this.stores.close();
    rmSync(this.#folder, { recursive: true });
  }

  file(name: string, bytes: Uint8Array | string = ''): string {
    const path = join(this.#folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  async #makeKnown(): Promise<void> {
    const keys = await openKeys(join(this.#folder, 'platform'));
    const ca = [this.file('ca.der', this.authority.caCertificate)];
    const crl = [this.file('crl.der', this.authority.crl())];
    await addTrust(this.stores.registry, keys, { ca, crl }, NOW);
    this.revoke();
    this.link(this.certificate);
  }

  /** Those and no others are revoked from now on. */
  revoke(...serials: readonly Uint8Array[]): void {
    const revoked: Revocation[] = serials.map((serial) => {
      return { serial, at: new Date(NOW), reason: 'affiliationChanged' };
    });
    this.#crlNumber += 1n;
    const crl = this.signing.crl({ revoked, number: this.#crlNumber });
    this.stores.register.takeSigningAuthority({
      ca: this.file('sign-ca.der', this.signing.caCertificate),
      crl: this.file('sign-crl.der', crl),
    });
  }

  /** Makes known that this signing certificate is of the applicant, or of whose certificate is given. */
  link(signing: Buffer, authentication = this.authentication): void {
    this.file('user.der', authentication);
    this.file('sign.der', signing);
    const rows = ['certificate,born,signing', 'user.der,1980-01-01,sign.der'];
    this.stores.register.take(this.file('register.csv', rows.join('\n')));
  }

  /** A signing certificate for the applicant's key that the register links to them. */
  async issue(options: SignIssueOptions, authority = this.signing) {
    const issued = await authority.issueSignCertificate({
      privateKey: this.key,
      holder: HOLDER,
      ...options,
    });
    this.link(issued.der);
    return issued;
  }

  get asked(): AppliedWith {
    return { id: ID, terminal: TERMINAL, authentication: this.authentication };
  }

  application(changes: Partial<Application> = {}): Application {
    return {
      kind: 'usage-registration',
      id: ID,
      terminal: TERMINAL,
      municipality: '990011',
      domicile: { town: '大字鷹ノ沢', number: '12-3' },
      head: { familyKana: 'かざみ', givenKana: 'いちろう' },
      authentication: sha256(this.authentication).toString('hex'),
      at: new Date(NOW).toISOString(),
      ...changes,
    };
  }

  contentOf(changes: Partial<Application> = {}): Buffer {
    return Buffer.from(JSON.stringify(this.application(changes)));
  }

  /** The signed attributes; `at` as UTCTime says it. */
  attributes(content: Buffer, certificate = this.certificate, at = NOW): Buffer[] {
    const digits = new Date(at).toISOString().replaceAll(/\D/g, '').slice(2, 14);
    const id = sequence(sequence(sequence(encode(0x04, sha256(certificate)))));
    return [
      attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.7.1')),
      attribute('1.2.840.113549.1.9.5', encode(0x17, Buffer.from(`${digits}Z`))),
      attribute('1.2.840.113549.1.9.4', encode(0x04, sha256(content))),
      attribute('1.2.840.113549.1.9.16.2.47', id),
    ];
  }

  sidOf(certificate: Buffer): Buffer {
    // TBSCertificate: version, serial number, algorithm, issuer; both names of the rig's authorities are short.
    const tbs = certificate.subarray(4);
    let at = 4 + 5;
    const next = () => {
      const long = (tbs[at + 1] ?? 0) > 0x80 ? (tbs[at + 1] ?? 0) - 0x80 : 0;
      const length = long === 0 ? (tbs[at + 1] ?? 0) : tbs.readUIntBE(at + 2, long);
      const whole = tbs.subarray(at, at + 2 + long + length);
      at += whole.length;
      return whole;
    };
    const serial = next();
    next();
    return sequence(next(), serial);
  }

  /** RFC 5652 by hand, with whatever is to be otherwise. */
  cms(forged: Forged = {}, certificate = this.certificate): Buffer {
    const version = encode(0x02, Buffer.of(1));
    const content = forged.content ?? this.contentOf();
    const attributes = forged.attributes ?? this.attributes(content, certificate);
    const signature =
      forged.signature ?? sign('sha256', encode(0x31, ...attributes), forged.key ?? this.key);
    const signer = sequence(
      version,
      forged.sid ?? this.sidOf(certificate),
      bytesOf(SHA256),
      encode(0xa0, ...attributes),
      bytesOf(forged.signatureAlgorithm ?? SHA256_WITH_RSA),
      encode(0x04, signature),
      forged.unsigned ?? Buffer.alloc(0),
    );
    const type = forged.type ?? oid('1.2.840.113549.1.7.1');
    const signedData = sequence(
      forged.version ?? version,
      forged.digestAlgorithms ?? encode(0x31, bytesOf(SHA256)),
      sequence(type, encode(0xa0, encode(0x04, content))),
      forged.certificates ?? encode(0xa0, certificate),
      encode(0x31, forged.signers?.(signer) ?? signer),
    );
    return sequence(oid('1.2.840.113549.1.7.2'), encode(0xa0, signedData));
  }
}
