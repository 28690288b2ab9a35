import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { Head } from '../../src/link/protocol.ts';
import { loadTrust } from '../../src/link/trust-folder.ts';
import { FakePlatform, headOf } from './fake-platform.ts';
import { TestTerminal, tempFolder } from './fixtures.ts';
import { chunksOf, publish, putCrl, withVersion2 } from './trust-fixtures.ts';

test('anchors and revocation lists come down, are used, and are there without a network', async () => {
  const { platform, terminal, link } = await withVersion2();
  const [store] = terminal.trust;
  expect(store).toMatchObject({ anchors: 1 });
  await link.close();
  const kept = await loadTrust(terminal.state, platform.keys.caCertificate);
  expect(kept).toMatchObject({ version: 2 });
  expect(kept?.store.crls).toEqual(store?.crls);
});

test('a trust list that says nothing yet is a list, too', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  const { head } = await publish(platform, 1, { anchors: [], crls: [] });
  await platform.sendHead(head);
  await terminal.until('trust.activated', { version: 1, anchors: 0, crls: 0 });
});

test('the next version fetches only what changed, and leaves nothing of the old one', async () => {
  const { platform, terminal, published } = await withVersion2();
  const next = await publish(platform, 3);
  await platform.sendHead(next.head);
  await terminal.until('trust.activated', { version: 3 });
  expect(next.manifest.anchors).toEqual(published.manifest.anchors);
  const chunks = chunksOf(next);
  const changed = chunks.filter((chunk) => !chunksOf(published).includes(chunk));
  const [first, ...fetched] = platform.requests;
  expect(first).toBe(next.head.manifest);
  // Chunks are fetched side by side: which request arrives first is nobody's promise.
  expect(fetched.toSorted()).toEqual(changed.toSorted());
  expect(readdirSync(join(terminal.state, 'trust')).sort()).toEqual(
    [
      ...next.manifest.anchors.map((sha256) => `${sha256}.der`),
      ...next.manifest.crls.map(({ sha256 }) => `${sha256}.index`),
      'chunks',
      'trust.json',
    ].sort(),
  );
  expect(readdirSync(join(terminal.state, 'trust', 'chunks')).sort()).toEqual(chunks.toSorted());
});

test('the version that is there already is not fetched again', async () => {
  const { platform, terminal, published } = await withVersion2();
  await platform.sendHead(published.head);
  await platform.sendHead((await publish(platform, 3)).head);
  await terminal.until('trust.activated', { version: 3 });
  expect(platform.requests).not.toContain(published.head.manifest);
});

type Case = readonly [
  what: string,
  reason: string,
  offer: (platform: FakePlatform) => Promise<{ head: Head }>,
];

const REJECTED: readonly Case[] = [
  ['an older version', 'older-version', (platform) => publish(platform, 1)],
  [
    'the active version with another root',
    'root-mismatch',
    (platform) => publish(platform, 2, { anchors: [], crls: [] }),
  ],
  [
    'a root that the hashes do not give',
    'root-mismatch',
    (platform) => publish(platform, 3, { root: '0'.repeat(64) }),
  ],
  [
    'a manifest that a foreign CA vouches for',
    'bad-signature',
    async (platform) => {
      const foreign = await PlatformKeys.openOrCreate(tempFolder());
      return publish(platform, 3, {}, foreign);
    },
  ],
  [
    'an entry list in the place of a trust list',
    'wrong-kind',
    async (platform) => {
      const { object, manifest } = await platform.publish(3);
      return { head: headOf({ ...manifest, list: 'trust' }, object) };
    },
  ],
  [
    'a revocation list that no anchor signed',
    'malformed',
    async (platform) => {
      const other = await Authority.create();
      return publish(platform, 3, { crls: [putCrl(platform, other.crl({ number: 9n }))] });
    },
  ],
  [
    'an anchor that is no certificate',
    'malformed',
    async (platform) => {
      const anchor = platform.put(Buffer.from('no certificate'));
      return publish(platform, 3, { anchors: [anchor], crls: [] });
    },
  ],
  [
    'a revocation list that is not there',
    'not-found',
    async (platform) => {
      const published = await publish(platform, 3);
      for (const chunk of chunksOf(published)) platform.objects.delete(chunk);
      return published;
    },
  ],
  [
    'a cut revocation list',
    'truncated',
    async (platform) => {
      const published = await publish(platform, 3);
      // The last one: two lists of one second begin alike, and what is held is not fetched.
      const chunk = chunksOf(published).at(-1) ?? '';
      platform.objects.set(chunk, Buffer.from(platform.objects.get(chunk)?.subarray(0, 10) ?? ''));
      return published;
    },
  ],
];

