/** Which CRLs answer for a certificate of a path, and which only seem to. */

import { describe, expect, it } from 'vitest';
import { encode, extension } from '../../platform-sim/x509.ts';
import { validatePath } from '../../src/pki/path-validation.ts';
import { unknownExtension } from './cards.ts';
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
  scope,
} from './chains.ts';
import { REVOKED_FOR } from './revoked-for.ts';

const root = anchor();
const middle = authorityUnder(root, 'A middle');
const leaf = leafUnder(middle);
const ofRoot = crlOf(root);
const POINT = 'http://crl.example/1';

/** `valid`, or fault and detail. */
function judge(
  target: Party,
  crls: readonly Buffer[],
  pool: readonly Party[] = [middle],
  anchors: readonly Party[] = [root],
): string {
  const der = ({ der: bytes }: Party) => bytes;
  const material = { anchors: anchors.map(der), intermediates: pool.map(der), crls };
  const verdict = validatePath(target.der, material, NOW);
  if (verdict.valid) return 'valid';
  return verdict.fault === 'revoked' ? `revoked: ${verdict.detail}` : verdict.fault;
}

const withCrl = (options: ChainCrlOptions, target = leaf) =>
  judge(target, [ofRoot, crlOf(middle, options)]);
const withScope = (...fields: Buffer[]) => withCrl({ extra: [scope.of(...fields)] });

describe('a certificate of a path is revoked', () => {
  it.each(REVOKED_FOR)('for the reason %s, which is kept', (reason) => {
    expect(withCrl({ revoked: [leaf.serial], reason })).toBe(`revoked: ${reason}`);
  });

  it('when the CA above it is', () => {
    const lists = [crlOf(root, { revoked: [middle.serial] }), crlOf(middle)];
    expect(judge(leaf, lists)).toBe('revoked: keyCompromise');
  });

  it('when its serial number is negative', () => {
    const serial = Buffer.from([0x80, 0x01]);
    const odd = leafUnder(middle, { serial });
    expect(withCrl({ revoked: [serial] }, odd)).toBe('revoked: keyCompromise');
    expect(withCrl({ revoked: [Buffer.from([0x00, 0x80, 0x01])] }, odd)).toBe('valid');
  });

  it('by the list with the highest number, whichever comes first', () => {
    const on = crlOf(middle, { revoked: [leaf.serial], number: 2n });
    const off = crlOf(middle, { number: 3n });
    const again = crlOf(middle, { revoked: [leaf.serial], number: 4n });
    expect(judge(leaf, [on, off, ofRoot])).toBe('valid');
    expect(judge(leaf, [off, on, ofRoot])).toBe('valid');
    expect(judge(leaf, [off, on, ofRoot, again])).toBe('revoked: keyCompromise');
  });

  it('not when a certificate with that number by another CA is', () => {
    const other = authorityUnder(root, 'Another', { serial: middle.serial });
    const lists = [ofRoot, crlOf(middle), crlOf(other, { revoked: [leaf.serial] })];
    expect(judge(leaf, lists, [middle, other])).toBe('valid');
  });
});

