/**
 * OpenSSL as an independent peer for paths: NIST's cases, where they lie beside the checkout, and a
 * matrix of right and wrong certificates and CRLs. Whatever OpenSSL refuses, we refuse.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../../platform-sim/x509.ts';
import { validatePath } from '../../src/pki/path-validation.ts';
import { unknownExtension } from '../pki/cards.ts';
import {
  anchor,
  at,
  authorityUnder,
  type ChainCrlOptions,
  crlOf,
  distributionPoints,
  leafUnder,
  NOW,
  type Party,
  type PartyOptions,
  scope,
} from '../pki/chains.ts';
import { judgePkits, PKITS_FILE, PKITS_NOW, readPkits } from './pkits.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-path-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Asked {
  readonly anchor: Buffer;
  readonly intermediates: readonly Buffer[];
  readonly certificate: Buffer;
  readonly crls: readonly Buffer[];
}

let files = 0;
async function pem(kind: 'CERTIFICATE' | 'X509 CRL', ders: readonly Buffer[]): Promise<string> {
  files += 1;
  const file = path.join(folder, `${files}.pem`);
  const blocks = ders.map((der) => {
    const lines = der
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n');
    return `-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`;
  });
  await writeFile(file, blocks.join(''));
  return file;
}

/** Whether `openssl verify` accepts it, with revocation checked for the whole path. */
async function opensslAccepts(asked: Asked, now: number): Promise<boolean> {
  const args = [
    'verify',
    '-crl_check_all',
    '-extended_crl',
    '-attime',
    `${Math.trunc(now / 1000)}`,
  ];
  // With -trusted instead, OpenSSL finds no way to separate signers of CRLs.
  args.push('-no-CApath', '-no-CAstore', '-CAfile', await pem('CERTIFICATE', [asked.anchor]));
  if (asked.intermediates.length > 0)
    args.push('-untrusted', await pem('CERTIFICATE', asked.intermediates));
  if (asked.crls.length > 0) args.push('-CRLfile', await pem('X509 CRL', asked.crls));
  args.push(await pem('CERTIFICATE', [asked.certificate]));
  return new Promise((resolve, reject) => {
    execFile('openssl', args, { timeout: 60_000 }, (error, out) => {
      // 2: looked at and refused. Anything else is no answer.
      if (error === null) resolve(out.includes(': OK'));
      else if (error.code === 2) resolve(false);
      else reject(error);
    });
  });
}

if (existsSync(PKITS_FILE)) {
  const cases = await readPkits(PKITS_FILE);
  describe('OpenSSL and we, on PKITS', () => {
    it(`answer all ${cases.length} cases alike`, async () => {
      for (const each of cases) {
        const openssl = await opensslAccepts(each, PKITS_NOW);
        expect({ title: each.title, valid: openssl }).toEqual({
          title: each.title,
          valid: judgePkits(each).valid,
        });
      }
    });
  });
}

const POINT = 'http://crl.example/1';
const root = anchor();
/** The same name, another key: the generation before. */
const elder = anchor();
const ofScope = (...fields: Buffer[]): ChainCrlOptions => ({ extra: [scope.of(...fields)] });

/** What the CA in the middle may be like; true where that is right. */
const MIDDLES: readonly (readonly [string, boolean, PartyOptions, Party])[] = [
  ['as it should be', true, {}, root],
  ['with room for no other CA', true, { pathLength: 0 }, root],
  ['that is no CA', false, { ca: false }, root],
  ['without basic constraints', false, { ca: null }, root],
  ['that may not sign certificates', false, { keyUsage: ['cRLSign'] }, root],
  ['that may not sign CRLs', false, { keyUsage: ['keyCertSign'] }, root],
  ['that has expired', false, { notAfter: at(-1) }, root],
  ['from the future', false, { notBefore: at(1) }, root],
  ['with an unknown critical extension', false, { extra: [unknownExtension(true)] }, root],
  ['with an unknown extension', true, { extra: [unknownExtension(false)] }, root],
  ['of the elder generation', false, {}, elder],
  ['of the elder generation, naming the new key', false, { authorityKeyId: root.keyId }, elder],
];

