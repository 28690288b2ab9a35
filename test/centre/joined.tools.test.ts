/** The centre with the municipalities themselves: their registers, threads and papers. Needs their font. */

import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CentreBooks } from '../../platform-sim/centre/books.ts';
import { JoinedMunicipalities } from '../../platform-sim/centre/joined-municipalities.ts';
import { ISSUERS } from '../../platform-sim/municipal-codes.ts';
import { openKeys } from '../../platform-sim/stores.ts';
import { DOCUMENTS } from '../../src/domain/municipal-certificate.ts';
import { computedMs } from '../rig/stopwatch.ts';
import { sha256, subjectOf } from './stand-in-towns.ts';

const AT = Date.parse('2026-12-01T10:00:00+09:00');
/** Bytes that stand for certificates: registers keep them, and look at nothing in them. */
const MIDORI = Buffer.from('the certificate of 凪原 みどり');
const ARATA = Buffer.from('the certificate of 更科 新');
const CITY = '990037';

let folder = '';
let books: CentreBooks;
let towns: JoinedMunicipalities;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-joined-'));
  books = new CentreBooks(join(folder, 'state'));
  const keys = await openKeys(join(folder, 'state'));
  towns = new JoinedMunicipalities({ holders: books.holders, keys, now: () => AT });
  towns.link('resident/nagihara-midori', MIDORI);
  towns.link('resident/sarashina-arata', ARATA);
  towns.link('family/sarashina-arata', ARATA);
});
afterAll(async () => {
  await towns.close();
  books.close();
  rmSync(folder, { recursive: true });
});

const request = (certificate: Buffer) => ({
  ...{ request: randomUUID(), terminal: 'kiosk-1', municipality: CITY, at: AT },
  ...({ document: 'resident-record', option: 'self', copies: 1 } as const),
  certificate: sha256(certificate),
});

test('those that take part are those that have a key', () => {
  const taking = towns.offices.filter(({ takesPart }) => takesPart).map(({ code }) => code);
  expect(taking).toEqual([...ISSUERS]);
});

test('whoever is linked to a record lives there and can have it; nobody else', async () => {
  expect(await towns.residenceOf(sha256(MIDORI))).toBe(CITY);
  expect(await towns.residenceOf(sha256(Buffer.from('nobody')))).toBeNull();
  const wanted = DOCUMENTS.map((document) => ({ municipality: CITY, document }));
  const midori = await towns.obstaclesTo(wanted, sha256(MIDORI));
  expect(midori.slice(0, 4)).toEqual(Array(4).fill('not-recorded-there'));
  expect(midori.slice(4)).toEqual([null, null, null]);
  const arata = await towns.obstaclesTo(wanted, sha256(ARATA));
  expect(arata.slice(0, 4)).toEqual([null, null, null, null]);
});

test('an application finds its record by domicile, head, name and birth as a card says it', () => {
  const applied = {
    municipality: '990045',
    domicile: { town: '大字凪', number: '8-2' },
    head: { familyKana: 'なぎはら', givenKana: 'みどり' },
    holder: { name: '凪原　みどり', birth: '昭和33年5月4日', address: '' },
  };
  expect(towns.recordFor(applied)).toBe('family/nagihara-midori');
  expect(towns.hasRecord('family/nagihara-midori')).toBe(true);
  expect(towns.hasRecord('family/nobody')).toBe(false);
  for (const birth of ['昭和33年5月5日', '平成33年5月4日', '1958-05-04', '昭和３３年５月４日']) {
    const isRight = birth === '昭和３３年５月４日';
    const found = towns.recordFor({ ...applied, holder: { ...applied.holder, birth } });
    expect(found).toBe(isRight ? 'family/nagihara-midori' : null);
  }
  expect(towns.recordFor({ ...applied, domicile: { town: '大字凪', number: '9' } })).toBeNull();
});

test('what is issued is a PDF for the certificate of the record that was read', async () => {
  const asked = request(MIDORI);
  const issued = await towns.issue(asked);
  if ('refused' in issued) throw new Error(issued.refused);
  expect(Buffer.from(issued.pdf).subarray(0, 5).toString()).toBe('%PDF-');
  expect(issued).toMatchObject({
    ...{ pages: 1, record: 'resident/nagihara-midori' },
    subject: subjectOf(asked.request, MIDORI),
  });
  expect(await towns.issue(request(Buffer.from('nobody')))).toEqual({
    refused: 'not-recorded-there',
  });
});

test('a hundred kiosks at once: each gets its own, and the loop of the platform stays free', async () => {
  let longest = 0;
  let last = computedMs();
  const beat = setInterval(() => {
    const now = computedMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  const asked = Array.from({ length: 100 }, (_, kiosk) =>
    request(kiosk % 2 === 0 ? MIDORI : ARATA),
  );
  const answers = await Promise.all(asked.map((each) => towns.issue(each)));
  clearInterval(beat);
  for (const [at, issued] of answers.entries()) {
    if ('refused' in issued) throw new Error(issued.refused);
    const certificate = at % 2 === 0 ? MIDORI : ARATA;
    expect(issued.subject).toBe(subjectOf(asked[at]?.request ?? '', certificate));
  }
  expect(new Set(answers.map((each) => 'pdf' in each && hashOf(each.pdf))).size).toBe(100);
  // One document takes some ten milliseconds; a hundred in this thread would be more than a second.
  expect(longest).toBeLessThan(1_000);
});

test('another holder is found who could have the same document, and none where there is none', async () => {
  const wanted = { municipality: CITY, document: 'resident-record' } as const;
  expect(await towns.otherHolder(wanted, sha256(MIDORI))).toBe(sha256(ARATA));
  const family = { municipality: CITY, document: 'family-register-full' } as const;
  expect(await towns.otherHolder(family, sha256(ARATA))).toBeNull();
});

test('what fails in a thread is said without what it was about, and the next question is answered', async () => {
  const wrong = { ...request(MIDORI), option: 'this-year' } as const;
  await expect(towns.issue(wrong)).rejects.toThrow(/^an issuing server failed: RangeError$/u);
  expect(await towns.issue(request(MIDORI))).toMatchObject({ pages: 1 });
});

test('threads that ended are started again, and know whom they knew', async () => {
  const open = towns.issue(request(MIDORI));
  await Promise.all([expect(open).rejects.toThrow('an issuing server ended'), towns.close()]);
  expect(await towns.issue(request(MIDORI))).toMatchObject({ record: 'resident/nagihara-midori' });
});

test('the key of a municipality signs its papers, and goes to the thread with each request', async () => {
  const keys = await openKeys(join(folder, 'state'));
  const key = keys.issuer(CITY)?.key;
  expect(key && createPublicKey(key).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  const keyless = new JoinedMunicipalities({
    ...{ holders: books.holders, now: () => AT },
    keys: { issuer: () => null },
  });
  keyless.link('resident/nagihara-midori', MIDORI);
  expect(await keyless.issue(request(MIDORI))).toEqual({ refused: 'municipality-not-taking-part' });
  await keyless.close();
});

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
