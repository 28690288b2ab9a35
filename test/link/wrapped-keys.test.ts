/** Keys on their way to a terminal that is enrolled: wrapped for it, opened by its key store, and nothing else taken. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addInstitution } from '../../platform-sim/institutions.ts';
import { wrapKey } from '../../platform-sim/key-envelope.ts';
import { deriveRowKeys, keyIdsOf } from '../../platform-sim/row-seal.ts';
import type { ListKeyRing } from '../../src/link/list-keys.ts';
import { type OfferedKeys, readOfferedKeys } from '../../src/link/offered-keys.ts';
import { Rejection } from '../../src/link/rejection.ts';
import { certificateHash } from '../../src/pki/converted-value.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { listKeysOf } from '../keys/list-keys-of.ts';
import { certificateOf, TestPlatform, tickets } from '../platform/test-platform.ts';
import { type EnrolledTerminal, enrolledTerminal } from './enrolled.ts';
import { LIST, tempFolder } from './fixtures.ts';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
});

afterEach(() => platform.stop());

const HASH = certificateHash(certificateOf(7));
const PURPOSES = ['row', 'data'] as const;

function certificateOfTerminal({ identity }: EnrolledTerminal): Buffer {
  if (identity.certificate === null) throw new Error('it is not enrolled');
  return identity.certificate;
}

/** As the platform sends them; a `listKey` is 32 bytes. */
function wrappedFor(certificate: Buffer, listKey: Buffer, list = LIST): string[] {
  const { row, data } = deriveRowKeys(listKey, list);
  return [
    wrapKey('row', row.export(), certificate).toString('base64'),
    wrapKey('data', data.export(), certificate).toString('base64'),
  ];
}

describe('over the link of an enrolled terminal', () => {
  test('the keys of a list come wrapped, and the rows open', async () => {
    await platform.publish(tickets(20));
    const { terminal } = await enrolledTerminal(platform);
    await terminal.connect(platform.secureUrl);
    await terminal.until('list.activated', { version: 1 });
    const keys = terminal.keys.get(LIST);
    const key = (await keys?.convertedValue(HASH)) ?? Buffer.alloc(32);
    const row = terminal.shelf.active(LIST) && terminal.shelf.lease(LIST)?.file.find(key);
    expect(await keys?.openRow(HASH, key, row?.sealed ?? Buffer.alloc(0))).toMatchObject({
      ticket: 'T-7',
    });
    expect(terminal.of('list.rejected')).toEqual([]);
  });

  test('a list key is not there in clear, neither on the wire nor at the terminal', async () => {
    await platform.publish(tickets(3));
    const listKey = platform.stores.registry.listKey(LIST) ?? Buffer.alloc(32);
    const { terminal } = await enrolledTerminal(platform);
    await terminal.connect(platform.secureUrl);
    await terminal.until('list.activated', { version: 1 });
    // The store has what is derived from it; these files are in clear here.
    const row = await terminal.keyStore.macKey(`list.${LIST}.row`);
    const expected = await listKeysOf(listKey, LIST).convertedValue(HASH);
    expect(await row?.mac(HASH)).toEqual(expected);
    expect(await terminal.keyStore.macKey(`list.${LIST}.row.new`)).toBeNull();
  });

  test('the next head with the same keys unwraps nothing', async () => {
    await platform.publish(tickets(3));
    const { terminal } = await enrolledTerminal(platform);
    const link = await terminal.connect(platform.secureUrl);
    await terminal.until('list.activated', { version: 1 });
    await link.close();
    let unwrapped = 0;
    const { keyStore } = terminal;
    const unwrap = keyStore.unwrap.bind(keyStore);
    keyStore.unwrap = (...args) => {
      unwrapped += 1;
      return unwrap(...args);
    };
    await platform.publish(tickets(4));
    await terminal.connect(platform.secureUrl);
    await terminal.until('list.activated', { version: 2 });
    expect(unwrapped).toBe(0);
  });

  test("an institution's key comes wrapped, and is used", async () => {
    const institution = testInstitution(testAuthority());
    const folder = tempFolder();
    const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'cvc') };
    writeFileSync(files.key, institution.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(
      files.certificate,
      Buffer.concat([institution.certificate, institution.signature]),
    );
    const { registry, keys } = platform.stores;
    await addInstitution(registry, keys, files, Date.now());
    const { terminal } = await enrolledTerminal(platform);
    await terminal.connect(platform.secureUrl);
    await terminal.until('institution.activated', { version: 1, hasKey: true });
    const kept = await terminal.keyStore.signingKey('institution');
    expect(kept?.publicKey.equals(institution.keys.publicKey)).toBe(true);
    expect(await terminal.keyStore.signingKey('institution.new')).toBeNull();
  });
});