test.each(REJECTED)(
  '%s is rejected as %s, and what is active stays',
  async (_what, reason, offer) => {
    const { platform, terminal } = await withVersion2();
    const { head } = await offer(platform);
    await platform.sendHead(head);
    expect(await terminal.until('trust.rejected')).toMatchObject({ reason });
    expect(terminal.trust).toHaveLength(1);
    expect(await loadTrust(terminal.state, platform.keys.caCertificate)).toMatchObject({
      version: 2,
    });
  },
);

test('without anything on disk there is nothing to load', async () => {
  const { caCertificate } = await PlatformKeys.openOrCreate(tempFolder());
  expect(await loadTrust(tempFolder(), caCertificate)).toBeNull();
});

test('what another platform signed is not loaded', async () => {
  const { terminal } = await withVersion2();
  const foreign = await PlatformKeys.openOrCreate(tempFolder());
  expect(await loadTrust(terminal.state, foreign.caCertificate)).toBeNull();
});

test('a start long after the signer expired still has what was accepted', async () => {
  const { platform, terminal, link } = await withVersion2();
  await link.close();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 365 * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  const kept = await loadTrust(terminal.state, platform.keys.caCertificate);
  expect(kept).toMatchObject({ version: 2 });
});

test('what says that it was accepted after the signer had expired is not loaded', async () => {
  const { platform, terminal } = await withVersion2();
  const path = join(terminal.state, 'trust', 'trust.json');
  const committed = JSON.parse(readFileSync(path, 'utf8'));
  committed.acceptedAt += 5 * 365 * 86_400_000;
  writeFileSync(path, JSON.stringify(committed));
  expect(await loadTrust(terminal.state, platform.keys.caCertificate)).toBeNull();
});

test('a damaged file is not used; the same version heals it, an older one does not', async () => {
  const { platform, terminal: before, published, link } = await withVersion2();
  await link.close();
  before.end();
  const [anchor = ''] = published.manifest.anchors;
  writeFileSync(join(before.state, 'trust', `${anchor}.der`), 'damaged');
  expect(await loadTrust(before.state, platform.keys.caCertificate)).toBeNull();
  const terminal = new TestTerminal(before.state);
  await terminal.connect(platform.url);
  await platform.sendHead((await publish(platform, 1)).head);
  await terminal.until('trust.rejected', { reason: 'older-version' });
  await platform.sendHead(published.head);
  await terminal.until('trust.activated', { version: 2 });
  expect(await loadTrust(terminal.state, platform.keys.caCertificate)).toMatchObject({
    version: 2,
  });
});

test('what is kept and not in use is taken again, and only its manifest is fetched', async () => {
  const { platform, terminal: before, published, link } = await withVersion2();
  await link.close();
  before.end();
  // Its ledger is lost: this start knows no platform, and loads nothing.
  rmSync(join(before.state, 'ledger.db'));
  const terminal = new TestTerminal(before.state);
  await terminal.connect(platform.url);
  await platform.sendHead(published.head);
  await terminal.until('trust.activated', { version: 2 });
  expect(terminal.trust).toMatchObject([{ anchors: 1 }]);
  expect(platform.requests).toEqual([published.head.manifest]);
});

test('a trust list does not wait for an entry list that is being fetched', async () => {
  const { platform, terminal } = await withVersion2();
  const list = await platform.publish(1);
  let finish = (): void => {};
  platform.onObject = (sha256, response) => {
    if (sha256 !== list.object) return false;
    finish = () => response.end(platform.objects.get(sha256));
    return true;
  };
  await platform.sendHead(list.head);
  await platform.sendHead((await publish(platform, 3)).head);
  await terminal.until('trust.activated', { version: 3 });
  finish();
  await terminal.until('list.activated', { version: 1 });
});
