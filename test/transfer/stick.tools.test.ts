/** Sticks that are file systems of their own, and what OpenSSL, which knows nothing of this project, makes of a parcel. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { StickWatch } from '../../src/transfer/stick-watch.ts';
import { openssl, pemOf } from '../pki/openssl.ts';
import { fillUp, smallDisk, tempFolder } from '../store/fixtures.ts';
import { newPlatform, newShelter, newStick, parcelsOn, RECIPIENT, wordsOn } from './rig.ts';

test('a stick that is mounted is written to; one that is full has whole parcels, and says how many facts are left', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 3_000);
  const stick = smallDisk(81_920);
  newStick(stick);
  const notes: Record<string, unknown>[] = [];
  const watch = new StickWatch({
    ...{ ...shelter.parts, mount: stick, lookEveryMs: 20 },
    recorder: { note: (event, fields) => void notes.push({ event, ...fields }) },
    onPut: async () => {},
    onDefect: (error) => expect.fail(String(error)),
  });
  watch.start();
  await expect.poll(() => notes.length).toBe(1);
  await watch.stop();
  const { event, facts, left } = notes[0] ?? {};
  expect(event).toBe('stick.full');
  expect(Number(facts)).toBeGreaterThan(0);
  expect(Number(facts) + Number(left)).toBe(3_000);
  const { carried, refused } = platform.take(stick);
  expect(refused).toEqual([]);
  expect(carried).toEqual([{ terminal: 'gate-1', stored: facts, repeated: 0, quarantined: 0 }]);
  // The next stick has the rest, and what is there already.
  const next = newStick();
  expect(await shelter.write(next)).toMatchObject({ outcome: 'written', left: 0 });
  platform.take(next);
  expect(platform.heldOf('gate-1')).toEqual(shelter.texts());
});

test('a stick without room for a single word is full, too', async () => {
  const shelter = await newShelter(await newPlatform(), 10);
  const stick = smallDisk(65_536);
  newStick(stick);
  fillUp(join(stick, 'films'));
  expect(await shelter.write(stick)).toMatchObject({ outcome: 'full', facts: 0, left: 10 });
  expect(parcelsOn(stick)).toEqual([]);
});

test('OpenSSL verifies who signed a parcel, opens it with the key it is for, and finds the facts', async () => {
  const platform = await newPlatform();
  const shelter = await newShelter(platform, 600);
  const stick = newStick();
  await shelter.write(stick);
  expect(wordsOn(stick)).toContain('600 records were written');
  const folder = tempFolder();
  const write = (name: string, bytes: Uint8Array | string) =>
    writeFileSync(join(folder, name), bytes);
  write('parcel.der', readFileSync(parcelsOn(stick)[0] ?? ''));
  write('ca.pem', pemOf('CERTIFICATE', [platform.keys.caCertificate]));
  write('key.pem', RECIPIENT.key.export({ type: 'pkcs8', format: 'pem' }));
  write('recipient.pem', RECIPIENT.certificate.toString());
  const verified = await openssl(
    folder,
    'cms -verify -cades -binary -purpose any -no_check_time -inform DER -in parcel.der -CAfile ca.pem -out envelope.der',
  );
  expect(verified.said).toContain('Verification successful');
  const opened = await openssl(
    folder,
    'cms -decrypt -binary -inform DER -in envelope.der -recip recipient.pem -inkey key.pem -out lines.gz',
  );
  expect(opened.code).toBe(0);
  const lines = gunzipSync(readFileSync(join(folder, 'lines.gz')))
    .toString()
    .split('\n');
  expect(lines.slice(1, -2)).toEqual(shelter.texts().slice(0, 500));
});
