/** What every key store does. Run on files and on a token. */

import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type KeyStore, KeyStoreError, type SigningKey } from '../../src/keys/key-store.ts';
import { transport, wrap } from './wrap.ts';

export interface StoreUnderTest {
  /** Each call opens the same store anew, as another start of the daemon does. */
  open(): Promise<KeyStore>;
  /** Closes what was opened and removes the store. */
  end(): Promise<void>;
}

const derOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' });
const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = randomBytes(32);
const DATA = randomBytes(62);
const MAC = createHmac('sha256', SECRET).update(DATA).digest();

/** `empty` gives an empty store. */
export function keyStoreContract(empty: () => Promise<StoreUnderTest>): void {
  const make = async () => {
    const made = await empty();
    onTestFinished(() => made.end());
    return made;
  };
  const opened = async () => (await make()).open();
  /** One store for all tests of a group. */
  const shared = () => {
    const made: StoreUnderTest[] = [];
    let store: KeyStore | null = null;
    beforeAll(async () => {
      made.push(await empty());
      store = (await made[0]?.open()) ?? null;
    });
    afterAll(() => made[0]?.end());
    return (): KeyStore => {
      if (store === null) throw new Error('there is no store');
      return store;
    };
  };
  const expectSigns = async (key: SigningKey | null, publicKey: KeyObject) => {
    const signature = await key?.sign(DATA);
    expect(verify('sha256', DATA, publicKey, signature ?? new Uint8Array())).toBe(true);
    expect(key?.publicKey.equals(publicKey)).toBe(true);
  };

  describe('a key that is made in the store', () => {
    test('signs, and does so after the next start', async () => {
      const { open } = await make();
      const store = await open();
      const made = await store.generate('terminal-1');
      expect(made.publicKey.asymmetricKeyDetails).toMatchObject({
        modulusLength: 2048,
        publicExponent: 65_537n,
      });
      await expectSigns(made, made.publicKey);
      await store.close();
      const again = await open();
      await expectSigns(await again.signingKey('terminal-1'), made.publicKey);
    });

    test('takes the place of the one before, and of no other', async () => {
      const { open } = await make();
      const store = await open();
      const other = await store.generate('terminal-2');
      const first = await store.generate('terminal-1');
      const second = await store.generate('terminal-1');
      expect(second.publicKey.equals(first.publicKey)).toBe(false);
      await store.close();
      const again = await open();
      await expectSigns(await again.signingKey('terminal-1'), second.publicKey);
      await expectSigns(await again.signingKey('terminal-2'), other.publicKey);
    });
  });

  describe('a key that is kept', () => {
    test('signs', async () => {
      const { open } = await make();
      const store = await open();
      await store.keep('institution', 'rsa', derOf(STRANGER.privateKey));
      await expectSigns(await store.signingKey('institution'), STRANGER.publicKey);
      await store.close();
      await expectSigns(await (await open()).signingKey('institution'), STRANGER.publicKey);
    });

    test('makes the HMAC-SHA-256 that node:crypto makes', async () => {
      const { open } = await make();
      const store = await open();
      await store.keep('list.stadium.row', 'secret', SECRET);
      expect(await (await store.macKey('list.stadium.row'))?.mac(DATA)).toEqual(MAC);
      await store.close();
      expect(await (await (await open()).macKey('list.stadium.row'))?.mac(DATA)).toEqual(MAC);
    });

    test('takes the place of the one before; who holds the old one is not given the new one', async () => {
      const store = await opened();
      await store.keep('list.stadium.row', 'secret', SECRET);
      const before = await store.macKey('list.stadium.row');
      await store.keep('list.stadium.row', 'secret', randomBytes(32));
      expect(await (await store.macKey('list.stadium.row'))?.mac(DATA)).not.toEqual(MAC);
      expect(await before?.mac(DATA)).toEqual(MAC);
    });

    test('does many things at once, each its own', async () => {
      const store = await opened();
      await store.keep('list.stadium.row', 'secret', SECRET);
      const key = await store.macKey('list.stadium.row');
      const signer = await store.generate('terminal-1');
      const all = Array.from({ length: 40 }, (_, n) => Buffer.from(`${n}`));
      const signing = signer.sign(DATA);
      const macs = await Promise.all(all.map((data) => key?.mac(data)));
      expect(macs).toEqual(all.map((data) => createHmac('sha256', SECRET).update(data).digest()));
      expect(verify('sha256', DATA, signer.publicKey, (await signing) ?? DATA)).toBe(true);
    });

    test('is gone once it is forgotten, and no other with it', async () => {
      const { open } = await make();
      const store = await open();
      await store.keep('list.stadium.row', 'secret', SECRET);
      await store.keep('list.stadium.data', 'secret', SECRET);
      await store.keep('institution', 'rsa', derOf(STRANGER.privateKey));
      await store.forget('list.stadium.row');
      await store.forget('institution');
      await store.forget('never-there');
      expect(await store.macKey('list.stadium.row')).toBeNull();
      expect(await store.signingKey('institution')).toBeNull();
      await store.close();
      const again = await open();
      expect(await again.macKey('list.stadium.row')).toBeNull();
      expect(await again.signingKey('institution')).toBeNull();
      expect(await (await again.macKey('list.stadium.data'))?.mac(DATA)).toEqual(MAC);
    });
  });

  describe('a key that was wrapped for a key of the store', () => {
    test.each(['secret', 'rsa'] as const)(
      'works like one that was kept, also after a start: %s',
      async (kind) => {
        const { open } = await make();
        const store = await open();
        const recipient = await store.generate('terminal-1');
        const clear = kind === 'secret' ? SECRET : derOf(STRANGER.privateKey);
        await store.unwrap('wrapped', wrap(kind, clear, recipient.publicKey), 'terminal-1');
        await store.close();
        const again = await open();
        if (kind === 'secret')
          expect(await (await again.macKey('wrapped'))?.mac(DATA)).toEqual(MAC);
        else await expectSigns(await again.signingKey('wrapped'), STRANGER.publicKey);
      },
    );
    test('needs the key that it was wrapped for', async () => {
      const store = await opened();
      const wrapped = wrap('secret', SECRET, STRANGER.publicKey);
      await expect(store.unwrap('a', wrapped, 'terminal-1')).rejects.toThrow(KeyStoreError);
      expect(await store.macKey('a')).toBeNull();
    });
  });

  describe('a wrapped key is not taken, and the one before stays,', () => {
    const filled = shared();
    beforeAll(() => filled().generate('terminal-1'));
    const right = (recipient: KeyObject) => wrap('secret', SECRET, recipient);
    test.each<[string, (recipient: KeyObject) => Parameters<KeyStore['unwrap']>[1]]>([
      ['was wrapped for another key', () => right(STRANGER.publicKey)],
      ['was changed', (key) => ({ ...right(key), wrapped: flipped(right(key).wrapped) })],
      ['was cut short', (key) => ({ ...right(key), wrapped: right(key).wrapped.subarray(0, 32) })],
      ['is empty', (key) => ({ ...right(key), wrapped: Buffer.alloc(0) })],
      ['came with another key', (key) => ({ ...right(key), transported: right(key).transported })],
      ['came with no key', (key) => ({ ...right(key), transported: Buffer.alloc(0) })],
      ['came under an AES-128 key', (key) => ({ ...right(key), transported: halfKek(key) })],
      ['is no RSA key', (key) => wrap('rsa', randomBytes(1_200), key)],
      ['is an RSA key of 1,024 bits', (key) => wrap('rsa', SMALL, key)],
      ['is too short a secret', (key) => wrap('secret', randomBytes(16), key)],
    ])('when it %s', async (_what, made) => {
      const store = filled();
      const recipient = await store.signingKey('terminal-1');
      const publicKey = recipient?.publicKey ?? STRANGER.publicKey;
      const before = randomBytes(32);
      await store.keep('list.stadium.row', 'secret', before);
      const taking = store.unwrap('list.stadium.row', made(publicKey), 'terminal-1');
      await expect(taking).rejects.toThrow(KeyStoreError);
      expect(await (await store.macKey('list.stadium.row'))?.mac(DATA)).toEqual(
        createHmac('sha256', before).update(DATA).digest(),
      );
    });
  });

  test('there is no key before there is one, and none of the other kind', async () => {
    const store = await opened();
    expect(await store.signingKey('terminal-1')).toBeNull();
    expect(await store.macKey('terminal-1')).toBeNull();
    await store.keep('list.stadium.row', 'secret', SECRET);
    await expect(store.signingKey('list.stadium.row')).rejects.toThrow(KeyStoreError);
    await store.generate('terminal-1');
    await expect(store.macKey('terminal-1')).rejects.toThrow(KeyStoreError);
  });

  describe('what is not right', () => {
    const anyStore = shared();

    test.each([
      ['secret', randomBytes(31)],
      ['secret', randomBytes(33)],
      ['secret', Buffer.alloc(0)],
      ['rsa', randomBytes(1_200)],
      ['rsa', Buffer.alloc(0)],
      ['rsa', derOf(STRANGER.privateKey).subarray(0, -10)],
      ['rsa', derOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ] as const)('what is no %s is not kept, and not shown (%#)', async (kind, bytes) => {
      const store = anyStore();
      const keeping = store.keep('institution', kind, Buffer.from(bytes));
      await expect(keeping).rejects.toThrow(/^not (a key of 32 bytes|an RSA-2048 key in PKCS#8)$/u);
      expect(await store.signingKey('institution')).toBeNull();
    });

    test.each(['', '../etc', 'A', 'a/b', 'a\0b', '.a', 'x'.repeat(101)])(
      'a label that could name something else is a defect: %j',
      async (label) => {
        const store = anyStore();
        await expect(store.macKey(label)).rejects.toThrow(RangeError);
        await expect(store.keep(label, 'secret', SECRET)).rejects.toThrow(RangeError);
        await expect(store.forget(label)).rejects.toThrow(RangeError);
      },
    );
  });

  test('two that keep the same label at once leave one whole key', async () => {
    const { open } = await make();
    const store = await open();
    const keys = Array.from({ length: 8 }, () => randomBytes(32));
    await Promise.all(keys.map((key) => store.keep('list.stadium.row', 'secret', key)));
    await store.close();
    const mac = await (await (await open()).macKey('list.stadium.row'))?.mac(DATA);
    const possible = keys.map((key) => createHmac('sha256', key).update(DATA).digest('hex'));
    expect(possible).toContain(mac?.toString('hex'));
  });
}

const halfKek = (recipient: KeyObject) => transport(randomBytes(16), recipient);
const SMALL = derOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[9] = (changed[9] ?? 0) ^ 1;
  return changed;
}
