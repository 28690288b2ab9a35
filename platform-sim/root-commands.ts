/** What each command of `kazasu-platform root` does: options checked, JSON on stdout. */

import { z } from 'zod';
import { ROOT_KEYS, type RoleKind } from '../src/link/protocol.ts';
import { check, print, type RawOptions, STATE } from './commands.ts';
import { InputError } from './input-error.ts';
import { renewRoot, replaceRootKey, rotateRole, showRoot, takeRootKeysAway } from './root.ts';
import { type PlatformKeys, ROLES } from './signing.ts';
import { offlineFolder, openKeys } from './stores.ts';

const OFFLINE = { ...STATE, offline: z.string().min(1).exactOptional() };
const ROTATE = z.object({
  ...OFFLINE,
  role: z.enum(ROLES as [RoleKind, ...RoleKind[]], `one of ${ROLES.join(', ')}`),
});

/** `root init` */
export async function initRoot(raw: RawOptions): Promise<void> {
  const { state, offline } = check(z.object(OFFLINE), raw);
  const { root } = await openKeys(state);
  const from = offlineFolder(state);
  if (offline !== undefined) await takeRootKeysAway(from, offline);
  print({ event: 'root.ready', version: root.version, offline: offline ?? from });
}

/** `root show` */
export async function showRootVersion(raw: RawOptions): Promise<void> {
  print(showRoot(await openKeys(check(z.object(STATE), raw).state)));
}

/** `root rotate` */
export async function rotateRoleKey(raw: RawOptions): Promise<void> {
  const { role, ...where } = check(ROTATE, raw);
  await change(where, (keys, offline) => rotateRole(keys, offline, role, Date.now()));
}

/** `root renew` */
export async function renewRootVersion(raw: RawOptions): Promise<void> {
  const where = check(z.object(OFFLINE), raw);
  await change(where, (keys, offline) => renewRoot(keys, offline, Date.now()));
}

/** `root replace-key` */
export async function replaceKey(place: string, raw: RawOptions): Promise<void> {
  const where = check(z.object(OFFLINE), raw);
  const n = Number(place);
  if (!Number.isInteger(n) || n < 1 || n > ROOT_KEYS.count) {
    throw new InputError(`replace-key ${place}: a root has keys 1 to ${ROOT_KEYS.count}`);
  }
  await change(where, (keys, offline) => replaceRootKey(keys, offline, n, Date.now()));
}

async function change(
  { state, offline = offlineFolder(state) }: { state: string; offline?: string },
  sign: (keys: PlatformKeys, offline: string) => Promise<number>,
): Promise<void> {
  const version = await sign(await openKeys(state), offline);
  print({ event: 'root.published', version });
}
