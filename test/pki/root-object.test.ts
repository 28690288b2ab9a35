/** Which versions of a root are believed, by the signatures under them alone. */

import { generateKeyPairSync } from 'node:crypto';
import * as asn1js from 'asn1js';
import fc from 'fast-check';
import * as pkijs from 'pkijs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CmsSigner, signCms } from '../../platform-sim/cms.ts';
import { keyIdOf, type RootKey, signRootText, spkiOf } from '../../platform-sim/offline-root.ts';
import { type RootStatement, SIGNED_KIND } from '../../src/link/protocol.ts';
import { openRoot } from '../../src/pki/root-object.ts';
import { SignedObjectError } from '../../src/pki/signed-object.ts';

const newKey = (): RootKey => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id: keyIdOf(key), key };
};
const [A, B, C, D, E, STRANGER] = Array.from({ length: 6 }, newKey) as [
  RootKey,
  RootKey,
  RootKey,
  RootKey,
  RootKey,
  RootKey,
];
const LIST_KEY = 'ab'.repeat(32);
const spki = ({ key }: RootKey) => spkiOf(key).toString('base64');

function statement(over: Partial<RootStatement> | object = {}): string {
  return JSON.stringify({
    kind: 'root',
    version: 1,
    issuedAt: '2026-01-01T00:00:00.000Z',
    expires: '2027-01-01T00:00:00.000Z',
    keys: [A, B, C].map(spki),
    threshold: 2,
    roles: { 'entry-list': [LIST_KEY], alert: ['cd'.repeat(32)] },
    platformCa: Buffer.from('CA').toString('base64'),
    ...over,
  });
}

const first = (signers: readonly RootKey[] = [A, B], over: object = {}) =>
  signRootText(statement(over), signers);

async function refusal(opening: () => unknown): Promise<string> {
  try {
    await opening();
  } catch (error) {
    if (error instanceof SignedObjectError) return error.reason;
    throw error;
  }
  throw new Error('it was accepted');
}

test('two of three keys make a root, and it names who signs what', async () => {
  const root = openRoot(await first(), null);
  expect(root).toMatchObject({ version: 1, expires: Date.parse('2027-01-01T00:00:00Z') });
  expect(root.names('entry-list', LIST_KEY)).toBe(true);
  expect(root.names('trust', LIST_KEY)).toBe(false);
  expect(root.names('head', LIST_KEY)).toBe(false);
  expect(openRoot(await first([A, B, C]), null).version).toBe(1);
  expect(openRoot(await first([C, A]), null).fingerprint).toBe(root.fingerprint);
});

