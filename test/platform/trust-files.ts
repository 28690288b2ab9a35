/** CA certificates and CRLs, right and odd, and what the platform and a terminal say to the same ones. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Elements, TAG } from '../../platform-sim/der.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import {
  type CertificateSpec,
  type CrlSpec,
  type ExtensionSpec,
  encode,
  extension,
  keyIdentifier,
  type Name,
  writeCertificate,
  writeCrl,
} from '../../platform-sim/x509.ts';
import { TrustError } from '../../src/pki/trust-error.ts';
import { trustStoreOf } from '../pki/memory-trust.ts';

const DAY_MS = 86_400_000;

export interface Said {
  /** Null when it takes the material, else what `trust add` says. */
  readonly platform: string | null;
  /** Null when it takes the material, else why not. */
  readonly terminal: string | null;
}

/** What `trust add` and a terminal's trust store say to the same DER files. */
export async function ask(anchors: readonly Buffer[], crls: readonly Buffer[] = []): Promise<Said> {
  return { platform: await askPlatform(anchors, crls), terminal: await askTerminal(anchors, crls) };
}

export async function askTerminal(
  anchors: readonly Buffer[],
  crls: readonly Buffer[] = [],
): Promise<string | null> {
  try {
    await trustStoreOf({ anchors, crls });
    return null;
  } catch (error) {
    if (error instanceof TrustError) return `${error.reason}: ${error.message}`;
    throw error;
  }
}

async function askPlatform(anchors: readonly Buffer[], crls: readonly Buffer[]) {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-trust-'));
  const stores = openStores(folder);
  try {
    const files = { ca: await write(folder, 'ca', anchors), crl: await write(folder, 'crl', crls) };
    await addTrust(stores.registry, await openKeys(folder), files, Date.now());
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  } finally {
    stores.close();
    await rm(folder, { recursive: true });
  }
}

async function write(folder: string, kind: string, ders: readonly Buffer[]): Promise<string[]> {
  const files = ders.map((_, at) => join(folder, `${kind}-${at}.der`));
  for (const [at, der] of ders.entries()) await writeFile(files[at] ?? '', der);
  return files;
}

export const CA_NAME: Name = [
  ['C', 'JP'],
  ['O', 'TRUST-SIM'],
];
export const { privateKey: caKey, publicKey: caPublic } = newKeys('P-256');
export const CA_KEY_ID = keyIdentifier(caPublic);

export function newKeys(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve });
}

/** The extensions of a CA as it should be, by name, so that a test can leave one out or put another in its place. */
export const CA_EXTENSIONS = {
  keyUsage: extension.keyUsage(['keyCertSign', 'cRLSign']),
  basicConstraints: extension.basicConstraints(true),
  subjectKeyIdentifier: extension.subjectKeyIdentifier(CA_KEY_ID),
} as const satisfies Record<string, ExtensionSpec>;

type Changes<Of extends string> = Partial<Record<Of, ExtensionSpec | null>>;

/** `changes`: by name of an extension above; null leaves it out. `more` stand behind the others. */
export function anchor(
  changes: Changes<keyof typeof CA_EXTENSIONS> = {},
  more: readonly ExtensionSpec[] = [],
  over: Partial<CertificateSpec> = {},
): Buffer {
  return writeCertificate({
    issuer: { name: CA_NAME, privateKey: caKey },
    subject: CA_NAME,
    publicKey: caPublic,
    serial: Uint8Array.of(1),
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 365 * DAY_MS),
    extensions: [...present({ ...CA_EXTENSIONS, ...changes }), ...more],
    ...over,
  });
}

const CRL_EXTENSIONS = {
  authorityKeyIdentifier: extension.authorityKeyIdentifier(CA_KEY_ID),
  crlNumber: extension.crlNumber(7n),
} as const satisfies Record<string, ExtensionSpec>;

export function crl(
  changes: Changes<keyof typeof CRL_EXTENSIONS> = {},
  more: readonly ExtensionSpec[] = [],
  over: Partial<CrlSpec> = {},
): Buffer {
  return writeCrl({
    issuer: { name: CA_NAME, privateKey: caKey },
    thisUpdate: new Date(Date.now() - DAY_MS),
    nextUpdate: new Date(Date.now() + DAY_MS),
    revoked: [{ serial: Uint8Array.of(0x4a), at: new Date(), reason: 'superseded' }],
    extensions: [...present({ ...CRL_EXTENSIONS, ...changes }), ...more],
    ...over,
  });
}

function present(specs: Record<string, ExtensionSpec | null>): ExtensionSpec[] {
  return Object.values(specs).filter((spec) => spec !== null);
}

/** The DER values inside a SEQUENCE. */
export function partsOf(sequence: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (const inside = new Elements(sequence).inside(TAG.sequence); !inside.atEnd; ) {
    parts.push(inside.next(sequenceTag(inside)).whole);
  }
  return parts;
}

function sequenceTag(elements: Elements): number {
  for (let tag = 0; tag < 256; tag += 1) if (elements.isNext(tag)) return tag;
  throw new Error('no element');
}

/** A certificate or CRL with other content, signed again as if its CA had meant it. */
export function signedAgain(
  der: Buffer,
  change: (tbs: Buffer) => Buffer,
  key: KeyObject = caKey,
): Buffer {
  const [tbs = Buffer.alloc(0), algorithm = Buffer.alloc(0)] = partsOf(der);
  const changed = change(tbs);
  const signature = encode(0x03, Uint8Array.of(0), sign('sha256', changed, key));
  return encode(0x30, changed, algorithm, signature);
}

/** The same, with the parts of what is signed as `change` hands them back. */
export function madeAgain(der: Buffer, change: (parts: Buffer[]) => readonly Buffer[]): Buffer {
  return signedAgain(der, (tbs) => encode(0x30, ...change(partsOf(tbs))));
}
