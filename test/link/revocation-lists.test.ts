/** Revocation lists over the link: what takes the place of the one in use, and what never does. */

import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RevocationReason } from '../../platform-sim/x509.ts';
import { encode } from '../../platform-sim/x509.ts';
import type { ManifestCrl } from '../../src/link/protocol.ts';
import { loadTrust, readTrust } from '../../src/link/trust-folder.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import type { FakePlatform } from './fake-platform.ts';
import { TestTerminal, tempFolder } from './fixtures.ts';
import { authority, chunksOf, publish, putCrl, withVersion2 } from './trust-fixtures.ts';

const { der: card, serial } = await authority.issueUserCertificate();

interface Told {
  readonly number: bigint;
  readonly base?: bigint;
  readonly reason?: RevocationReason;
}

function crlOf(platform: FakePlatform, { number, base, reason }: Told): ManifestCrl {
  const indicator = { oid: '2.5.29.27', critical: true, value: encode(0x02, octets(base ?? 1n)) };
  const revoked = reason === undefined ? [] : [{ serial, at: new Date(), reason }];
  const extra = base === undefined ? [] : [indicator];
  return putCrl(platform, authority.crl({ number, revoked, extra }));
}

const octets = (number: bigint) => Uint8Array.of(Number(number));

async function judged(store: TrustStore | undefined): Promise<string | undefined> {
  const verdict = await store?.verify(card, Date.now());
  return verdict?.valid === true ? verdict.revocation : verdict?.reason;
}

async function offer(platform: FakePlatform, version: number, told: readonly Told[]) {
  const crls = told.map((each) => crlOf(platform, each));
  const published = await publish(platform, version, { crls });
  await platform.sendHead(published.head);
  return published;
}

async function keptBy(
  terminal: TestTerminal,
  platform: FakePlatform,
): Promise<TrustStore | undefined> {
  const kept = await loadTrust(terminal.state, platform.keys.caCertificate);
  if (kept !== null) terminal.trust.push(kept.store);
  return kept?.store;
}

test('a list with a higher number takes the place of the one in use, here and after a start', async () => {
  const { platform, terminal } = await withVersion2();
  expect(await judged(terminal.trust[0])).toBe('checked');
  await offer(platform, 3, [{ number: 3n, reason: 'superseded' }]);
  await terminal.until('trust.activated', { version: 3 });
  expect(await judged(terminal.trust[1])).toBe('certificate-revoked');
  expect(await judged(await keptBy(terminal, platform))).toBe('certificate-revoked');
});

test.each<[string, readonly Told[]]>([
  ['with a lower number', [{ number: 1n }]],
  ['that is missing', []],
  ['whose delta is missing, and that is older than that', [{ number: 4n }]],
])('a list %s does not, though the trust list that names it is newer', async (_what, told) => {
  const { platform, terminal } = await withVersion2();
  const held = [{ number: 3n }, { number: 5n, base: 3n, reason: 'superseded' as const }];
  await offer(platform, 3, held);
  await terminal.until('trust.activated', { version: 3 });
  await offer(platform, 4, told);
  await terminal.until('trust.rejected', { version: 4, reason: 'older-version' });
  expect(terminal.trust).toHaveLength(2);
  expect(await judged(await keptBy(terminal, platform))).toBe('certificate-revoked');
  await offer(platform, 5, [{ number: 5n }]);
  await terminal.until('trust.activated', { version: 5 });
});

test('a delta is laid over the list in use, which is neither fetched nor indexed again', async () => {
  const { platform, terminal, published } = await withVersion2();
  const delta = crlOf(platform, { number: 3n, base: 2n, reason: 'certificateHold' });
  const next = await publish(platform, 3, { crls: [...published.manifest.crls, delta] });
  await platform.sendHead(next.head);
  await terminal.until('trust.activated', { version: 3, crls: 2 });
  expect(platform.requests.toSorted()).toEqual(
    [
      next.head.manifest,
      ...delta.chunks.filter((chunk) => !chunksOf(published).includes(chunk)),
    ].toSorted(),
  );
  expect(await judged(terminal.trust[1])).toBe('certificate-revoked');
  expect(await judged(await keptBy(terminal, platform))).toBe('certificate-revoked');
});

test('a delta on a list that is not held is ignored, said so, and the full one stays', async () => {
  const { platform, terminal } = await withVersion2();
  await offer(platform, 3, [{ number: 3n }, { number: 9n, base: 8n, reason: 'superseded' }]);
  await terminal.until('trust.activated', { version: 3 });
  expect(terminal.of('trust.delta-ignored')).toEqual([
    { version: 3, reason: 'base-not-held', number: '9', base: '8' },
  ]);
  expect(await judged(terminal.trust[1])).toBe('checked');
});

