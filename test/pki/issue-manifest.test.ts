/** Issue manifests: each municipality signs its own, and no other key or municipality does. */

import { createHash, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../platform-sim/input-error.ts';
import { ISSUERS } from '../../platform-sim/municipal-codes.ts';
import { rotateRole } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { IssueManifest } from '../../src/link/certificate-protocol.ts';
import { openIssueManifest } from '../../src/pki/issue-manifest.ts';
import { openRoot } from '../../src/pki/root-object.ts';
import { SignedObjectError, type Signers } from '../../src/pki/signed-object.ts';

const TOWN = '990011';
const CITY = '990037';

let folder: string;
let keys: PlatformKeys;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-issuers-'));
  keys = await PlatformKeys.openOrCreate(path.join(folder, 'keys'));
});
afterAll(() => rm(folder, { recursive: true }));

/** As a terminal believes it: by the newest root. */
function signers(of = keys): Signers {
  const root = of.roots.reduce(
    (before: ReturnType<typeof openRoot> | null, cms) => openRoot(cms, before),
    null,
  );
  return { ca: of.caCertificate, names: (kind, key) => root?.names(kind, key) ?? false };
}

function manifest(over: Readonly<Record<string, unknown>> = {}): Buffer {
  const said: IssueManifest = {
    kind: 'issue-manifest',
    request: randomUUID(),
    terminal: 'kiosk-1',
    municipality: TOWN,
    subject: 'ab'.repeat(32),
    document: 'family-register-individual',
    option: 'plain',
    copies: 1,
    pages: 2,
    fee: 450,
    sha256: 'cd'.repeat(32),
    issuedAt: new Date().toISOString(),
  };
  return Buffer.from(JSON.stringify({ ...said, ...over }));
}

async function refusal(cms: Buffer, by = signers()): Promise<string> {
  const error = await openIssueManifest(cms, by, Date.now()).catch((reason: unknown) => reason);
  if (error instanceof SignedObjectError) return error.reason;
  throw error instanceof Error ? error : new Error('it was believed');
}

test('a manifest of each municipality opens, with the key that signs its papers, too', async () => {
  const seen = new Set<string>();
  for (const municipality of ISSUERS) {
    const cms = await keys.signIssue(municipality, manifest({ municipality }));
    const opened = await openIssueManifest(cms, signers(), Date.now());
    expect(opened.manifest).toMatchObject({ municipality, pages: 2 });
    const issuer = keys.issuer(municipality);
    expect(opened.signer).toBe(issuer?.id);
    const spki = opened.key.export({ format: 'der', type: 'spki' });
    expect(createHash('sha256').update(spki).digest('hex')).toBe(opened.signer);
    expect(issuer && createPublicKey(issuer.key).equals(opened.key)).toBe(true);
    seen.add(opened.signer);
  }
  expect(seen.size).toBe(ISSUERS.length);
});

test('the key signs what is no CMS, too, and the opened one verifies it', async () => {
  const key = keys.issuer(TOWN)?.key;
  if (key === undefined) throw new Error('no key');
  const code = Buffer.from('kazasu-paper-1 and more');
  const signature = sign('sha256', code, { key, dsaEncoding: 'ieee-p1363' });
  const opened = await openIssueManifest(
    await keys.signIssue(TOWN, manifest()),
    signers(),
    Date.now(),
  );
  const by = { key: opened.key, dsaEncoding: 'ieee-p1363' } as const;
  expect(verify('sha256', code, by, signature)).toBe(true);
});

test('no municipality speaks for another', async () => {
  const cms = await keys.signIssue(CITY, manifest({ municipality: TOWN }));
  expect(await refusal(cms)).toBe('not-named');
});

test.each([
  ['with a page too many', { pages: 41 }],
  ['without pages', { pages: 0 }],
  ['of another kind', { kind: 'head' }],
  ['with a request that is no random number', { request: '1' }],
  ['with a field too many', { holder: '山田' }],
  ['with a fee that is none', { fee: -450 }],
])('one %s is none', async (_what, over) => {
  expect(await refusal(await keys.signIssue(TOWN, manifest(over)))).toBe('malformed');
});

test('one that a key of the platform signed is none, nor is anything else of a municipality', async () => {
  expect(await refusal(await keys.sign('head', manifest()))).toBe('wrong-kind');
});

test('one whose content is no OCTET STRING is malformed, and nothing worse', async () => {
  const envelope = pkijs.ContentInfo.fromBER(await keys.signIssue(TOWN, manifest()));
  const object = new pkijs.SignedData({ schema: envelope.content });
  object.encapContentInfo.eContent = new asn1js.Null() as never;
  envelope.content = object.toSchema(true);
  expect(await refusal(Buffer.from(envelope.toSchema().toBER()))).toBe('malformed');
});

test('one that is larger than a manifest can be is not looked at', async () => {
  const large = await keys.signIssue(TOWN, Buffer.alloc(64_000, ' '));
  expect(await refusal(large)).toBe('malformed');
});

test('a key that the root does not name any more signs nothing', async () => {
  const before = await keys.signIssue(TOWN, manifest());
  const old = keys.issuer(TOWN)?.id;
  const offline = PlatformKeys.offlineFolder(path.join(folder, 'keys'));
  expect(await rotateRole(keys, offline, 'issue-manifest', Date.now())).toBe(2);
  expect(await refusal(before)).toBe('not-named');
  const after = await keys.signIssue(TOWN, manifest());
  const { signer } = await openIssueManifest(after, signers(), Date.now());
  expect(signer).not.toBe(old);
  expect(keys.root.roles['issue-manifest']).toHaveLength(ISSUERS.length);
});

test('keys live on when the platform starts again, each with its own municipality', async () => {
  const again = await PlatformKeys.openOrCreate(path.join(folder, 'keys'));
  for (const code of ISSUERS) expect(again.issuer(code)?.id).toBe(keys.issuer(code)?.id);
});

test('a municipality without a key issues nothing, and it is said how it gets one', async () => {
  expect(keys.issuer('990061')).toBeNull();
  const error = await Promise.resolve()
    .then(() => keys.signIssue('990061', manifest()))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  expect(String(error)).toContain('root rotate --role issue-manifest');
});

test('a key whose file is gone is nobody’s', async () => {
  const directory = path.join(folder, 'keys');
  const id = keys.issuer(CITY)?.id.slice(0, 16);
  const file = path.join(directory, `issue-manifest-${id}.der`);
  await rename(file, `${file}.gone`);
  const again = await PlatformKeys.openOrCreate(directory);
  await rename(`${file}.gone`, file);
  expect(again.issuer(CITY)).toBeNull();
  expect(again.issuer(TOWN)?.id).toBe(keys.issuer(TOWN)?.id);
});
