/** Trust lists that a platform publishes, and a terminal that has version 2. */

import { createHash } from 'node:crypto';
import { Authority } from '../../platform-sim/authority.ts';
import type { Head, ManifestCrl, TrustManifest } from '../../src/link/protocol.ts';
import { FakePlatform, headOf, iso, json } from './fake-platform.ts';
import { TestTerminal } from './fixtures.ts';

export const authority = await Authority.create();

export interface PublishedTrust {
  readonly manifest: TrustManifest;
  readonly head: Head;
}

export async function publish(
  platform: FakePlatform,
  version: number,
  change: Partial<TrustManifest> = {},
  keys = platform.keys,
): Promise<PublishedTrust> {
  const { caCertificate } = authority;
  const anchors = [platform.put(caCertificate)];
  const crls = [putCrl(platform, authority.crl({ number: BigInt(version), revoked: [] }))];
  const parts = { anchors, crls, ...change };
  const manifest: TrustManifest = {
    kind: 'trust',
    list: 'trust',
    version,
    root: rootOf(parts),
    issuedAt: iso(-60_000),
    ...parts,
  };
  const object = platform.put(await keys.sign('trust', json(manifest)));
  return { manifest, head: headOf(manifest, object) };
}

/** `chunkBytes`: so small that a CRL of a few hundred bytes is several. */
export function putCrl(platform: FakePlatform, der: Buffer, chunkBytes = 200): ManifestCrl {
  const chunks: string[] = [];
  for (let at = 0; at < der.length; at += chunkBytes) {
    chunks.push(platform.put(der.subarray(at, at + chunkBytes)));
  }
  return { sha256: createHash('sha256').update(der).digest('hex'), bytes: der.length, chunks };
}

function rootOf({ anchors, crls }: Pick<TrustManifest, 'anchors' | 'crls'>): string {
  const root = createHash('sha256');
  for (const hash of [...anchors, ...crls.map(({ sha256 }) => sha256)]) root.update(hash, 'hex');
  return root.digest('hex');
}

export function chunksOf({ manifest }: PublishedTrust): string[] {
  return manifest.crls.flatMap(({ chunks }) => chunks);
}

export async function withVersion2() {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  const published = await publish(platform, 2);
  await platform.sendHead(published.head);
  await terminal.until('trust.activated', { version: 2 });
  platform.requests.length = 0;
  terminal.noted.length = 0;
  return { platform, terminal, published, link };
}
