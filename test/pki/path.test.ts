/** Paths through intermediate CAs. NIST's own cases are in test/conformance. */

import { describe, expect, it } from 'vitest';
import { encode } from '../../platform-sim/x509.ts';
import { X509Error } from '../../src/pki/der.ts';
import { validatePath } from '../../src/pki/path-validation.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { unknownExtension } from './cards.ts';
import {
  anchor,
  at,
  authorityUnder,
  cn,
  crlOf,
  crossCertificate,
  distributionPoints,
  leafUnder,
  NOW,
  newKey,
  type Party,
} from './chains.ts';

const root = anchor();
const middle = authorityUnder(root, 'A middle');
const leaf = leafUnder(middle);
const crls = [crlOf(root), crlOf(middle)];

interface Asked {
  readonly anchors?: readonly Party[];
  readonly pool?: readonly Party[];
  readonly crls?: readonly Buffer[];
  readonly now?: number;
}

/** The number of certificates below the anchor, or the fault. */
function judge(target: Party, asked: Asked = {}): number | string {
  const verdict = validatePath(
    target.der,
    {
      anchors: (asked.anchors ?? [root]).map(({ der }) => der),
      intermediates: (asked.pool ?? [middle]).map(({ der }) => der),
      crls: asked.crls ?? crls,
    },
    asked.now ?? NOW,
  );
  return verdict.valid ? verdict.length : verdict.fault;
}

/** `count` CAs, each under the one before, and a leaf under the last; CRLs of all. */
function chain(count: number, first = anchor()) {
  const parties = [first];
  for (let index = 0; index < count; index += 1)
    parties.push(authorityUnder(parties.at(-1) ?? first, `CA ${index}`));
  const last = parties.at(-1) ?? first;
  const lists = parties.map((each) => crlOf(each));
  return { anchors: [first], pool: parties.slice(1), crls: lists, leaf: leafUnder(last) };
}

describe('a path is valid', () => {
  it('from the anchor, through one CA, and through seven', () => {
    expect(judge(leafUnder(root))).toBe(1);
    expect(judge(leaf)).toBe(2);
    const long = chain(7);
    expect(judge(long.leaf, long)).toBe(8);
  });

  it('in whatever order the pool is, with strangers in it and with what can not be read', () => {
    const { leaf: target, ...rest } = chain(3);
    const garbage = { ...middle, der: Buffer.from('no certificate') };
    const pool = [middle, garbage, ...rest.pool.toReversed()];
    expect(judge(target, { ...rest, pool, crls: [Buffer.from('no'), ...rest.crls] })).toBe(4);
  });

  it('when the name of the issuer is written with other letters and blanks', () => {
    const spelt = { ...middle, name: cn('  a   MIDDLE ') };
    expect(judge(leafUnder(spelt), { crls: [crlOf(root), crlOf(spelt)] })).toBe(2);
  });

  it('when key identifiers are left out', () => {
    expect(judge(leafUnder(middle, { authorityKeyId: null }))).toBe(2);
  });

  it('when the CA has a new key, certified under its old one', () => {
    const renewed = authorityUnder(middle, 'A middle');
    const lists = [...crls, crlOf(renewed, { number: 2n })];
    const target = leafUnder(renewed);
    expect(judge(target, { pool: [middle, renewed], crls: lists })).toBe(3);
    const noDeeper = authorityUnder(root, 'A middle', { pathLength: 0 });
    const again = authorityUnder(noDeeper, 'A middle');
    const asked = { pool: [noDeeper, again], crls: [crlOf(root), crlOf(noDeeper), crlOf(again)] };
    expect(judge(leafUnder(again), asked)).toBe(3);
    const deeper = authorityUnder(noDeeper, 'Another');
    expect(judge(leafUnder(deeper), { ...asked, pool: [noDeeper, deeper] })).toBe('path-too-long');
  });

  it('to the last millisecond of its certificates', () => {
    const notAfter = new Date(Math.trunc(NOW / 1000) * 1000);
    const target = leafUnder(root, { notAfter });
    expect(judge(target, { now: notAfter.getTime() })).toBe(1);
    expect(judge(target, { now: notAfter.getTime() + 1 })).toBe('outside-validity');
  });

  it('by another way when the first one fails', () => {
    const old = authorityUnder(root, 'A middle', {
      ...middle,
      name: middle.name,
      notAfter: at(-1),
    });
    expect(judge(leaf, { pool: [old, middle] })).toBe(2);
  });
});

