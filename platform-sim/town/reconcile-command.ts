/** What `kazasu-platform evacuees reconcile` does: where the municipality's key is, and nowhere else. */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { check, print, type RawOptions, STATE, text, withStores } from '../commands.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import { AccessLog } from './access-log.ts';
import { FollowedTown } from './followed-town.ts';
import { reconcile } from './reconciled.ts';
import { unseal } from './reconciling.ts';

const KEY_BYTES_MAX = 65_536;

const RECONCILE = z.object({
  ...STATE,
  key: z.string().min(1),
  by: text(1),
  arrival: z.string().min(1).max(300).exactOptional(),
  is: z
    .string()
    .regex(/^[0-9a-f]{32}$/u, 'a reference id')
    .exactOptional(),
});

/** Without `--is`, shows who each may be; with it, decides who one was. */
export async function reconcileArrivals(raw: RawOptions): Promise<void> {
  const { state, key: file, by, arrival, is: ref } = check(RECONCILE, raw);
  if (ref !== undefined && arrival === undefined) {
    throw new InputError('--is says who one arrival was: name it with --arrival');
  }
  const opener = keyIn(file);
  await withStores(state, async ({ facts, residents }) => {
    const town = new FollowedTown(facts, residents, Date.now);
    await town.tick();
    const log = new AccessLog(residents.db);
    const found = [...town.standings.unlisted()].filter(
      ({ key }) => arrival === undefined || key === arrival,
    );
    if (arrival !== undefined && found.length === 0) {
      throw new InputError(`no arrival ${arrival} is without a person`);
    }
    if (ref !== undefined && arrival !== undefined) {
      if (residents.byRef(ref) === null) throw new InputError(`nobody has the reference id ${ref}`);
      log.note({ at: Date.now(), clerk: by, what: 'reconcile', detail: { arrival, ref } });
      reconcile(residents.db, arrival, ref, { by, at: Date.now() });
      print({ event: 'evacuees.reconciled', arrival, ref });
      return;
    }
    const keys = found.map(({ key }) => key);
    log.note({ at: Date.now(), clerk: by, what: 'unsealed', detail: { arrivals: keys } });
    for (const unlisted of found) {
      const { people, stays } = unlisted.state;
      const shelter = stays[0]?.shelter ?? null;
      const { key, ...who } = unseal(unlisted, opener, residents);
      print({ arrival: key, shelter, people, ...who });
    }
  });
}

function keyIn(file: string): KeyObject {
  const bytes = readInputFile(file, KEY_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--key ${file} ${bytes}`);
  try {
    return createPrivateKey(bytes);
  } catch {
    throw new InputError(`--key ${file} is no private key in PEM`);
  }
}