describe('a root is refused', () => {
  test.each<[string, readonly RootKey[]]>([
    ['by nobody', []],
    ['by one key', [A]],
    ['by one key twice', [A, A]],
    ['by one key and a stranger', [A, STRANGER]],
    ['by strangers', [D, E, STRANGER]],
  ])('when it is signed %s', async (_what, signers) => {
    const cms = await first(signers);
    expect(await refusal(() => openRoot(cms, null))).toBe('bad-signature');
  });

  test('when a signature in the name of a root key is somebody else’s, whatever else is good', async () => {
    const liar = { id: C.id, key: STRANGER.key };
    const cms = await first([A, B, liar]);
    expect(await refusal(() => openRoot(cms, null))).toBe('bad-signature');
  });

  test.each<[string, object]>([
    ['a threshold of one', { threshold: 1 }],
    ['a threshold of three', { threshold: 3 }],
    ['two keys', { keys: [A, B].map(spki) }],
    ['four keys', { keys: [A, B, C, D].map(spki) }],
    ['one key twice', { keys: [A, B, B].map(spki) }],
    ['version 0', { version: 0 }],
    ['no expiry', { expires: undefined }],
    ['another kind', { kind: 'head' }],
    ['a field too many', { also: true }],
    ['one key in two roles', { roles: { head: [LIST_KEY], trust: [LIST_KEY] } }],
    ['a root key in a role', { roles: { head: [A.id] } }],
    ['a key that is no key', { keys: [spki(A), spki(B), 'AAAA'] }],
    ['a CA of 10 KB', { platformCa: Buffer.alloc(10_000).toString('base64') }],
  ])('when it says %s', async (_what, over) => {
    const cms = await first([A, B, C], over);
    expect(await refusal(() => openRoot(cms, null))).toBe('malformed');
  });

  test('when one key is written in two ways to stand for two', async () => {
    const compressed = spkiOf(A.key);
    const point = compressed.subarray(-65);
    const parity = 2 + ((point.at(-1) ?? 0) & 1);
    const short = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.of(parity),
      point.subarray(1, 33),
    ]);
    const keys = [spki(A), short.toString('base64'), spki(C)];
    const cms = await first([A, C], { keys });
    expect(await refusal(() => openRoot(cms, null))).toBe('malformed');
  });

  test('when a key in it is too weak', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const weak = spkiOf(publicKey).toString('base64');
    const cms = await first([A, B], { keys: [spki(A), spki(B), weak] });
    expect(await refusal(() => openRoot(cms, null))).toBe('malformed');
  });

  test('as another kind, and when another kind is signed by root keys', async () => {
    const text = Buffer.from(statement());
    const by = [A, B].map(({ id, key }): CmsSigner => ({ key, is: Buffer.from(id, 'hex') }));
    const cms = await signCms(SIGNED_KIND.head, text, by);
    expect(await refusal(() => openRoot(cms, null))).toBe('wrong-kind');
  });

  test('when it has more signers than two versions have keys', async () => {
    const cms = await first([A, B, C, A, B, C, A]);
    expect(await refusal(() => openRoot(cms, null))).toBe('malformed');
  });

  test('when a signer is named in another way than by its key', async () => {
    const envelope = pkijs.ContentInfo.fromBER(await first());
    const object = new pkijs.SignedData({ schema: envelope.content });
    const [signer] = object.signerInfos;
    if (signer === undefined) throw new Error('no signer');
    signer.sid = new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 1 } });
    envelope.content = object.toSchema(true);
    const cms = Buffer.from(envelope.toSchema().toBER());
    expect(await refusal(() => openRoot(cms, null))).toBe('malformed');
  });

  test('and nothing else is thrown, or believed, whatever is done to its bytes', async () => {
    const cms = await first([A, B]);
    const edit = fc.record({ at: fc.nat(cms.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = Buffer.from(cms);
        for (const { at, bits } of edits) changed[at] = (changed[at] ?? 0) ^ bits;
        try {
          expect(openRoot(changed, null).fingerprint).toBe(openRoot(cms, null).fingerprint);
        } catch (error) {
          expect(error).toBeInstanceOf(SignedObjectError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the next version', () => {
  let before: ReturnType<typeof openRoot>;
  beforeAll(async () => {
    before = openRoot(await first(), null);
  });
  const next = (signers: readonly RootKey[], keys: readonly RootKey[]) =>
    first(signers, { version: 2, keys: keys.map(spki) });

  test.each<[string, readonly RootKey[], readonly RootKey[]]>([
    ['with the same keys, by two of them', [B, C], [A, B, C]],
    ['with one key replaced, by the two that stay', [A, B], [A, B, D]],
    ['with two keys replaced, by two old and one new', [A, B, D], [A, D, E]],
    ['with all keys replaced, by two old and two new', [B, C, D, E], [D, E, STRANGER]],
  ])('is believed %s', async (_what, signers, keys) => {
    expect(openRoot(await next(signers, keys), before).version).toBe(2);
  });

  test.each<[string, readonly RootKey[], readonly RootKey[]]>([
    ['one old key alone', [A], [A, B, C]],
    ['one stolen key, which brings two of its own', [C, D, E], [C, D, E]],
    ['two new keys without an old one', [D, E], [D, E, STRANGER]],
    ['two old keys, when the new ones have not agreed', [A, B], [D, E, STRANGER]],
    ['two old keys and one of three new ones', [A, B, D], [D, E, STRANGER]],
  ])('is not believed of %s', async (_what, signers, keys) => {
    const cms = await next(signers, keys);
    expect(await refusal(() => openRoot(cms, before))).toBe('bad-signature');
  });
});
