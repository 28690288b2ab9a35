/** What `kazasu-platform root` does: changes to who may say what, each signed by two of the three root keys. */

import { createPublicKey } from 'node:crypto';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { alertRole } from '../src/link/alert-protocol.ts';
import { ROOT_KEYS, type RoleKind, type RootStatement } from '../src/link/protocol.ts';
import { InputError } from './input-error.ts';
import {
  forgetRootKey,
  keyIdOf,
  makeRootKeys,
  type RootDraft,
  type RootKey,
  readRootKeys,
  signRoot,
  spkiOf,
} from './offline-root.ts';
import type { PlatformKeys } from './signing.ts';

export interface RootSummary {
  readonly version: number;
  readonly issuedAt: string;
  readonly expires: string;
  /** Ids: SHA-256 of each key's SubjectPublicKeyInfo. */
  readonly keys: readonly string[];
  readonly threshold: number;
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

export function showRoot(keys: PlatformKeys): RootSummary {
  const { version, issuedAt, expires, threshold, roles, ...root } = keys.root;
  return { version, issuedAt, expires, threshold, roles, keys: root.keys.map(idOfSpki) };
}

/** Moves the root keys from where they were made to `to`. Throws InputError when they are not there any more. */
export async function takeRootKeysAway(from: string, to: string): Promise<void> {
  if (resolve(from) === resolve(to)) return;
  const names = await readdir(from).catch(() => []);
  if (names.length === 0) {
    throw new InputError('the root keys are not with the platform any more: somebody has them');
  }
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names) await copyFile(join(from, name), join(to, name));
  await rm(from, { recursive: true });
}

/** Gives a role a new key, or each municipality one; the old ones sign nothing any more. Returns the new version. */
export async function rotateRole(
  keys: PlatformKeys,
  offline: string,
  kind: RoleKind,
  now: number,
): Promise<number> {
  const { roles, ...root } = keys.root;
  const signers = await signersOf(keys.root, offline);
  const ids = await keys.makeRoleKeys(kind);
  const version = await publish(keys, { ...root, roles: { ...roles, [kind]: ids } }, signers, now);
  for (const old of roles[kind] ?? []) await keys.forgetRoleKey(kind, old);
  return version;
}

/** Gives a municipality an alert key, or another one: the old one raises no alert any more. Returns the new version. */
export async function nameAlertKey(
  keys: PlatformKeys,
  offline: string,
  municipality: string,
  now: number,
): Promise<number> {
  const { roles, ...root } = keys.root;
  const role = alertRole(municipality);
  const signers = await signersOf(keys.root, offline);
  const id = await keys.makeAlertKey(municipality);
  const version = await publish(keys, { ...root, roles: { ...roles, [role]: [id] } }, signers, now);
  for (const old of roles[role] ?? []) await keys.forgetRoleKey('alert', old);
  return version;
}

/** The same once more, for another year. */
export async function renewRoot(keys: PlatformKeys, offline: string, now: number): Promise<number> {
  return publish(keys, keys.root, await signersOf(keys.root, offline), now);
}

/** `place`: 1, 2 or 3, as `root show` lists them. The replaced key is not asked: it may be lost. */
export async function replaceRootKey(
  keys: PlatformKeys,
  offline: string,
  place: number,
  now: number,
): Promise<number> {
  const { root } = keys;
  const old = idOfSpki(root.keys[place - 1] ?? '');
  const signers = await signersOf(root, offline, old);
  const [made] = await makeRootKeys(offline, 1);
  if (made === undefined) throw new Error('no key was made');
  const replaced = root.keys.with(place - 1, spkiOf(made.key).toString('base64'));
  const version = await publish(keys, { ...root, keys: replaced }, [...signers, made], now);
  await forgetRootKey(offline, old);
  return version;
}

async function signersOf(root: RootStatement, offline: string, but = ''): Promise<RootKey[]> {
  const wanted = root.keys.map(idOfSpki).filter((id) => id !== but);
  const found = await readRootKeys(offline, wanted);
  if (found.length >= ROOT_KEYS.threshold) return found;
  throw new InputError(
    `--offline ${offline} has ${found.length} of the root's keys; ${ROOT_KEYS.threshold} are needed`,
  );
}

async function publish(
  keys: PlatformKeys,
  { roles, platformCa, keys: rootKeys }: RootDraft,
  signers: readonly RootKey[],
  now: number,
): Promise<number> {
  const version = keys.root.version + 1;
  const draft = { roles, platformCa, keys: rootKeys };
  const statement = await signRoot(draft, version, signers, now);
  if (!(await keys.publishRoot(version, statement))) {
    throw new InputError('the root is being changed by somebody else; try again');
  }
  await keys.reload();
  return version;
}

function idOfSpki(base64: string): string {
  return keyIdOf(
    createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' }),
  );
}
