/** Delta CRLs (RFC 5280 5.2.4): what one changes, and when it counts for nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrlOptions } from '../../platform-sim/authority.ts';
import { encode, type RevocationReason } from '../../platform-sim/x509.ts';
import { readAnchor } from '../../src/pki/anchor.ts';
import { type CrlEntry, readCrl } from '../../src/pki/crl-reader.ts';
import { at, authority, deltaOn, elder, issue, judge, load, NOW, revoking } from './cards.ts';

const [card, other] = await Promise.all([issue(), issue()]);

const entry = (of: typeof card, reason: RevocationReason) => {
  return { serial: of.serial, at: at(-1), reason };
};
const full = (number: bigint, options: CrlOptions = {}) => authority.crl({ number, ...options });
const delta = (number: bigint, base: bigint, options: CrlOptions = {}) =>
  authority.crl({ number, ...options, extra: [deltaOn(base), ...(options.extra ?? [])] });
const usersOnly = {
  oid: '2.5.29.28',
  critical: true,
  value: encode(0x30, encode(0x81, Uint8Array.of(0xff))),
};

describe('a delta', () => {
  it('adds to its base, and takes back what was on hold', async () => {
    const held = revoking(card, { number: 5n }, 'certificateHold');
    const revoked = [entry(card, 'removeFromCRL'), entry(other, 'superseded')];
    const store = await load([delta(7n, 5n, { revoked }), held]);
    expect(await judge(card.der, store)).toBe('checked');
    expect(await store.verify(other.der, NOW)).toMatchObject({ revokedFor: 'superseded' });
    expect(store.ignoredDeltas).toEqual([]);
    expect(store.crls[0]).toMatchObject({ number: 7n });
  });

  it('says another reason than its base', async () => {
    const revoked = [entry(card, 'keyCompromise')];
    const held = revoking(card, { number: 5n }, 'certificateHold');
    const store = await load([held, delta(7n, 5n, { revoked })]);
    expect(await store.verify(card.der, NOW)).toMatchObject({ revokedFor: 'keyCompromise' });
  });

  it('builds on any full list from its base on, up to its own number', async () => {
    const revoked = [entry(card, 'superseded')];
    for (const number of [5n, 6n]) {
      const store = await load([full(number), delta(7n, 5n, { revoked })]);
      expect(await judge(card.der, store)).toBe('certificate-revoked');
    }
  });

  it('says how old the whole is', async () => {
    const old = { thisUpdate: at(-9), nextUpdate: at(-2) };
    const store = load([full(5n, old), delta(7n, 5n)]);
    expect(await judge(card.der, store)).toBe('checked');
    expect(await judge(card.der, load([full(5n), delta(7n, 5n, old)]))).toBe('stale');
  });

  it('from the future takes nobody back yet', async () => {
    const held = revoking(card, { number: 5n }, 'certificateHold');
    const revoked = [entry(card, 'removeFromCRL')];
    const future = { thisUpdate: new Date(NOW + 400_000), revoked };
    expect(await judge(card.der, load([held, delta(7n, 5n, future)]))).toBe('certificate-revoked');
  });

  it.each<[string, () => readonly Buffer[], string, string]>([
    ['without a full list', () => [delta(7n, 5n)], 'base-not-held', 'none'],
    [
      'on a full list older than its base',
      () => [full(4n), delta(7n, 5n)],
      'base-not-held',
      'checked',
    ],
    [
      'on the full list of an elder key',
      () => [elder.crl({ number: 5n }), delta(7n, 5n)],
      'base-not-held',
      'none',
    ],
    ['on a full list that is as new', () => [full(7n), delta(7n, 5n)], 'not-newer', 'checked'],
    [
      'of another scope',
      () => [full(5n), delta(7n, 5n, { extra: [usersOnly] })],
      'other-scope',
      'checked',
    ],
    [
      'for all on a base for users',
      () => [full(5n, { extra: [usersOnly] }), delta(7n, 5n)],
      'other-scope',
      'checked',
    ],
  ])('%s is ignored, and what is held counts on', async (_what, lists, reason, status) => {
    const store = await load(lists(), [authority, elder]);
    expect(store.ignoredDeltas).toEqual([{ reason, number: 7n, base: 5n }]);
    expect(await judge(card.der, store)).toBe(status);
  });
});

describe('a list in chunks', () => {
  const anchors = [readAnchor(authority.caCertificate)];
  const read = (chunks: readonly Buffer[]) => {
    const entries: CrlEntry[] = [];
    const crl = readCrl(chunks, anchors, (each) => entries.push(each));
    return { crl, entries };
  };

  it('says the same wherever it is cut', () => {
    const revoked = [entry(card, 'removeFromCRL'), entry(other, 'unspecified')];
    const der = delta(7n, 5n, { revoked });
    const whole = read([der]);
    expect(whole).toMatchObject({ crl: { entries: 2, base: 5n } });
    fc.assert(
      fc.property(fc.array(fc.nat(der.length), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), der.length];
        const chunks = places.slice(1).map((to, at) => der.subarray(places[at], to));
        expect(read(chunks)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('hands on what goes wrong with a chunk', () => {
    function* failing() {
      yield authority.crl().subarray(0, 50);
      throw new RangeError('the disk');
    }
    expect(() => readCrl(failing(), anchors, () => {})).toThrow(RangeError);
  });
});
