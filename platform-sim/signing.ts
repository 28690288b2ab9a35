/**
 * The platform's signing keys: a CA that is pinned by terminals, and under it one role key for each
 * kind of signed object (CMS SignedData, RFC 5652), so that the key of one kind never signs another.
 * What municipalities issue is signed by a key of each one's own, certified under its code.
 * Which key has a role is what the newest version of the root says; its files are found by that.
 */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as pkijs from 'pkijs';
import { alertRole } from '../src/link/alert-protocol.ts';
import { ROOT_KEYS, type RoleKind, type RootStatement, SIGNED_KIND } from '../src/link/protocol.ts';
import { signCms } from './cms.ts';
import { InputError } from './input-error.ts';
import { ISSUERS } from './municipal-codes.ts';
import { keyIdOf, makeRootKeys, readRoot, signRoot, spkiOf } from './offline-root.ts';
import {
  type CertificateSpec,
  extension,
  keyIdentifier,
  type Name,
  randomSerial,
  writeCertificate,
} from './x509.ts';

const DAY_MS = 86_400_000;
const CA_LIFE_MS = 3650 * DAY_MS;
const ROLE_LIFE_MS = 365 * DAY_MS;
/** A role certificate with less life than this is replaced when the platform starts. */
const RENEW_WITHIN_MS = 90 * DAY_MS;
/** Terminals' clocks lag: a certificate that was made this minute must be valid there. */
const BACKDATED_MS = DAY_MS;

const OFFLINE_FOLDER = 'offline';
const ROOT_FOLDER = 'root';
/** Signed by each municipality with a key of its own; every other kind by one key of the platform. */
const ISSUER_ROLE = 'issue-manifest';
/** As well, but each key is a role of its own in the root: no municipality's is good for another's people. */
const ALERT_ROLE = 'alert';
type PlatformRole = Exclude<RoleKind, typeof ISSUER_ROLE | typeof ALERT_ROLE>;
/** Those that every platform has from its first root on. */
export const ROLES = Object.keys(SIGNED_KIND).filter(
  (kind) => kind !== 'root' && kind !== ALERT_ROLE,
) as Exclude<RoleKind, typeof ALERT_ROLE>[];

interface KeyFiles {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
}

export interface IssuerKey {
  /** SHA-256 of its SubjectPublicKeyInfo, hex. */
  readonly id: string;
  /** P-256, private. */
  readonly key: KeyObject;
}

interface Role {
  readonly id: string;
  readonly certificate: pkijs.Certificate;
  readonly key: KeyObject;
}

export class PlatformKeys {
  /** DER of the platform's self-signed CA certificate. */
  readonly caCertificate: Buffer;
  readonly #directory: string;
  readonly #ca: KeyFiles;
  #roots: readonly Buffer[] = [];
  /** By kind, and of a kind that municipalities sign, by kind and municipality (`placeOf`). */
  #roles: ReadonlyMap<string, Role> = new Map();

  private constructor(directory: string, ca: KeyFiles) {
    this.#directory = directory;
    this.#ca = ca;
    this.caCertificate = ca.certificate;
  }