describe('a path is refused', () => {
  it('when its anchor is not pinned, or the CA is not there', () => {
    expect(judge(leaf, { anchors: [anchor()] })).toBe('no-path');
    expect(judge(leaf, { anchors: [] })).toBe('no-path');
    expect(judge(leaf, { pool: [] })).toBe('no-path');
  });

  it('when it begins with a self-signed certificate that came with it', () => {
    const theirs = anchor();
    const target = leafUnder(theirs);
    expect(judge(target, { pool: [theirs], crls: [crlOf(theirs)] })).toBe('no-path');
  });

  it('when another key signed it under the right name', () => {
    const impostor = { ...middle, privateKey: newKey() };
    expect(judge(leafUnder(impostor))).toBe('no-path');
    expect(judge(leafUnder({ ...middle, name: cn('Another') }))).toBe('no-path');
  });

  it('when it names another key than the one that signed it', () => {
    expect(judge(leafUnder(middle, { authorityKeyId: root.keyId }))).toBe('no-path');
  });

  it('when an issuer is no CA, or may not sign certificates', () => {
    for (const [options, fault] of [
      [{ ca: false }, 'not-a-ca'],
      [{ ca: null }, 'not-a-ca'],
      [{ keyUsage: ['cRLSign'] }, 'may-not-issue'],
    ] as const) {
      const wrong = authorityUnder(root, 'Wrong', options);
      const asked = { pool: [wrong], crls: [crlOf(root), crlOf(wrong)] };
      expect(judge(leafUnder(wrong), asked)).toBe(fault);
    }
    expect(judge(leafUnder(leaf), { pool: [middle, leaf] })).toBe('not-a-ca');
  });

  it('when there are more CAs than one of them, or the anchor, allows', () => {
    const short = anchor({ pathLength: 0 });
    const { leaf: target, ...rest } = chain(1, short);
    expect(judge(target, rest)).toBe('path-too-long');
    expect(judge(leafUnder(short), rest)).toBe(1);
  });

  it('when anything in it is outside its validity', () => {
    for (const dates of [{ notAfter: at(-1) }, { notBefore: at(1) }]) {
      const late = authorityUnder(root, 'Late', dates);
      expect(judge(leafUnder(late), { pool: [late] })).toBe('outside-validity');
      expect(judge(leafUnder(root, dates))).toBe('outside-validity');
      const lateRoot = anchor(dates);
      expect(judge(leafUnder(lateRoot), { anchors: [lateRoot] })).toBe('outside-validity');
    }
  });

  it('when a certificate of it has a critical extension that nobody here understands', () => {
    const extra = [unknownExtension(true)];
    expect(judge(leafUnder(middle, { extra }))).toBe('malformed');
    const odd = authorityUnder(root, 'Odd', { extra });
    expect(judge(leafUnder(odd), { pool: [odd] })).toBe('no-path');
  });

  it.each(['2.5.29.30', '2.5.29.36'])(
    'when it has constraints that are not processed, %s',
    (oid) => {
      for (const critical of [true, false]) {
        const extra = [{ oid, critical, value: encode(0x30) }];
        const odd = authorityUnder(root, 'Odd', { extra });
        expect(judge(leafUnder(odd), { pool: [odd], crls: [crlOf(root), crlOf(odd)] })).toBe(
          'no-path',
        );
      }
    },
  );

  it('when it is no certificate', () => {
    expect(judge({ ...leaf, der: Buffer.from('no') })).toBe('malformed');
    expect(judge({ ...leaf, der: Buffer.concat([leaf.der, Buffer.alloc(1)]) })).toBe('malformed');
  });

  it('and an anchor that is no certificate is a mistake of whoever pinned it', () => {
    const broken = { ...root, der: Buffer.from('no') };
    expect(() => judge(leaf, { anchors: [broken] })).toThrow(X509Error);
  });
});

