/** What a terminal's certificate and key are worth to somebody who has taken them from its disk. */

import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKey, wrapKey } from '../../platform-sim/key-envelope.ts';
import { StolenIdentity } from '../../platform-sim/stolen-identity.ts';
import { LIST } from '../../platform-sim/street/city.ts';
import { impersonate } from '../../platform-sim/street/impersonation.ts';
import type { StolenFact } from '../../platform-sim/thief.ts';
import { makeRequest } from '../../src/pki/issuing.ts';
import { nextKey, signerOf } from '../link/enrolled.ts';
import { TestPlatform, tickets } from './test-platform.ts';

const NAME = 'gate-1';
const KEY = nextKey();

let platform: TestPlatform;
let certificate: Buffer;

beforeAll(async () => {
  platform = await TestPlatform.start();
  await platform.publish(tickets(3), {}, LIST);
  // So that its head is there from the beginning.
  await platform.restart();
  certificate = await enrol(KEY, false);
});

afterAll(() => platform.stop());

async function enrol(key: typeof KEY, again: boolean): Promise<Buffer> {
  const { keys, terminals } = platform.stores;
  const { secret } = terminals.add(NAME, again, Date.now());
  const request = await makeRequest(NAME, signerOf(key));
  const answer = terminals.enrol(keys, { terminal: NAME, secret, request }, Date.now());
  if (answer.result !== 'enrolled') throw new Error(answer.reason);
  return Buffer.from(answer.certificate, 'base64');
}

const EPOCH = randomUUID();

/** The newest fact of the ledger on the disk. */
function facts(): StolenFact[] {
  const at = new Date().toISOString();
  const said = { terminal: NAME, epoch: EPOCH, seq: 4, boot: 2, at, mono: 5_000 };
  return [{ text: JSON.stringify(said), event: 'entry.granted', at, ticket: 'T-1' }];
}

function impersonateWith(key: typeof KEY | null) {
  const thief = new StolenIdentity(new X509Certificate(certificate), key);
  return impersonate(platform.secureUrl, facts(), thief.link(Date.now()));
}

const NOTHING = { welcomed: false, heads: 0, clearKeys: 0, wrapped: [] };

test('the certificate alone is worth nothing: a key of the thief’s own is turned away', async () => {
  expect(await impersonateWith(null)).toEqual({ ...NOTHING, ended: '403 link-certificate' });
  const thief = new StolenIdentity(new X509Certificate(certificate), null);
  expect(thief.open(wrapKey('row', Buffer.alloc(32), certificate))).toBeNull();
});

test('the name alone is worth nothing once it is enrolled', async () => {
  const got = await impersonate(platform.url, facts(), null);
  expect(got).toMatchObject({ ...NOTHING, ended: expect.stringMatching(/^4003 /u) });
});

test('with its key, whoever has it is the terminal, and opens the keys of its list', async () => {
  const { wrapped, ...got } = await impersonateWith(KEY);
  expect(got).toMatchObject({ welcomed: true, clearKeys: 0 });
  expect(got.heads).toBeGreaterThan(0);
  const keys = wrapped.map((envelope) => openKey(envelope, KEY));
  expect(keys.map(({ length }) => length)).toEqual([32, 32]);
});

test('an envelope opens with the key that it was made for, of either kind, and with no other', () => {
  const secret = Buffer.alloc(32, 7);
  const pkcs8 = Buffer.alloc(1_217, 9);
  expect(openKey(wrapKey('data', secret, certificate), KEY)).toEqual(secret);
  expect(openKey(wrapKey('institution', pkcs8, certificate), KEY)).toEqual(pkcs8);
  const { privateKey: another } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  expect(() => openKey(wrapKey('data', secret, certificate), another)).toThrow();
});

test('from its revocation on the same key is turned away, also after the terminal has enrolled anew', async () => {
  platform.stores.terminals.revoke(NAME, Date.now());
  expect(await impersonateWith(KEY)).toEqual({ ...NOTHING, ended: '403 revoked' });
  await enrol(nextKey(), true);
  expect(await impersonateWith(KEY)).toEqual({ ...NOTHING, ended: '403 replaced' });
});
