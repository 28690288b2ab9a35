/** Institutions as they come down, are kept, and are refused. */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { loadInstitution } from '../../src/link/institution-download.ts';
import type { Head, InstitutionManifest } from '../../src/link/protocol.ts';
import {
  type TestInstitution,
  testAuthority,
  testInstitution,
} from '../devices/institution-fixture.ts';
import { FakePlatform, headOf, iso, json } from './fake-platform.ts';
import { TestTerminal, tempFolder } from './fixtures.ts';

const AUTHORITY = testAuthority();
const FIRST = testInstitution(AUTHORITY);
const SECOND = testInstitution(AUTHORITY);
const objects = ({ certificate, signature }: TestInstitution) =>
  Buffer.concat([certificate, signature]);
const keyOf = ({ keys }: TestInstitution) =>
  keys.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');

function rootOf(certificates: readonly Buffer[]): string {
  const root = createHash('sha256');
  for (const each of certificates) root.update(createHash('sha256').update(each).digest());
  return root.digest('hex');
}

interface Offer {
  readonly version: number;
  readonly institutions?: readonly TestInstitution[];
  readonly key?: string | null;
  readonly manifest?: Partial<InstitutionManifest>;
  readonly head?: Partial<Head>;
  readonly keys?: PlatformKeys;
}

async function offer(platform: FakePlatform, what: Offer): Promise<void> {
  const { version, institutions = [FIRST], key = keyOf(FIRST), keys = platform.keys } = what;
  const certificates = institutions.map(objects);
  const manifest: InstitutionManifest = {
    kind: 'institution',
    list: 'institution',
    version,
    root: rootOf(certificates),
    issuedAt: iso(-60_000),
    institutions: certificates.map((each) => each.toString('base64')),
    ...what.manifest,
  };
  const object = platform.put(await keys.sign('institution', json(manifest)));
  const head = { ...headOf(manifest, object), ...what.head };
  const statement = (await platform.keys.sign('head', json(head))).toString('base64');
  platform.send({ frame: 'head', statement, ...(key !== null && { key }) });
}

async function withVersion2() {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  await offer(platform, { version: 2 });
  await terminal.until('institution.activated', { version: 2 });
  return { platform, terminal, link };
}

const keyFile = (terminal: TestTerminal) => join(terminal.state, 'keys', 'institution.bin');

function load(terminal: TestTerminal, platform: FakePlatform) {
  const noted: [string, Readonly<Record<string, unknown>>][] = [];
  const { state, keyStore } = terminal;
  const { caCertificate } = platform.keys;
  const loading = loadInstitution(state, keyStore, caCertificate, (event, fields) =>
    noted.push([event, fields]),
  );
  return loading.then((loaded) => ({ loaded, noted }));
}

test('an institution in force comes down with its key, and is there without a network', async () => {
  const { platform, terminal, link } = await withVersion2();
  expect(terminal.institutions).toMatchObject([{ version: 2 }]);
  await link.close();
  const { loaded, noted } = await load(terminal, platform);
  expect(loaded?.institution?.certificate.equals(objects(FIRST))).toBe(true);
  expect(loaded?.institution?.key.publicKey.equals(FIRST.keys.publicKey)).toBe(true);
  expect(noted).toEqual([['institution.activated', { version: 2, institutions: 1, hasKey: true }]]);
  expect(statSync(keyFile(terminal)).mode & 0o777).toBe(0o600);
});

test('a revoked institution is not used any more, and its key is gone', async () => {
  const { platform, terminal } = await withVersion2();
  await offer(platform, { version: 3, institutions: [], key: null });
  await terminal.until('institution.activated', { version: 3, institutions: 0, hasKey: false });
  expect(terminal.institutions.at(-1)).toMatchObject({ version: 3, institution: null });
  expect(existsSync(keyFile(terminal))).toBe(false);
  expect((await load(terminal, platform)).loaded?.institution).toBeNull();
});

test('a key whose certificate is not in force is not used', async () => {
  const { platform, terminal } = await withVersion2();
  await offer(platform, { version: 3, institutions: [SECOND] });
  await terminal.until('institution.activated', { version: 3, institutions: 1, hasKey: false });
  expect(existsSync(keyFile(terminal))).toBe(false);
});