describe('of what comes beside a head', () => {
  let enrolled: EnrolledTerminal;
  let certificate: Buffer;
  const KEY = Buffer.alloc(32, 1);

  beforeEach(async () => {
    enrolled = await enrolledTerminal(platform);
    certificate = certificateOfTerminal(enrolled);
  });

  const frame = (keys: { key?: string; wrapped?: string[] }) =>
    ({ frame: 'head', statement: '', ...keys }) as const;
  const read = (keys: { key?: string; wrapped?: string[] }) =>
    readOfferedKeys(frame(keys), PURPOSES, enrolled.identity);

  test('two envelopes for this terminal are taken, and nothing is nothing', () => {
    expect(read({ wrapped: wrappedFor(certificate, KEY) })).toMatchObject({
      recipient: enrolled.identity.keyLabel,
    });
    expect(read({})).toBeNull();
  });

  test('a key in clear is refused by a terminal that is enrolled, a wrapped one by one that is not', () => {
    const wrapped = wrappedFor(certificate, KEY);
    expect(() => read({ key: KEY.toString('base64') })).toThrow('in clear');
    expect(() => read({ key: KEY.toString('base64'), wrapped })).toThrow('in clear');
    expect(() => readOfferedKeys(frame({ wrapped }), PURPOSES, null)).toThrow(Rejection);
    expect(readOfferedKeys(frame({ key: 'AAAA' }), PURPOSES, null)).toEqual({
      clear: Buffer.alloc(3),
    });
  });

  test('what was wrapped for another terminal is refused', async () => {
    const other = await TestPlatform.start();
    try {
      const stranger = certificateOfTerminal(await enrolledTerminal(other));
      const wrapped = wrappedFor(stranger, KEY);
      expect(() => read({ wrapped })).toThrow('wrapped for another terminal');
    } finally {
      await other.stop();
    }
  });

  test('one key alone, one too many, the two in the wrong order, and no envelope are refused', () => {
    const [row = '', data = ''] = wrappedFor(certificate, KEY);
    for (const wrapped of [[row], [row, data, data], [data, row], [row, row], [row, 'AAAA'], []]) {
      expect(() => read({ wrapped })).toThrow(Rejection);
    }
  });

  describe('the keys of another version', () => {
    const OTHER = Buffer.alloc(32, 2);
    const named = { list: LIST, ...keyIdsOf(deriveRowKeys(KEY, LIST)) };
    const offered = (wrapped: string[]) =>
      read({ wrapped }) as OfferedKeys<(typeof PURPOSES)[number]>;
    let ring: ListKeyRing;

    beforeEach(async () => {
      ring = enrolled.terminal.listKeys;
      (await ring.take(offered(wrappedFor(certificate, KEY)), named))();
    });

    const value = async () => enrolled.terminal.keys.get(LIST)?.convertedValue(HASH);

    test.each([
      ['both', [0, 1]],
      ['that of the rows', [0]],
      ['that of the data', [1]],
    ])('%s: refused, and those that are kept stay', async (_what, wrong) => {
      const next = { list: LIST, ...keyIdsOf(deriveRowKeys(Buffer.alloc(32, 3), LIST)) };
      const right = wrappedFor(certificate, Buffer.alloc(32, 3));
      const bad = wrappedFor(certificate, OTHER);
      const mixed = right.map((each, at) => (wrong.includes(at) ? (bad[at] ?? '') : each));
      const taking = ring.take(offered(mixed), next);
      await expect(taking).rejects.toThrow('not the keys of this version');
      await ring.load(LIST);
      expect(await value()).toEqual(await listKeysOf(KEY, LIST).convertedValue(HASH));
      expect(await enrolled.terminal.keyStore.macKey(`list.${LIST}.data.new`)).toBeNull();
    });

    test('of another list are refused', async () => {
      const taking = ring.take(offered(wrappedFor(certificate, OTHER, 'another')), {
        list: LIST,
        ...keyIdsOf(deriveRowKeys(OTHER, LIST)),
      });
      await expect(taking).rejects.toThrow(Rejection);
    });

    test('are refused when the manifest does not name any', async () => {
      const wrapped = offered(wrappedFor(certificate, KEY));
      await expect(ring.take(wrapped, { list: LIST })).rejects.toThrow('does not name the keys');
    });

    test('that it names take their place in one step', async () => {
      const next = { list: LIST, ...keyIdsOf(deriveRowKeys(OTHER, LIST)) };
      const use = await ring.take(offered(wrappedFor(certificate, OTHER)), next);
      expect(await value()).toEqual(await listKeysOf(KEY, LIST).convertedValue(HASH));
      use();
      expect(await value()).toEqual(await listKeysOf(OTHER, LIST).convertedValue(HASH));
    });
  });
});
