/** The platform of a story, in the same process: it signs as the real one does, and its objects are in memory. */

import { createHash, type createPublicKey, hash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../platform-sim/authority.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { extension } from '../../platform-sim/x509.ts';
import { ObjectSource } from '../../src/link/object-source.ts';
import type { Head, InstitutionManifest, TrustManifest } from '../../src/link/protocol.ts';
import {
  type TestInstitution,
  testAuthority,
  testInstitution,
} from '../devices/institution-fixture.ts';
import { testList } from '../store/lists.ts';
import { listShape, revokedIn, TERMINAL } from './said.ts';

const HOUR_MS = 3_600_000;
const CHUNK_BYTES = 2_048;

class MemoryObjects extends ObjectSource {
  readonly #objects = new Map<string, Buffer>();

  put(bytes: Buffer): string {
    const sha256 = hash('sha256', bytes);
    this.#objects.set(sha256, bytes);
    return sha256;
  }

  override async fetch(sha256: string): Promise<Buffer> {
    const bytes = this.#objects.get(sha256);
    if (bytes === undefined) throw new Error('an object that was never made');
    return bytes;
  }
}

export interface OfferedInstitution {
  readonly head: Head;
  readonly key: { readonly clear: Buffer };
}

export class StoryPlatform {
  readonly keys: PlatformKeys;
  readonly objects = new MemoryObjects('ws://127.0.0.1:1/');
  readonly #authority: Authority;
  readonly #institutions: readonly TestInstitution[];
  readonly #scratch: string;

  private constructor(keys: PlatformKeys, authority: Authority, scratch: string) {
    this.keys = keys;
    this.#authority = authority;
    this.#scratch = scratch;
    const issuer = testAuthority();
    this.#institutions = [testInstitution(issuer), testInstitution(issuer)];
  }

  static async open(scratch: string): Promise<StoryPlatform> {
    mkdirSync(join(scratch, 'chunks'));
    const keys = await PlatformKeys.openOrCreate(keysFolderIn(scratch));
    return new StoryPlatform(keys, await Authority.create(), scratch);
  }

  /** Where its keys are. */
  get keysFolder(): string {
    return keysFolderIn(this.#scratch);
  }

  /** DER of a certificate of this terminal. */
  certify(publicKey: ReturnType<typeof createPublicKey>): Buffer {
    return this.keys.issue({
      subject: [['CN', TERMINAL]],
      publicKey,
      notBefore: new Date(Date.now() - HOUR_MS),
      notAfter: new Date(Date.now() + 1_000 * HOUR_MS),
      extensions: [
        extension.keyUsage(['digitalSignature', 'keyEncipherment', 'keyCertSign']),
        extension.basicConstraints(true, 0),
      ],
    });
  }

  async list(version: number): Promise<Head> {
    const { manifest, chunkFiles } = testList(join(this.#scratch, 'chunks'), listShape(version));
    for (const file of chunkFiles) this.objects.put(readFileSync(file));
    const now = {
      issuedAt: iso(-60_000),
      validFrom: iso(-HOUR_MS),
      validTo: iso(24 * HOUR_MS),
    };
    return this.#head('entry-list', { ...manifest, ...now });
  }

  async trust(version: number): Promise<Head> {
    const anchors = [this.objects.put(this.#authority.caCertificate)];
    const revoked = revokedIn(version).map((serial) => {
      return { serial, at: new Date(), reason: 'keyCompromise' as const };
    });
    const der = this.#authority.crl({ number: BigInt(version), revoked });
    const chunks: string[] = [];
    for (let at = 0; at < der.length; at += CHUNK_BYTES) {
      chunks.push(this.objects.put(der.subarray(at, at + CHUNK_BYTES)));
    }
    const crls = [{ sha256: hash('sha256', der), bytes: der.length, chunks }];
    const root = rootOf([...anchors, ...crls.map(({ sha256 }) => sha256)]);
    const manifest: TrustManifest = {
      kind: 'trust',
      list: 'trust',
      version,
      root,
      issuedAt: iso(-60_000),
      anchors,
      crls,
    };
    return this.#head('trust', manifest);
  }

  /** Each version names one institution, and its key comes beside it. */
  async institution(version: number): Promise<OfferedInstitution> {
    const institution = this.#institutions[version % 2];
    if (institution === undefined) throw new Error('there are two');
    const { certificate, signature, keys } = institution;
    const object = Buffer.concat([certificate, signature]);
    const manifest: InstitutionManifest = {
      kind: 'institution',
      list: 'institution',
      version,
      root: rootOf([hash('sha256', object)]),
      issuedAt: iso(-60_000),
      institutions: [object.toString('base64')],
    };
    const head = await this.#head('institution', manifest);
    return { head, key: { clear: keys.privateKey.export({ type: 'pkcs8', format: 'der' }) } };
  }

  async #head(
    of: Head['of'],
    manifest: { readonly list: string; readonly version: number; readonly root: string },
  ): Promise<Head> {
    const { list, version, root } = manifest;
    const signed = await this.keys.sign(of, Buffer.from(JSON.stringify(manifest)));
    return {
      kind: 'head',
      of,
      list,
      version,
      root,
      manifest: this.objects.put(signed),
      at: iso(-1_000),
      expires: iso(HOUR_MS),
    };
  }
}

function keysFolderIn(scratch: string): string {
  return join(scratch, 'platform');
}

function rootOf(hashes: readonly string[]): string {
  const root = createHash('sha256');
  for (const each of hashes) root.update(each, 'hex');
  return root.digest('hex');
}

function iso(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
