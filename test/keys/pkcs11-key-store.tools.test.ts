/** Keys in a token, tried on SoftHSM2: the same as in files, and what only a token can do wrong. */

import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes, verify } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import type { Pkcs11KeyStore, Pkcs11Options } from '../../src/keys/pkcs11-key-store.ts';
import { keyStoreContract } from './key-store.contract.ts';
import { PIN, SOFTHSM, SoftToken } from './soft-token.ts';
import { wrap } from './wrap.ts';

const SECRET = randomBytes(32);
const DATA = randomBytes(62);
const MAC = createHmac('sha256', SECRET).update(DATA).digest();
const LABEL = 'list.stadium.row';

async function softToken(): Promise<SoftToken> {
  const token = await SoftToken.make();
  onTestFinished(() => token.end());
  return token;
}

/** Closed when the test ends. */
function storeOf(token: SoftToken, changed: Partial<Pkcs11Options> = {}): Pkcs11KeyStore {
  const store = token.store(changed);
  onTestFinished(() => store.close());
  return store;
}

/** Process ids of the key processes of this test's process. */
function keyProcesses(): number[] {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${process.pid}`], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((line) => line.includes('pkcs11-process.ts'))
    .map((line) => Number.parseInt(line, 10));
}

describe('in SoftHSM2', () => {
  keyStoreContract(async () => {
    const token = await SoftToken.make();
    const stores: Pkcs11KeyStore[] = [];
    return {
      async open() {
        stores.push(token.store());
        return stores.at(-1) ?? token.store();
      },
      async end() {
        await Promise.all(stores.map((store) => store.close()));
        await token.end();
      },
    };
  });
});

describe('what is in the token', () => {
  test('another client sees every key, and that none can be had', async () => {
    const token = await softToken();
    const store = storeOf(token);
    const { publicKey } = await store.generate('terminal-1');
    await store.keep(LABEL, 'secret', SECRET);
    await store.unwrap('list.stadium.data', wrap('secret', SECRET, publicKey), 'terminal-1');
    const listed = await token.tool('--list-objects');
    for (const label of ['terminal-1', LABEL, 'list.stadium.data']) {
      expect(listed).toContain(`kazasu:${label}`);
    }
    expect(listed).toMatch(/Private Key Object; RSA.*?Usage: +sign, unwrap/su);
    expect(listed).toMatch(/sensitive, always sensitive, never extractable, local/u);
    expect(listed.match(/Secret Key Object; Generic secret/gu)).toHaveLength(2);
  });

  test('no value comes out, whoever asks', async () => {
    const token = await softToken();
    const store = storeOf(token);
    await store.generate('terminal-1');
    await store.keep(LABEL, 'secret', SECRET);
    await store.close();
    const pkcs11js = (await import('pkcs11js')).default;
    // Read before the module starts; nothing else in this process has it.
    process.env['SOFTHSM2_CONF'] = token.env.SOFTHSM2_CONF;
    const client = new pkcs11js.PKCS11();
    client.load(SOFTHSM);
    client.C_Initialize();
    const refused: string[] = [];
    try {
      const [slot = Buffer.alloc(0)] = client.C_GetSlotList(true);
      const session = client.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
      client.C_Login(session, pkcs11js.CKU_USER, PIN);
      client.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_PRIVATE, value: true }]);
      const handles = client.C_FindObjects(session, 10);
      client.C_FindObjectsFinal(session);
      for (const handle of handles) {
        for (const type of [
          pkcs11js.CKA_VALUE,
          pkcs11js.CKA_PRIVATE_EXPONENT,
          pkcs11js.CKA_PRIME_1,
        ]) {
          try {
            client.C_GetAttributeValue(session, handle, [{ type }]);
          } catch (error) {
            refused.push((error as Error).message);
          }
        }
      }
      expect(handles).toHaveLength(2);
    } finally {
      client.C_Finalize();
      delete process.env['SOFTHSM2_CONF'];
    }
    expect(refused.filter((each) => each === 'CKR_ATTRIBUTE_SENSITIVE')).toHaveLength(3);
    expect(refused).toHaveLength(6);
  });

  test('no key is in its files either, nor is the PIN', async () => {
    const token = await softToken();
    const store = storeOf(token);
    await store.keep(LABEL, 'secret', SECRET);
    const files = readdirSync(token.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.object'))
      .map((name) => readFileSync(join(token.folder, name)));
    expect(files.length).toBeGreaterThan(0);
    for (const bytes of files) {
      expect(bytes.includes(SECRET.subarray(0, 8))).toBe(false);
      expect(bytes.includes(PIN)).toBe(false);
    }
  });

  test("one key stays of those that took each other's place, and nothing of others is touched", async () => {
    const token = await softToken();
    const stranger = ['--keygen', '--key-type', 'AES:16', '--label', LABEL, '--sensitive'];
    await token.tool(...stranger);
    const store = storeOf(token);
    for (let n = 0; n < 3; n += 1) await store.keep(LABEL, 'secret', randomBytes(32));
    await store.close();
    const again = storeOf(token);
    await again.open();
    const listed = await token.tool('--list-objects');
    expect(listed.match(new RegExp(`kazasu:${LABEL}$`, 'gmu'))).toHaveLength(1);
    expect(listed).toMatch(new RegExp(`label: +${LABEL}$`, 'mu'));
  });

  test('a signature of the token verifies with the public key that another client reads', async () => {
    const token = await softToken();
    const key = await storeOf(token).generate('terminal-1');
    const file = join(token.folder, 'public.der');
    const read = ['--read-object', '--type', 'pubkey', '--label', 'kazasu:terminal-1'];
    await token.tool(...read, '--output-file', file);
    const publicKey = { key: readFileSync(file), format: 'der', type: 'spki' } as const;
    expect(verify('sha256', DATA, publicKey, (await key.sign(DATA)) ?? DATA)).toBe(true);
  });
});

describe('a token that can not be used is told in plain words', () => {
  test.each<[string, Partial<Pkcs11Options>, RegExp]>([
    ['no such module', { module: '/nowhere/module.so' }, /no PKCS#11 module that can be loaded/u],
    [
      'a library that is no module',
      { module: '/lib/x86_64-linux-gnu/libm.so.6' },
      /no PKCS#11 mod/u,
    ],
    ['no such token', { token: 'another' }, /no token with the label "another"/u],
  ])('%s', async (_what, changed, says) => {
    const store = storeOf(await softToken(), changed);
    await expect(store.open()).rejects.toThrow(says);
    await expect(store.macKey(LABEL)).rejects.toThrow(KeyStoreError);
  });

  test('no PIN: the token is not asked at all', async () => {
    const pin = () => {
      throw new KeyStoreError('there is no PIN for the token');
    };
    const store = storeOf(await softToken(), { pin });
    await expect(store.open()).rejects.toThrow('there is no PIN for the token');
  });

  test('a wrong PIN is tried once and never again, and is not said', async () => {
    const token = await softToken();
    let asked = 0;
    const pin = () => {
      asked += 1;
      return Buffer.from('9999-secret');
    };
    const store = storeOf(token, { pin, limits: { restMs: 0 } });
    for (let n = 0; n < 3; n += 1) {
      await expect(store.open()).rejects.toThrow(/^the token does not take the PIN \(CKR_PIN_INC/u);
    }
    expect(asked).toBe(1);
  });

  test('after a wrong PIN no start tries again, before somebody has logged in by hand', async () => {
    const token = await softToken();
    const wrong = storeOf(token, { pin: () => Buffer.from('9999-secret') });
    await expect(wrong.open()).rejects.toThrow(KeyStoreError);
    const next = storeOf(token, { limits: { restMs: 0 } });
    await expect(next.open()).rejects.toThrow('log in to it by hand first');
    await token.tool('--list-objects');
    await next.open();
  });

  test('the PIN is overwritten once it was handed over', async () => {
    const pins: Buffer[] = [];
    const pin = () => {
      pins.push(Buffer.from(PIN));
      return pins.at(-1) ?? Buffer.alloc(0);
    };
    await storeOf(await softToken(), { pin }).open();
    expect(pins).toEqual([Buffer.alloc(PIN.length)]);
  });
});

describe('a token that fails while the terminal runs', () => {
  test('whose process ends fails what is under way, and the next question starts another', async () => {
    const token = await softToken();
    const store = storeOf(token);
    const lost: string[] = [];
    store.watch((reason) => lost.push(reason));
    await store.keep(LABEL, 'secret', SECRET);
    const key = await store.macKey(LABEL);
    const before = new Set(keyProcesses());
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await expect.poll(() => lost, { timeout: 20_000 }).toEqual(['the key process ended (SIGKILL)']);
    // A key that is held on to works in the new process.
    expect(await key?.mac(DATA)).toEqual(MAC);
    expect(keyProcesses().filter((pid) => before.has(pid))).toEqual([]);
  });

  test('that does not answer any more is given up, and asked again', async () => {
    const token = await softToken();
    const store = storeOf(token, { limits: { useMs: 2_000 } });
    const lost: string[] = [];
    store.watch((reason) => lost.push(reason));
    await store.keep(LABEL, 'secret', SECRET);
    const key = await store.macKey(LABEL);
    const signer = await storeOf(token).generate('terminal-1');
    const signing = await store.signingKey('terminal-1');
    for (const pid of keyProcesses()) process.kill(pid, 'SIGSTOP');
    const [mac, signature] = await Promise.allSettled([key?.mac(DATA), signing?.sign(DATA)]);
    expect(mac).toMatchObject({ reason: new KeyStoreError('the token does not answer') });
    expect(signature).toMatchObject({ value: null });
    expect(lost).toEqual(['the token does not answer']);
    for (const pid of keyProcesses()) process.kill(pid, 'SIGCONT');
    expect(signer.publicKey.equals(signing?.publicKey ?? signer.publicKey)).toBe(true);
    expect(await storeOf(token).macKey(LABEL)).not.toBeNull();
  });

  test('that was taken away is missed, and used again when it is put back', async () => {
    const token = await softToken();
    const filled = storeOf(token);
    await filled.keep(LABEL, 'secret', SECRET);
    await filled.close();
    const away = join(token.folder, 'away');
    renameSync(token.tokens, away);
    mkdirSync(token.tokens);
    const store = storeOf(token, { limits: { restMs: 0 } });
    await expect(store.macKey(LABEL)).rejects.toThrow('there is no token with the label "gate-1"');
    rmdirSync(token.tokens);
    renameSync(away, token.tokens);
    expect(await (await store.macKey(LABEL))?.mac(DATA)).toEqual(MAC);
  });

  test('a key that somebody else deletes is not in the token any more', async () => {
    const token = await softToken();
    const store = storeOf(token);
    await store.keep(LABEL, 'secret', SECRET);
    const key = await store.macKey(LABEL);
    await token.tool('--delete-object', '--type', 'secrkey', '--label', `kazasu:${LABEL}`);
    await expect(key?.mac(DATA)).rejects.toThrow('not in the token any more');
    expect(await store.macKey(LABEL)).toBeNull();
  });

  test('a store that was closed says so, and its process is gone', async () => {
    const token = await softToken();
    const before = keyProcesses();
    const store = token.store();
    await store.open();
    await store.close();
    await expect(store.macKey(LABEL)).rejects.toThrow('the key store is closed');
    expect(keyProcesses()).toEqual(before);
  });
});