test('a key that others can read is not used', async () => {
  const { platform, terminal } = await withVersion2();
  chmodSync(keyFile(terminal), 0o640);
  const { loaded, noted } = await load(terminal, platform);
  expect(loaded).toBeNull();
  expect(noted).toMatchObject([['institution.rejected', { version: 2, reason: 'key-store' }]]);
});

test.each([
  ['lost', (file: string) => rmSync(file)],
  ['damaged', (file: string) => writeFileSync(file, 'cut')],
  ['open to others', (file: string) => chmodSync(file, 0o644)],
])('a key that is %s comes again with the head of the same version', async (_what, harm) => {
  const { platform, terminal } = await withVersion2();
  harm(keyFile(terminal));
  await offer(platform, { version: 2 });
  await expect.poll(() => terminal.institutions, { timeout: 20_000 }).toHaveLength(2);
  expect(terminal.institutions[1]?.institution?.key.publicKey.equals(FIRST.keys.publicKey)).toBe(
    true,
  );
  expect(statSync(keyFile(terminal)).mode & 0o777).toBe(0o600);
});

test('a key that comes again with the head of the same version is not written again', async () => {
  const { platform, terminal } = await withVersion2();
  const before = statSync(keyFile(terminal)).ino;
  await offer(platform, { version: 2 });
  await offer(platform, { version: 3 });
  await terminal.until('institution.activated', { version: 3 });
  expect(terminal.of('institution.activated')).toHaveLength(2);
  expect(statSync(keyFile(terminal)).ino).not.toBe(before);
});

const refusals: readonly (readonly [
  string,
  string,
  Omit<Offer, 'version'> & { version?: number },
])[] = [
  ['an older version', 'older-version', { version: 1 }],
  ['the same version with another root', 'root-mismatch', { version: 2, institutions: [SECOND] }],
  ['a head that names another root', 'root-mismatch', { head: { root: 'ab'.repeat(32) } }],
  ['a certificate that is none', 'malformed', { manifest: { institutions: ['AAAA'] } }],
  ['bytes that are no key', 'key', { key: 'AAAA' }],
  ['a head of another kind', 'wrong-kind', { head: { of: 'trust' } }],
];

test.each(refusals)('%s is refused: %s, and what is active stays', async (_what, reason, what) => {
  const { platform, terminal } = await withVersion2();
  const before = readFileSync(keyFile(terminal));
  await offer(platform, { version: 3, ...what });
  const event = what.head?.of === 'trust' ? 'trust.rejected' : 'institution.rejected';
  await terminal.until(event, { reason });
  expect(terminal.institutions).toHaveLength(1);
  expect(readFileSync(keyFile(terminal)).equals(before)).toBe(true);
});

test('what is kept and not in use is taken again with the head of the same version', async () => {
  const { platform, terminal: before, link } = await withVersion2();
  await link.close();
  before.end();
  // Its ledger is lost: this start knows no platform, and loads nothing.
  rmSync(join(before.state, 'ledger.db'));
  const terminal = new TestTerminal(before.state);
  await terminal.connect(platform.url);
  await offer(platform, { version: 2 });
  await terminal.until('institution.activated', { version: 2, hasKey: true });
  expect(terminal.institutions[0]?.institution?.certificate.equals(objects(FIRST))).toBe(true);
});

test('a list that another platform signed is refused', async () => {
  const { platform, terminal } = await withVersion2();
  const keys = await PlatformKeys.openOrCreate(tempFolder());
  await offer(platform, { version: 3, keys });
  await terminal.until('institution.rejected', { version: 3, reason: 'bad-signature' });
});

test('a kept list that was changed on the disk is not believed', async () => {
  const { platform, terminal, link } = await withVersion2();
  await link.close();
  const file = join(terminal.state, 'institution', 'list.json');
  const kept = JSON.parse(readFileSync(file, 'utf8'));
  const manifest = Buffer.from(kept.manifest, 'base64');
  manifest[manifest.length - 5] = (manifest.at(-5) ?? 0) ^ 1;
  writeFileSync(file, JSON.stringify({ ...kept, manifest: manifest.toString('base64') }));
  expect((await load(terminal, platform)).loaded).toBeNull();
});

test('no key is written to the journal', async () => {
  const { terminal } = await withVersion2();
  expect(JSON.stringify(terminal.noted)).not.toContain(keyOf(FIRST).slice(40, 80));
});
