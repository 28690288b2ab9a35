/** The key that opens what shelters seal to their municipality. */

import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { municipalityKey } from '../../platform-sim/evacuation/municipality-keys.ts';
import { keysFolder } from '../../platform-sim/stores.ts';

const CODE = '990029';

test('whoever asks first at once, all get the one key that belongs to the certificate, and nothing else is left', async () => {
  const state = await mkdtemp(join(tmpdir(), 'kazasu-keys-'));
  onTestFinished(() => rm(state, { recursive: true }));
  const asked = await Promise.all([1, 2, 3].map(() => municipalityKey(state, CODE)));
  const again = await municipalityKey(state, CODE);
  const { publicKey } = new X509Certificate(await readFile(again.certificate));
  for (const { key } of [...asked, again]) {
    expect(createPublicKey(key).equals(publicKey)).toBe(true);
  }
  const ours = (await readdir(keysFolder(state))).filter((name) => name.includes(CODE));
  expect(ours).toEqual([`municipality-${CODE}`]);
});
