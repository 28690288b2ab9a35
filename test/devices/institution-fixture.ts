/** An authority, an institution that it certified, and the bytes that kazasu-model-1 makes of them. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Institution } from '../../devices/card/card.ts';

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const rsa = (): Keys => generateKeyPairSync('rsa', { modulusLength: 2048 });

const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'der' });

export interface TestAuthority {
  readonly id: Buffer;
  readonly keys: Keys;
  /** Content of EF 0016. */
  readonly file: Buffer;
}

export function testAuthority(): TestAuthority {
  const id = randomBytes(16);
  const keys = rsa();
  return { id, keys, file: Buffer.concat([id, pkcs1(keys.publicKey)]) };
}

export interface TestInstitution {
  readonly id: Buffer;
  readonly keys: Keys;
  /** The object 5F4E, 307 bytes. */
  readonly certificate: Buffer;
  /** The object 5F37, 261 bytes. */
  readonly signature: Buffer;
}

/** `changed`: what an institution may get wrong. */
export function testInstitution(
  authority: TestAuthority,
  changed: { readonly signedBy?: KeyObject; readonly issuer?: Buffer } = {},
): TestInstitution {
  const id = randomBytes(16);
  const keys = rsa();
  const value = Buffer.concat([changed.issuer ?? authority.id, id, pkcs1(keys.publicKey)]);
  const signature = sign('sha256', value, changed.signedBy ?? authority.keys.privateKey);
  return {
    id,
    keys,
    certificate: Buffer.concat([Buffer.from('5F4E82012E', 'hex'), value]),
    signature: Buffer.concat([Buffer.from('5F37820100', 'hex'), signature]),
  };
}

/** What EXTERNAL AUTHENTICATE carries. */
export function authentication(institution: TestInstitution, challenge: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from('kazasu-model-1'), challenge, institution.id]);
  return sign('sha256', data, institution.keys.privateKey);
}

/** It as a terminal has it. `asked` gathers what the key was to sign. */
export function institutionOf(
  { keys, certificate, signature }: TestInstitution,
  asked: Uint8Array[] = [],
): Institution {
  return {
    certificate: Buffer.concat([certificate, signature]),
    terminal: Buffer.from("the terminal's certificate"),
    sign: async (data) => {
      asked.push(data);
      return sign('sha256', data, keys.privateKey);
    },
  };
}
