/** Terminals that are enrolled, for tests: keys in memory, everything else as it is. */

import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import { pinPlatform } from '../../src/link/pinned-platform.ts';
import type { TestPlatform } from '../platform/test-platform.ts';
import { TERMINAL, TestTerminal } from './fixtures.ts';

const POOL = 4;
const pool: KeyObject[] = [];
let made = 0;

/** RSA keys are dear to make: the same few go round, each unlike the three before it. */
export function nextKey(): KeyObject {
  const place = made++ % POOL;
  pool[place] ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return pool[place];
}

/** What a key store does for an identity; `store` gets the same keys, for whatever is wrapped for them. */
export class MemoryKeys {
  readonly #keys = new Map<string, KeyObject>();
  readonly #store: KeyStore | null;

  constructor(store: KeyStore | null = null) {
    this.#store = store;
  }

  get labels(): string[] {
    return [...this.#keys.keys()];
  }

  async generate(label: string) {
    const made = nextKey();
    this.#keys.set(label, made);
    await this.#store?.keep(label, 'rsa', made.export({ type: 'pkcs8', format: 'der' }));
    const key = await this.signingKey(label);
    if (key === null) throw new Error('it is there');
    return key;
  }

  async signingKey(label: string) {
    const privateKey = this.#keys.get(label);
    if (privateKey === undefined) return null;
    return signerOf(privateKey);
  }

  async forget(label: string): Promise<void> {
    this.#keys.delete(label);
  }
}

export function signerOf(privateKey: KeyObject) {
  return {
    publicKey: createPublicKey(privateKey),
    sign: async (data: Uint8Array) => sign('sha256', data, privateKey),
  };
}

export interface EnrolledTerminal {
  readonly terminal: TestTerminal;
  readonly identity: TerminalIdentity;
  readonly keys: MemoryKeys;
}

/** Enrolled at this platform, past the network. `now`: when, by the platform's clock. */
export async function enrolledTerminal(
  platform: TestPlatform,
  now = Date.now(),
  terminal = new TestTerminal(),
): Promise<EnrolledTerminal> {
  const keys = new MemoryKeys(terminal.keyStore);
  const { ledger, clock } = terminal;
  const identity = new TerminalIdentity({ terminal: TERMINAL, ledger, keys, clock });
  const { keys: platformKeys, terminals } = platform.stores;
  const { secret } = terminals.add(TERMINAL, true, now);
  const request = await identity.request();
  const answer = terminals.enrol(platformKeys, { terminal: TERMINAL, secret, request }, now);
  if (answer.result !== 'enrolled') throw new Error(answer.reason);
  pinPlatform(ledger, platformKeys.caCertificate);
  const certificate = Buffer.from(answer.certificate, 'base64');
  const fault = await identity.takeAsOnly(certificate, platformKeys.caCertificate);
  if (fault !== null) throw new Error(fault);
  terminal.identity = identity;
  return { terminal, identity, keys };
}
