/**
 * The offline root: three keys that name all others, two of which must agree. They are in files of a
 * folder of their own, which only `kazasu-platform root` opens: it belongs on a medium that lies in a
 * safe, and the running platform works without it.
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, ROOT_KEYS, type RootStatement, SIGNED_KIND } from '../src/link/protocol.ts';
import { type CmsSigner, contentOf, signCms } from './cms.ts';
import { InputError } from './input-error.ts';

const DAY_MS = 86_400_000;
export const ROOT_LIFE_MS = 365 * DAY_MS;

export interface RootKey {
  /** SHA-256 of its SubjectPublicKeyInfo, hex. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What of a root is decided; the rest follows. */
export type RootDraft = Pick<RootStatement, 'roles' | 'platformCa' | 'keys'>;

export function keyIdOf(key: KeyObject): string {
  return createHash('sha256').update(spkiOf(key)).digest('hex');
}

/** SubjectPublicKeyInfo, DER, of a key or of its public half. */
export function spkiOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' });
}

/** Makes keys in `folder`, each in a file that only its owner reads. */
export async function makeRootKeys(folder: string, count: number): Promise<RootKey[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys: RootKey[] = [];
  for (let n = 0; n < count; n += 1) {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = keyIdOf(key);
    const pem = key.export({ format: 'pem', type: 'pkcs8' });
    await writeFile(join(folder, fileNameOf(id)), pem, { mode: 0o600, flag: 'wx', flush: true });
    keys.push({ id, key });
  }
  return keys;
}

/** Those of `wanted` (ids) whose files are in `folder`. Throws InputError when it can't be read. */
export async function readRootKeys(folder: string, wanted: readonly string[]): Promise<RootKey[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const advice = 'bring the folder of the root keys, and name it with --offline';
    throw new InputError(`--offline ${folder} can not be read (${error.code}); ${advice}`);
  });
  const keys: RootKey[] = [];
  for (const id of wanted) {
    if (!names.includes(fileNameOf(id))) continue;
    const key = createPrivateKey(await readFile(join(folder, fileNameOf(id))));
    if (keyIdOf(key) === id) keys.push({ id, key });
  }
  return keys;
}

export async function forgetRootKey(folder: string, id: string): Promise<void> {
  await rm(join(folder, fileNameOf(id)), { force: true });
}

/** What a version says. The platform believes its own files. */
export function readRoot(cms: Buffer): RootStatement {
  return ROOT.parse(JSON.parse(contentOf(cms).toString('utf8')));
}

/** CMS SignedData of a version of the root, signed by `signers`. */
export function signRoot(
  draft: RootDraft,
  version: number,
  signers: readonly RootKey[],
  now: number,
): Promise<Buffer> {
  const statement: RootStatement = ROOT.parse({
    kind: 'root',
    version,
    issuedAt: new Date(now).toISOString(),
    expires: new Date(now + ROOT_LIFE_MS).toISOString(),
    threshold: ROOT_KEYS.threshold,
    ...draft,
  });
  return signRootText(JSON.stringify(statement), signers);
}

/** The signatures alone: judges nothing of what is signed. */
export function signRootText(content: string, signers: readonly RootKey[]): Promise<Buffer> {
  const named = signers.map(({ id, key }): CmsSigner => ({ key, is: Buffer.from(id, 'hex') }));
  return signCms(SIGNED_KIND.root, Buffer.from(content, 'utf8'), named);
}

function fileNameOf(id: string): string {
  return `root-${id.slice(0, 16)}.pem`;
}