test('a list that its signature does not fit is rejected, and the one in use stays', async () => {
  const { platform, terminal } = await withVersion2();
  const der = authority.crl({
    number: 3n,
    revoked: [{ serial, at: new Date(), reason: 'superseded' }],
  });
  der.writeUInt8(der.readUInt8(der.indexOf(serial) + 3) ^ 1, der.indexOf(serial) + 3);
  const { head } = await publish(platform, 3, { crls: [putCrl(platform, der)] });
  await platform.sendHead(head);
  await terminal.until('trust.rejected', { version: 3, reason: 'malformed' });
  expect(await judged(await keptBy(terminal, platform))).toBe('checked');
  expect(
    readdirSync(join(terminal.state, 'trust')).filter((name) => name.endsWith('.part')),
  ).toEqual([]);
});

test('chunks that do not give the list that the manifest names are rejected', async () => {
  const { platform, terminal } = await withVersion2();
  const crl = crlOf(platform, { number: 3n });
  const { head } = await publish(platform, 3, { crls: [{ ...crl, bytes: crl.bytes + 1 }] });
  await platform.sendHead(head);
  await terminal.until('trust.rejected', { version: 3, reason: 'root-mismatch' });
});

test('a fetch that was cut goes on with the chunks that are missing', async () => {
  const { platform, terminal, published } = await withVersion2();
  const crls = [putCrl(platform, authority.crl({ number: 3n, revoked: [] }), 40)];
  const next = await publish(platform, 3, { crls });
  const fresh = chunksOf(next).filter((chunk) => !chunksOf(published).includes(chunk));
  const last = fresh.at(-1);
  let refused = 0;
  platform.onObject = (sha256, response) => {
    if (sha256 !== last || refused > 0) return false;
    refused += 1;
    response.writeHead(503).end();
    return true;
  };
  await platform.sendHead(next.head);
  await terminal.until('trust.rejected', { version: 3, reason: 'unreachable' });
  platform.requests.length = 0;
  await terminal.until('trust.activated', { version: 3 });
  expect(platform.requests.length).toBeLessThan(fresh.length);
  expect(platform.requests).toContain(last);
});

test('a damaged index is made again from the chunks, without a network', async () => {
  const { platform, terminal, published, link } = await withVersion2();
  await link.close();
  const [crl] = published.manifest.crls;
  const path = join(terminal.state, 'trust', `${crl?.sha256}.index`);
  writeFileSync(path, 'damaged');
  const pinned = platform.keys.caCertificate;
  // Whoever only looks changes nothing.
  expect(await readTrust(terminal.state, pinned)).toBe('damaged');
  expect(await judged(await keptBy(terminal, platform))).toBe('checked');
  const looked = await readTrust(terminal.state, pinned);
  expect(looked).toMatchObject({ version: 2 });
  if (looked !== 'damaged') looked?.store.close();
});

test('with chunks damaged too, the same version is fetched again', async () => {
  const { platform, terminal: before, published, link } = await withVersion2();
  await link.close();
  before.end();
  const [crl] = published.manifest.crls;
  const [chunk = ''] = crl?.chunks ?? [];
  const folder = join(before.state, 'trust');
  writeFileSync(join(folder, `${crl?.sha256}.index`), 'damaged');
  writeFileSync(join(folder, 'chunks', chunk), 'damaged');
  expect(await keptBy(before, platform)).toBeUndefined();
  const terminal = new TestTerminal(before.state);
  await terminal.connect(platform.url);
  await platform.sendHead(published.head);
  await terminal.until('trust.activated', { version: 2 });
  expect(platform.requests).toContain(chunk);
  expect(await judged(await keptBy(terminal, platform))).toBe('checked');
});

test('a power cut between the index and the commit leaves the version in use', async () => {
  const { platform, terminal, link } = await withVersion2();
  await link.close();
  const before = tempFolder();
  cpSync(join(terminal.state, 'trust'), before, { recursive: true });
  const again = await terminal.connect(platform.url);
  const next = await offer(platform, 3, [{ number: 3n, reason: 'superseded' }]);
  await terminal.until('trust.activated', { version: 3 });
  await again.close();

  // Everything of version 3 is on the medium but the commit, and a build was cut short.
  const state = tempFolder();
  const folder = join(state, 'trust');
  cpSync(join(terminal.state, 'trust'), folder, { recursive: true });
  cpSync(before, folder, { recursive: true });
  writeFileSync(join(folder, 'x.index.part'), 'cut');
  const restarted = new TestTerminal(state);
  expect(await judged(await keptBy(restarted, platform))).toBe('checked');

  await restarted.connect(platform.url);
  await platform.sendHead(next.head);
  await restarted.until('trust.activated', { version: 3 });
  expect(await judged(restarted.trust.at(-1))).toBe('certificate-revoked');
  const [crl] = next.manifest.crls;
  const indexes = readdirSync(folder).filter((name) => name.includes('.index'));
  expect(indexes).toEqual([`${crl?.sha256}.index`]);
});
