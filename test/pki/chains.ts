/**
 * Authorities with intermediates, their certificates and their CRLs, as tests of paths need them:
 * right in every way but the one that a test asks for.
 */

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type ExtensionSpec,
  encode,
  extension,
  type KeyUsage,
  keyIdentifier,
  type Name,
  type RevocationReason,
  randomSerial,
  writeCertificate,
  writeCrl,
} from '../../platform-sim/x509.ts';

const DAY_MS = 86_400_000;
export const NOW = Date.now();
/** So many days from now. */
export const at = (days: number) => new Date(NOW + days * DAY_MS);

/** Whoever holds a key and a certificate for it. */
export interface Party {
  readonly name: Name;
  readonly privateKey: KeyObject;
  readonly keyId: Buffer;
  readonly serial: Buffer;
  readonly der: Buffer;
}

export interface PartyOptions {
  readonly name?: Name;
  readonly privateKey?: KeyObject;
  readonly serial?: Buffer;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Null: no such extension. */
  readonly ca?: boolean | null;
  readonly pathLength?: number;
  readonly keyUsage?: readonly KeyUsage[];
  readonly authorityKeyId?: Buffer | null;
  readonly extra?: readonly ExtensionSpec[];
}

export interface ChainCrlOptions {
  readonly revoked?: readonly Buffer[];
  /** RFC 5280 5.3.3: written into the first entry, and meant for all of them. */
  readonly certificateIssuer?: Party;
  readonly reason?: RevocationReason;
  readonly number?: bigint;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  readonly authorityKeyId?: Buffer | null;
  readonly extra?: readonly ExtensionSpec[];
}

export const cn = (name: string): Name => [['CN', name]];
export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

function party(issuer: Party | null, options: PartyOptions): Party {
  const { name = cn('Somebody'), privateKey = newKey(), serial = randomSerial() } = options;
  const { ca = true, keyUsage = ['keyCertSign', 'cRLSign'], extra = [] } = options;
  const publicKey = createPublicKey(privateKey);
  const keyId = keyIdentifier(publicKey);
  const { authorityKeyId = issuer?.keyId ?? keyId } = options;
  const der = writeCertificate({
    issuer: issuer ?? { name, privateKey },
    subject: name,
    publicKey,
    serial,
    notBefore: options.notBefore ?? at(-30),
    notAfter: options.notAfter ?? at(30),
    extensions: [
      extension.keyUsage(keyUsage),
      ...(ca === null ? [] : [basicConstraints(ca, options.pathLength)]),
      extension.subjectKeyIdentifier(keyId),
      ...(authorityKeyId === null ? [] : [extension.authorityKeyIdentifier(authorityKeyId)]),
      ...extra,
    ],
  });
  return { name, privateKey, keyId, serial, der };
}

export function anchor(options: PartyOptions = {}): Party {
  return party(null, { name: cn('An anchor'), ...options });
}

export function authorityUnder(issuer: Party, name: string, options: PartyOptions = {}): Party {
  return party(issuer, { name: cn(name), ...options });
}

/** A certificate for a CA that has one already, by another. */
export function crossCertificate(issuer: Party, { name, privateKey }: Party): Party {
  return party(issuer, { name, privateKey });
}

export function leafUnder(issuer: Party, options: PartyOptions = {}): Party {
  return party(issuer, {
    name: cn('A leaf'),
    ca: null,
    keyUsage: ['digitalSignature'],
    ...options,
  });
}

export function crlOf(issuer: Party, options: ChainCrlOptions = {}): Buffer {
  const { revoked = [], reason = 'keyCompromise', number = 1n, extra = [] } = options;
  const { authorityKeyId = issuer.keyId, certificateIssuer } = options;
  return writeCrl({
    issuer,
    thisUpdate: options.thisUpdate ?? at(-1),
    nextUpdate: options.nextUpdate ?? at(1),
    revoked: revoked.map((serial, index) => ({
      serial,
      at: at(-2),
      reason,
      extra: index > 0 || certificateIssuer === undefined ? [] : [ofIssuer(certificateIssuer)],
    })),
    extensions: [
      ...(authorityKeyId === null ? [] : [extension.authorityKeyIdentifier(authorityKeyId)]),
      extension.crlNumber(number),
      ...extra,
    ],
  });
}

function basicConstraints(ca: boolean, pathLength?: number): ExtensionSpec {
  const { value } = extension.basicConstraints(ca);
  const length = pathLength === undefined ? [] : [encode(0x02, Uint8Array.of(pathLength))];
  const whole = encode(0x30, value.subarray(2), ...length);
  return { oid: '2.5.29.19', critical: true, value: whole };
}

/** RFC 5280 5.2.5: fields of an IssuingDistributionPoint, in the order of their numbers. */
export const scope = {
  of: (...fields: readonly Buffer[]): ExtensionSpec => ({
    oid: '2.5.29.28',
    critical: true,
    value: encode(0x30, ...fields),
  }),
  point: (uri: string) => encode(0xa0, fullName(uri)),
  yes: (field: 1 | 2 | 4 | 5) => encode(0x80 | field, Uint8Array.of(0xff)),
  /** keyCompromise alone, or all the other reasons. */
  compromise: encode(0x83, Uint8Array.of(6, 0x40)),
  otherReasons: encode(0x83, Uint8Array.of(7, 0x3f, 0x80)),
} as const;

/** RFC 5280 4.2.1.13, one point for each address: its name, and who issues in the issuer's stead. */
export function distributionPoints(
  addresses: readonly string[],
  crlIssuer: Party | null = null,
): ExtensionSpec {
  const issuer = crlIssuer === null ? [] : [encode(0xa2, directory(crlIssuer).subarray(2))];
  const points = addresses.map((each) => encode(0x30, encode(0xa0, fullName(each)), ...issuer));
  const nameless = encode(0x30, ...issuer);
  const value = encode(0x30, ...(points.length === 0 ? [nameless] : points));
  return { oid: '2.5.29.31', critical: false, value };
}

const fullName = (uri: string) => encode(0xa0, encode(0x86, Buffer.from(uri)));

/** GeneralNames with one directory name: what issuerAltName holds, too. */
const directory = ({ name }: Party): Buffer => Buffer.from(extension.issuerAltName(name).value);

function ofIssuer(issuer: Party): ExtensionSpec {
  return { oid: '2.5.29.29', critical: true, value: directory(issuer) };
}