describe('a CRL answers for nothing', () => {
  const open = 'revocation-unknown';

  it('when it is not there', () => {
    expect(judge(leaf, [])).toBe(open);
    expect(judge(leaf, [ofRoot])).toBe(open);
    expect(judge(leaf, [crlOf(middle)])).toBe(open);
  });

  it('past its nextUpdate, or when it comes from the future', () => {
    expect(withCrl({ thisUpdate: at(-9), nextUpdate: at(-1) })).toBe(open);
    expect(withCrl({ thisUpdate: at(1), nextUpdate: at(2) })).toBe(open);
    expect(withCrl({ thisUpdate: new Date(NOW + 290_000) })).toBe('valid');
  });

  it.each([
    ['is a delta', { oid: '2.5.29.27', critical: true, value: encode(0x02, Uint8Array.of(1)) }],
    ['says what nobody here understands', unknownExtension(true)],
    ['says something twice', extension.crlNumber(7n)],
  ])('when it %s', (_what, extra) => {
    expect(withCrl({ extra: [extra] })).toBe(open);
  });

  it('when a direct list speaks of the certificates of another CA', () => {
    const revoked = [leafUnder(root).serial];
    expect(withCrl({ revoked })).toBe('valid');
    expect(withCrl({ revoked, certificateIssuer: root })).toBe(open);
  });

  it('when its scope is another one', () => {
    expect(withScope(scope.yes(2))).toBe(open);
    expect(withScope(scope.yes(5))).toBe(open);
    expect(withScope(scope.point(POINT))).toBe(open);
    expect(withScope(scope.compromise)).toBe(open);
    const userOnly = crlOf(root, { extra: [scope.of(scope.yes(1))] });
    expect(judge(leaf, [userOnly, crlOf(middle)])).toBe(open);
  });

  it('when its issuer may not sign CRLs', () => {
    const mute = authorityUnder(root, 'Mute', { keyUsage: ['keyCertSign'] });
    expect(judge(leafUnder(mute), [ofRoot, crlOf(mute)], [mute])).toBe(open);
  });

  it('when an older generation of the CA signed it, pinned beside the new one or not', () => {
    const elder = anchor();
    const card = leafUnder(root);
    expect(judge(card, [ofRoot], [], [elder, root])).toBe('valid');
    expect(judge(card, [crlOf(elder)], [], [root])).toBe(open);
    expect(judge(card, [crlOf(elder)], [], [elder, root])).toBe(open);
    expect(judge(card, [crlOf(elder)], [elder], [elder, root])).toBe(open);
    const renamed = crlOf(elder, { authorityKeyId: root.keyId });
    expect(judge(card, [renamed], [], [elder, root])).toBe(open);
    const nameless = crlOf(elder, { authorityKeyId: null });
    expect(judge(card, [nameless], [], [elder, root])).toBe(open);
  });

  it('when its signer has none but itself to vouch for it', () => {
    const signer = authorityUnder(middle, 'A middle', { keyUsage: ['cRLSign'] });
    const bySigner = crlOf(signer);
    expect(judge(leaf, [ofRoot, bySigner], [middle, signer])).toBe(open);
    const both = [ofRoot, bySigner, crlOf(middle, { extra: [scope.of(scope.point(POINT))] })];
    expect(judge(leaf, both, [middle, signer])).toBe(open);
    const pointed = authorityUnder(middle, 'A middle', {
      keyUsage: ['cRLSign'],
      extra: [distributionPoints([POINT])],
    });
    const lists = [ofRoot, crlOf(pointed), ...both.slice(2)];
    expect(judge(leaf, lists, [middle, pointed])).toBe('valid');
  });

  it('when its signer was revoked', () => {
    const signer = authorityUnder(root, 'A middle', { keyUsage: ['cRLSign'] });
    const bySigner = crlOf(signer);
    expect(judge(leaf, [ofRoot, bySigner], [middle, signer])).toBe('valid');
    const revoking = crlOf(root, { revoked: [signer.serial] });
    expect(judge(leaf, [revoking, bySigner], [middle, signer])).toBe(open);
  });
});

describe('a CRL of narrow scope answers', () => {
  it('for user certificates, and for CAs', () => {
    const ofCas = crlOf(root, { extra: [scope.of(scope.yes(2))] });
    const ofUsers = crlOf(middle, { extra: [scope.of(scope.yes(1))] });
    expect(judge(leaf, [ofCas, ofUsers])).toBe('valid');
  });

  it('for the point that the certificate names', () => {
    const extra = [scope.of(scope.point(POINT))];
    const pointing = leafUnder(middle, { extra: [distributionPoints([POINT])] });
    const elsewhere = leafUnder(middle, { extra: [distributionPoints([`${POINT}/other`])] });
    expect(withCrl({ extra }, pointing)).toBe('valid');
    expect(withCrl({ extra }, elsewhere)).toBe('revocation-unknown');
    expect(withCrl({ extra, revoked: [pointing.serial] }, pointing)).toBe('revoked: keyCompromise');
  });

  it('for some reasons, when another one answers for the rest', () => {
    const some = { extra: [scope.of(scope.compromise)] };
    const rest = { extra: [scope.of(scope.otherReasons)], number: 2n };
    const lists = (revoked: Buffer[] = []) => [
      ofRoot,
      crlOf(middle, some),
      crlOf(middle, { ...rest, revoked, reason: 'superseded' }),
    ];
    expect(judge(leaf, lists())).toBe('valid');
    expect(judge(leaf, lists([leaf.serial]))).toBe('revoked: superseded');
  });

  it('for another CA, when the certificate says who answers and the list that it does', () => {
    const bureau = authorityUnder(root, 'A bureau', { ca: null, keyUsage: ['cRLSign'] });
    const pointing = leafUnder(middle, { extra: [distributionPoints([], bureau)] });
    const indirect = crlOf(bureau, { extra: [scope.of(scope.yes(4))] });
    const pool = [middle, bureau];
    expect(judge(pointing, [ofRoot, indirect], pool)).toBe('valid');
    expect(judge(pointing, [ofRoot, crlOf(bureau)], pool)).toBe('revocation-unknown');
    expect(judge(leaf, [ofRoot, indirect], pool)).toBe('revocation-unknown');
    const revoking = (certificateIssuer?: Party) => {
      const revoked = [leaf.serial, pointing.serial];
      const by = certificateIssuer && { certificateIssuer };
      return crlOf(bureau, { revoked, extra: [scope.of(scope.yes(4))], ...by });
    };
    expect(judge(pointing, [ofRoot, revoking(middle)], pool)).toBe('revoked: keyCompromise');
    // Without a name, and under the name of another CA, the entries are of others' certificates.
    expect(judge(pointing, [ofRoot, revoking()], pool)).toBe('valid');
    expect(judge(pointing, [ofRoot, revoking(root)], pool)).toBe('valid');
  });
});