const LEAVES: readonly (readonly [string, boolean, PartyOptions])[] = [
  ['as it should be', true, {}],
  ['that has expired', false, { notAfter: at(-1) }],
  ['from the future', false, { notBefore: at(1) }],
  ['with an unknown critical extension', false, { extra: [unknownExtension(true)] }],
  ['with a negative serial number', true, { serial: Buffer.from([0x80, 0x01]) }],
  ['with a point', true, { extra: [distributionPoints([POINT])] }],
];

/** What the CRLs of the CA in the middle may be like; null: right for a leaf with that point. */
const LISTS: readonly (readonly [string, boolean | null, readonly ChainCrlOptions[]])[] = [
  ['complete', true, [{}]],
  ['none', false, []],
  ['past nextUpdate', false, [{ thisUpdate: at(-9), nextUpdate: at(-1) }]],
  ['from the future', false, [{ thisUpdate: at(1), nextUpdate: at(2) }]],
  ['for users', true, [ofScope(scope.yes(1))]],
  ['for CAs', false, [ofScope(scope.yes(2))]],
  ['for attributes', false, [ofScope(scope.yes(5))]],
  ['for one point', null, [ofScope(scope.point(POINT))]],
  ['for one reason', false, [ofScope(scope.compromise)]],
  [
    'for one reason and for all others',
    true,
    [ofScope(scope.compromise), { ...ofScope(scope.otherReasons), number: 2n }],
  ],
  ['indirect', true, [ofScope(scope.yes(4))]],
  ['unknown critical extension', false, [{ extra: [unknownExtension(true)] }]],
  [
    'delta',
    false,
    [{ extra: [{ oid: '2.5.29.27', critical: true, value: encode(0x02, Uint8Array.of(1)) }] }],
  ],
];

const ours = (asked: Asked) =>
  validatePath(asked.certificate, { ...asked, anchors: [asked.anchor] }, NOW).valid;

describe('OpenSSL and we, on one leaf under one CA,', () => {
  const verdicts: string[] = [];

  async function compare(what: string, expected: boolean, asked: Asked): Promise<void> {
    const [openssl, mine] = [await opensslAccepts(asked, NOW), ours(asked)];
    if (openssl !== expected || mine !== expected)
      verdicts.push(`${what}: ${expected} expected, OpenSSL ${openssl}, we ${mine}`);
  }

  it.each([...MIDDLES])('agree on a CA %s', async (what, right, options, issuer) => {
    const middle = authorityUnder(issuer, 'A middle', options);
    for (const [whatLeaf, leafRight, leafOptions] of LEAVES) {
      const asked = {
        anchor: root.der,
        intermediates: [middle.der],
        certificate: leafUnder(middle, leafOptions).der,
        crls: [crlOf(root), crlOf(middle)],
      };
      await compare(`${what} / ${whatLeaf}`, right && leafRight, asked);
    }
    expect(verdicts.splice(0)).toEqual([]);
  });

  it.each([...LISTS])('agree on revocation lists: %s', async (what, right, lists) => {
    const middle = authorityUnder(root, 'A middle');
    for (const [whatLeaf, leafRight, leafOptions] of LEAVES) {
      const leaf = leafUnder(middle, leafOptions);
      for (const revoked of [false, true]) {
        const entries = revoked ? { revoked: [leaf.serial] } : {};
        const asked = {
          anchor: root.der,
          intermediates: [middle.der],
          certificate: leaf.der,
          crls: [crlOf(root), ...lists.map((each) => crlOf(middle, { ...each, ...entries }))],
        };
        const covered = right ?? whatLeaf === 'with a point';
        const expected = covered && leafRight && !revoked;
        await compare(`${what} / ${whatLeaf} / ${revoked}`, expected, asked);
      }
    }
    expect(verdicts.splice(0)).toEqual([]);
  });
});