  /**
   * The keys in `directory` (PKCS#8 files that only their owner reads), made at the first call, the
   * root keys among them, which should then be taken elsewhere.
   */
  static async openOrCreate(directory: string): Promise<PlatformKeys> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const ca = (await load(directory, 'ca')) ?? (await store(directory, 'ca', newCa()));
    if (!existsSync(rootFile(directory, 1))) await createRoot(directory, ca);
    const keys = new PlatformKeys(directory, ca);
    await keys.reload();
    return keys;
  }

  /** Where the root keys are until somebody takes them elsewhere. */
  static offlineFolder(directory: string): string {
    return path.join(directory, OFFLINE_FOLDER);
  }

  /** Every version of the root, the first one first: CMS SignedData. */
  get roots(): readonly Buffer[] {
    return this.#roots;
  }

  /** The newest version of the root. */
  get root(): RootStatement {
    const newest = this.#roots.at(-1);
    if (newest === undefined) throw new Error('there is no root');
    return readRoot(newest);
  }

  /** Takes what another process has made of the root meanwhile. False when it is the same. */
  async reload(): Promise<boolean> {
    if (!existsSync(rootFile(this.#directory, this.#roots.length + 1))) return false;
    const roots = [...this.#roots];
    while (existsSync(rootFile(this.#directory, roots.length + 1))) {
      roots.push(await readFile(rootFile(this.#directory, roots.length + 1)));
    }
    const newest = roots.at(-1);
    if (newest === undefined) return false;
    this.#roles = await this.#openRoles(readRoot(newest));
    this.#roots = roots;
    return true;
  }

  /** SHA-256 of the SubjectPublicKeyInfo of the key that signs this kind now. */
  signerOf(kind: PlatformRole): string {
    return this.#role(kind).id;
  }

  /**
   * The key of a municipality's issuing server; null when the root names none for it. With it the codes on its papers are
   * signed, too. `code`: of the municipality.
   */
  issuer(code: string): IssuerKey | null {
    const role = this.#roles.get(placeOf(ISSUER_ROLE, code));
    return role === undefined ? null : { id: role.id, key: role.key };
  }

  /** DER of a certificate under the CA: of a terminal, or of the platform's own end of the link. */
  issue(spec: Omit<CertificateSpec, 'issuer' | 'serial'>): Buffer {
    return writeCertificate({
      ...spec,
      issuer: { name: CA_NAME, privateKey: this.#ca.key },
      serial: randomSerial(),
      extensions: [
        ...spec.extensions,
        extension.authorityKeyIdentifier(keyIdentifier(createPublicKey(this.#ca.key))),
        extension.subjectKeyIdentifier(keyIdentifier(spec.publicKey)),
      ],
    });
  }

  /** DER of a CMS SignedData that holds `content` and the signer's certificate. */
  sign(kind: PlatformRole, content: Uint8Array): Promise<Buffer> {
    const { certificate, key } = this.#role(kind);
    return signCms(SIGNED_KIND[kind], content, [{ key, is: certificate }]);
  }

  /** The same for an issue manifest of the municipality `code`, with its own key. */
  signIssue(code: string, content: Uint8Array): Promise<Buffer> {
    const { certificate, key } = this.#role(ISSUER_ROLE, code);
    return signCms(SIGNED_KIND[ISSUER_ROLE], content, [{ key, is: certificate }]);
  }

  /** The same for an alert of the municipality `code`. `content`: a CAP document. */
  signAlert(code: string, content: Uint8Array): Promise<Buffer> {
    const { certificate, key } = this.#role(ALERT_ROLE, code);
    return signCms(SIGNED_KIND[ALERT_ROLE], content, [{ key, is: certificate }]);
  }

  /** A new alert key for a municipality, certified; it signs nothing until a root names it. Returns its id. */
  makeAlertKey(code: string): Promise<string> {
    return storeRole(this.#directory, ALERT_ROLE, newRole(this.#ca, ALERT_ROLE, newKey(), code));
  }

  /** New keys for a role, certified; they sign nothing until a root names them. Returns their ids. */
  async makeRoleKeys(kind: RoleKind): Promise<string[]> {
    return makeRoles(this.#directory, this.#ca, kind);
  }

  async forgetRoleKey(kind: RoleKind, id: string): Promise<void> {
    const { key, certificate } = filesOf(this.#directory, roleName(kind, id));
    await rm(certificate, { force: true });
    await rm(key, { force: true });
  }

  /**
   * Publishes a version of the root: from then on it counts. False when another process was faster.
   */
  publishRoot(version: number, statement: Buffer): Promise<boolean> {
    return publishRoot(this.#directory, version, statement);
  }

  #role(kind: RoleKind, municipality?: string): Role {
    const role = this.#roles.get(placeOf(kind, municipality));
    if (role !== undefined) return role;
    const give = kind === ALERT_ROLE ? `alert key ${municipality}` : `root rotate --role ${kind}`;
    throw new InputError(
      `the root names no key for ${kind} that is here; give it one: kazasu-platform ${give}`,
    );
  }

  async #openRoles({ roles }: RootStatement): Promise<Map<string, Role>> {
    const opened = new Map<string, Role>();
    for (const [name, ids] of Object.entries(roles)) {
      const kind = kindOf(name);
      if (kind === null) continue;
      for (const id of ids) {
        const files = await load(this.#directory, roleName(kind, id));
        if (files === null || keyIdOf(files.key) !== id) continue;
        const role = { id, ...(await this.#inTime(kind, files)) };
        opened.set(placeOf(kind, municipalityOf(kind, files.certificate)), role);
      }
    }
    return opened;
  }

  /** The root names keys, so a certificate that grows old is replaced by one for the same key. */
  async #inTime(kind: RoleKind, files: KeyFiles): Promise<Omit<Role, 'id'>> {
    let { key, certificate } = files;
    if (!isRoleOf(certificate, this.#ca)) {
      ({ key, certificate } = newRole(this.#ca, kind, key, municipalityOf(kind, certificate)));
      await storeRole(this.#directory, kind, { key, certificate });
    }
    return { key, certificate: pkijs.Certificate.fromBER(certificate) };
  }
}

async function createRoot(directory: string, ca: KeyFiles): Promise<void> {
  const roles: Record<string, string[]> = {};
  for (const kind of ROLES) roles[kind] = await makeRoles(directory, ca, kind);
  const offline = await makeRootKeys(PlatformKeys.offlineFolder(directory), ROOT_KEYS.count);
  const draft = {
    roles,
    platformCa: ca.certificate.toString('base64'),
    keys: offline.map(({ key }) => spkiOf(key).toString('base64')),
  };
  await publishRoot(directory, 1, await signRoot(draft, 1, offline, Date.now()));
}

async function publishRoot(directory: string, version: number, cms: Buffer): Promise<boolean> {
  const file = rootFile(directory, version);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, cms, { flush: true });
  try {
    // Whole or not at all, and once: a link does not replace what is there.
    await link(part, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(part, { force: true });
  }
}

const CA_NAME: Name = [
  ['O', 'Kazasu platform simulator'],
  ['CN', 'Kazasu platform CA'],
];

function newCa(): KeyFiles {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const certificate = writeCertificate({
    issuer: { name: CA_NAME, privateKey },
    subject: CA_NAME,
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + CA_LIFE_MS),
    extensions: [
      extension.keyUsage(['keyCertSign', 'cRLSign']),
      extension.basicConstraints(true),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
  return { key: privateKey, certificate };
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** One key, or one for each municipality that issues. Returns their ids. */
async function makeRoles(directory: string, ca: KeyFiles, kind: RoleKind): Promise<string[]> {
  const owners = kind === ISSUER_ROLE ? ISSUERS : [undefined];
  const ids: string[] = [];
  for (const owner of owners) {
    ids.push(await storeRole(directory, kind, newRole(ca, kind, newKey(), owner)));
  }
  return ids;
}

function newRole(
  ca: KeyFiles,
  kind: RoleKind,
  key: KeyObject,
  municipality: string | undefined,
): KeyFiles {
  const publicKey = createPublicKey(key);
  const now = Date.now();
  const certificate = writeCertificate({
    issuer: { name: CA_NAME, privateKey: ca.key },
    subject: [
      ['O', 'Kazasu platform simulator'],
      ['CN', municipality ?? `Kazasu ${kind} signer`],
    ],
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + ROLE_LIFE_MS),
    extensions: [
      extension.keyUsage(['digitalSignature']),
      extension.extendedKeyUsage([SIGNED_KIND[kind]], true),
      extension.authorityKeyIdentifier(keyIdentifier(createPublicKey(ca.key))),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
  return { key, certificate };
}

function placeOf(kind: RoleKind, municipality: string | undefined): string {
  return municipality === undefined ? kind : `${kind} ${municipality}`;
}

/** What the keys of a role sign; null: nothing that is known here. */
function kindOf(role: string): RoleKind | null {
  if (role.startsWith(alertRole(''))) return ALERT_ROLE;
  return ROLES.find((kind) => kind === role) ?? null;
}

/** Whose key it is, as its certificate says; undefined for one of the platform itself. */
function municipalityOf(kind: RoleKind, certificate: Buffer): string | undefined {
  if (kind !== ISSUER_ROLE && kind !== ALERT_ROLE) return undefined;
  return /^CN=(.+)$/mu.exec(new X509Certificate(certificate).subject)?.[1];
}

function isRoleOf(certificate: Buffer, ca: KeyFiles): boolean {
  const role = new X509Certificate(certificate);
  const lifeLeft = role.validToDate.getTime() - Date.now();
  return lifeLeft > RENEW_WITHIN_MS && role.verify(createPublicKey(ca.key));
}

function rootFile(directory: string, version: number): string {
  return path.join(directory, ROOT_FOLDER, `${version}.cms`);
}

function roleName(kind: RoleKind, id: string): string {
  return `${kind}-${id.slice(0, 16)}`;
}

async function storeRole(directory: string, kind: RoleKind, made: KeyFiles): Promise<string> {
  const id = keyIdOf(made.key);
  await store(directory, roleName(kind, id), made);
  return id;
}

function filesOf(directory: string, role: string) {
  return {
    key: path.join(directory, `${role}-key.pem`),
    certificate: path.join(directory, `${role}.der`),
  };
}

async function load(directory: string, role: string): Promise<KeyFiles | null> {
  const files = filesOf(directory, role);
  if (!existsSync(files.certificate)) return null;
  const certificate = await readFile(files.certificate);
  return { certificate, key: createPrivateKey(await readFile(files.key)) };
}

/** The certificate is written last: where it is, its key is. */
async function store(directory: string, role: string, made: KeyFiles): Promise<KeyFiles> {
  const files = filesOf(directory, role);
  await writeFile(files.key, made.key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  await writeFile(files.certificate, made.certificate);
  return made;
}
