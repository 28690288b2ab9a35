/**
 * The bench group "keys": an HMAC and an RSA signature with a key of the terminal's own, in a file and in a SoftHSM2 token.
 * Beside them node:crypto, which does the same with a key in its hands.
 */

import { createHmac, createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { SoftToken } from '../keys/soft-token.ts';
import { type Bench, median, reportTimes } from './figures.ts';

const ROUNDS = 2_000;
const QUICK_ROUNDS = 50;
/** Not measured: a first use opens, finds and compiles. */
const WARM_UP = 20;

/** What a certificate hashes to, and about what a card's challenge makes of it. */
const HASH = randomBytes(32);
const CHALLENGE = randomBytes(62);

export async function keysBench({ report, quick }: Bench): Promise<void> {
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = randomBytes(32);
  const key = createSecretKey(secret);
  const bareHmac = async () => createHmac('sha256', key).update(HASH).digest();
  const bareSign = () => promisify(sign)('sha256', CHALLENGE, privateKey);
  const floors = {
    hmac: median(await timesOf(bareHmac, rounds)),
    sign: median(await timesOf(bareSign, rounds)),
  };
  const measure = async (name: 'file' | 'token', store: KeyStore): Promise<void> => {
    await store.keep('institution', 'rsa', privateKey.export({ type: 'pkcs8', format: 'der' }));
    await store.keep('list.bench.row', 'secret', secret);
    const mac = await store.macKey('list.bench.row');
    const signer = await store.signingKey('institution');
    if (mac === null || signer === null) throw new Error('the store lost what it kept');
    if (!(await mac.mac(HASH)).equals(await bareHmac())) throw new Error('the HMAC is another');
    const figure = (what: 'hmac' | 'sign', times: readonly number[]): void =>
      reportTimes(report, `keys.${name}.${what}`, times, {}, { p50: { floor: floors[what] } });
    figure('hmac', await timesOf(() => mac.mac(HASH), rounds));
    figure('sign', await timesOf(() => signer.sign(CHALLENGE), rounds));
  };

  const folder = await mkdtemp(join(tmpdir(), 'kazasu-bench-keys-'));
  const token = await SoftToken.make();
  const tokenStore = token.store();
  try {
    await measure('file', new FileKeyStore(join(folder, 'keys'), { seal: null }));
    await measure('token', tokenStore);
  } finally {
    await tokenStore.close();
    await token.end();
    await rm(folder, { recursive: true });
  }
}

async function timesOf(work: () => Promise<unknown>, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  return times.slice(WARM_UP);
}
