/** `kazasu-platform institution`: what is taken, what is refused, and what terminals are told. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rsa, testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { Bench, refusal } from './programs.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);
const OTHER = testInstitution(AUTHORITY);
const ID = INSTITUTION.id.toString('hex');
const pem = (of: typeof INSTITUTION.keys) => of.privateKey.export({ type: 'pkcs8', format: 'pem' });
const both = ({ certificate, signature }: typeof INSTITUTION) =>
  Buffer.concat([certificate, signature]);

let bench: Bench;
const path = (name: string) => join(bench.directory, name);

beforeEach(async () => {
  bench = await Bench.create();
  await writeFile(path('key.pem'), pem(INSTITUTION.keys));
  await writeFile(path('institution.cvc'), both(INSTITUTION));
});
afterEach(() => bench.remove());

const add = (key = 'key.pem', certificate = 'institution.cvc') =>
  bench.run('institution', 'add', '--key', path(key), '--certificate', path(certificate));
const listed = async () => {
  const { stdout } = await bench.run('institution', 'list');
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
};

test('an institution is added once, shown, and revoked once and for all', async () => {
  expect((await add()).stdout).toContain(`"institution.published","id":"${ID}"`);
  expect((await add()).stdout).toContain(`"institution.unchanged","id":"${ID}"`);
  expect(await listed()).toMatchObject([{ id: ID, revokedAt: null }]);
  expect((await bench.run('institution', 'revoke', ID)).stdout).toContain('"institution.revoked"');
  const [revoked] = await listed();
  expect(Date.parse(revoked.revokedAt)).toBeLessThanOrEqual(Date.now());
  expect(await refusal(bench.run('institution', 'revoke', ID))).toContain('revoked already');
  expect(await refusal(add())).toContain('is revoked');
});

test('nothing that is printed holds the key', async () => {
  const { d = '' } = INSTITUTION.keys.privateKey.export({ format: 'jwk' });
  const added = await add();
  const shown = await bench.run('institution', 'list');
  const said = JSON.stringify([added, shown, await listed()]);
  expect(said).not.toContain('PRIVATE KEY');
  expect(said).not.toContain(d.slice(0, 32));
});

describe('an institution is refused', () => {
  test.each([
    ['whose certificate is not there', 'key.pem', 'missing.cvc', 'missing.cvc does not exist'],
    ['whose key is not there', 'missing.pem', 'institution.cvc', 'missing.pem does not exist'],
    ['whose certificate is its key', 'key.pem', 'key.pem', 'not a card-verifiable certificate'],
    ['whose certificate lacks its signature', 'key.pem', 'half.cvc', 'not a card-verifiable'],
    ['whose key is its certificate', 'institution.cvc', 'institution.cvc', 'no private key'],
    ['whose key is another', 'other.pem', 'institution.cvc', 'is not the key of'],
  ])('%s', async (_what, key, certificate, message) => {
    await writeFile(path('half.cvc'), INSTITUTION.certificate);
    await writeFile(path('other.pem'), pem(rsa()));
    expect(await refusal(add(key, certificate))).toContain(message);
    expect(await listed()).toEqual([]);
  });

  test('that nobody has added is not revoked', async () => {
    expect(await refusal(bench.run('institution', 'revoke', ID))).toContain('no institution');
  });
});

test('a second institution stands beside the first', async () => {
  await add();
  await writeFile(path('other.pem'), pem(OTHER.keys));
  await writeFile(path('other.cvc'), both(OTHER));
  await add('other.pem', 'other.cvc');
  expect((await listed()).map(({ id }) => id)).toEqual([ID, OTHER.id.toString('hex')]);
});
