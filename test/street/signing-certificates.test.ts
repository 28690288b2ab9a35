/** Who of the street signs with a card, in whose name, and that the same card comes back. */

import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CARD_PASSWORD, PEOPLE, type Resident } from '../../platform-sim/people.ts';
import {
  giveSigningCertificates,
  signingAuthorityFiles,
} from '../../platform-sim/street/signing-certificates.ts';

/** Somebody who signs; a child; a phone; a copied card; somebody in no register here. */
const WHO = ['sato-hanako', 'tomoshino-sora', 'hayase-denwa', 'utsushi-kagemi', 'koyomi-furuko'];

function unsigned(): Resident[] {
  return PEOPLE.filter(({ id }) => WHO.includes(id)).map((person) => ({
    person,
    certificate: null,
    certificateBefore: null,
    card: { kind: person.card },
  }));
}

test('who is old enough and in a register signs in their own name, nobody else, and with the same card after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-signing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'residents'));
  const first = await giveSigningCertificates(folder, unsigned());
  const signers = first.filter(({ signing }) => signing !== undefined);
  expect(signers.map(({ person }) => person.id)).toEqual(['sato-hanako']);
  const [hanako] = signers;
  expect(hanako?.card.password).toBe(CARD_PASSWORD);
  expect(hanako?.signing?.includes(Buffer.from('佐藤 花子'))).toBe(true);
  const { ca } = signingAuthorityFiles(folder);
  const { publicKey } = new X509Certificate(
    Buffer.from(hanako?.card.signCaCertificate ?? '', 'base64'),
  );
  expect(new X509Certificate(hanako?.signing ?? ca).verify(publicKey)).toBe(true);
  const again = await giveSigningCertificates(folder, unsigned());
  expect(again.map(({ card }) => card)).toEqual(first.map(({ card }) => card));
});