describe('a search for a path ends', () => {
  it('at nine certificates', () => {
    const { leaf: target, ...rest } = chain(8);
    expect(judge(target, rest)).toBe('no-path');
  });

  it('when there are more certificates or CRLs than anybody needs', () => {
    const many = Array.from({ length: 65 }, () => middle);
    expect(judge(leaf, { anchors: many })).toBe('too-much');
    expect(judge(leaf, { pool: many })).toBe('too-much');
    expect(judge(leaf, { crls: many.map(() => Buffer.alloc(0)) })).toBe('too-much');
  });

  it('when two CAs certify each other', () => {
    const [one, two] = [anchor({ name: cn('One') }), anchor({ name: cn('Two') })];
    const pool = [crossCertificate(one, two), crossCertificate(two, one)];
    expect(judge(leafUnder(one), { pool })).toBe('no-path');
  });

  it('within a moment when all CAs of a pool certify all others', () => {
    const parties = Array.from({ length: 6 }, (_, index) => anchor({ name: cn(`CA ${index}`) }));
    const pool = parties.flatMap((issuer) =>
      parties.flatMap((subject) => (subject === issuer ? [] : [crossCertificate(issuer, subject)])),
    );
    const took = stopwatch();
    const [first = root] = parties;
    expect(pool).toHaveLength(30);
    expect(judge(leafUnder(first), { pool })).toBe('too-much');
    expect(took()).toBeLessThan(3000);
  });

  it('within a moment under a CA that went mad: many paths, many points, many lists', () => {
    const parties = Array.from({ length: 7 }, (_, index) => authorityUnder(root, `CA ${index}`));
    const crosses = parties.flatMap((issuer) =>
      parties.flatMap((subject) => (subject === issuer ? [] : [crossCertificate(issuer, subject)])),
    );
    const [first = root] = parties;
    const points = Array.from({ length: 16 }, (_, index) => `http://crl.example/${index}`);
    const target = leafUnder(first, { extra: [distributionPoints(points)] });
    const lists = [crlOf(root)];
    for (const party of parties)
      for (let count = 0; count < 9; count += 1)
        lists.push(crlOf({ ...party, privateKey: newKey() }, { authorityKeyId: null }));
    const took = stopwatch();
    expect(judge(target, { pool: [...parties, ...crosses], crls: lists })).toBe('too-much');
    expect(took()).toBeLessThan(3000);
  });

  it('after 64 paths that led to nothing', () => {
    const { name, privateKey } = root;
    const anchors = Array.from({ length: 33 }, () => anchor({ privateKey, notAfter: at(-1) }));
    const target = leafUnder(root);
    expect(judge(target, { anchors, pool: [] })).toBe('outside-validity');
    const itself = crossCertificate(root, { ...root, name });
    expect(judge(target, { anchors, pool: [itself] })).toBe('too-much');
  });

  it('after 256 signatures, when a chain of one name says nothing of its keys', () => {
    const silent = { authorityKeyId: null };
    const chained = [authorityUnder(root, 'Same', silent)];
    for (let count = 1; count < 64; count += 1)
      chained.push(authorityUnder(chained.at(-1) ?? root, 'Same', silent));
    const [second, sixth] = [chained[1] ?? root, chained[5] ?? root];
    const lists = [crlOf(root), ...chained.slice(0, 6).map((each) => crlOf(each))];
    // The right one is the last that is tried.
    const pool = chained.toReversed();
    expect(judge(leafUnder(second, silent), { pool, crls: lists })).toBe(3);
    expect(judge(leafUnder(sixth, silent), { pool, crls: lists })).toBe('too-much');
  });

  it('within a moment when all of a pool have one name and sign nothing', () => {
    const pool = Array.from({ length: 64 }, () => authorityUnder(root, 'Same'));
    const target = leafUnder({ ...middle, name: cn('Same') }, { authorityKeyId: null });
    expect(judge(target, { pool })).toBe('no-path');
  });
});
