/** What goes wrong on purpose at the centre: each is rightly signed, and tells apart by exactly what it is about. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CentreFaultName } from '../../platform-sim/centre/faults.ts';
import { CENTRE_FAULT_NAMES } from '../../platform-sim/centre/faults.ts';
import { UNFIT_DOCUMENTS } from '../../platform-sim/centre/unfit-documents.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { rasterise } from '../../platform-sim/municipality/raster.ts';
import { DOCUMENT_BYTES_MAX } from '../../src/link/certificate-protocol.ts';
import { CentreRig, faultOf, KIOSK, RECORD } from './centre-rig.ts';
import { sha256, subjectOf } from './stand-in-towns.ts';

let rig: CentreRig;
beforeAll(async () => {
  rig = await CentreRig.open();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

const TARO = 0;
const HANAKO = 1;

async function issuedWith(fault: CentreFaultName, id: string = randomUUID()) {
  rig.books.faults.set(fault);
  const { manifest, pdf } = await rig.opened(await rig.issue(TARO, RECORD, id));
  if (pdf === null) throw new Error('no document');
  const own = subjectOf(id, rig.der(TARO));
  const fits = manifest.sha256 === sha256(Buffer.from(pdf, 'latin1'));
  return { manifest, pdf, own, fits };
}

describe('with a fault', () => {
  test('the centre that mixes two requests is caught by the subject alone', async () => {
    const id = randomUUID();
    const { manifest, pdf, own, fits } = await issuedWith('mixes-requests', id);
    expect(manifest).toMatchObject({ request: id, terminal: KIOSK, document: RECORD.document });
    expect(manifest.subject).toBe(subjectOf(id, rig.der(HANAKO)));
    expect(manifest.subject).not.toBe(own);
    expect(pdf).toContain('%PDF');
    expect(fits).toBe(true);
    const [entry] = [...rig.books.audit.entries()].filter(({ request }) => request === id);
    expect(entry?.record).toBe('record of 佐藤　花子');
  });

  test('a swapped document does not fit its manifest', async () => {
    const { manifest, own, fits } = await issuedWith('swaps-document');
    expect(manifest.subject).toBe(own);
    expect(fits).toBe(false);
  });

  test('another’s manifest fits neither the document nor the holder', async () => {
    const id = randomUUID();
    const { manifest, own, fits } = await issuedWith('other-manifest', id);
    expect(manifest.request).toBe(id);
    expect(manifest.subject).not.toBe(own);
    expect(fits).toBe(false);
  });

  test('a replayed issue is that of an earlier request, though its transaction is over', async () => {
    const earlier = randomUUID();
    await rig.issue(HANAKO, RECORD, earlier);
    await rig.tell(rig.chain(), 'certificate.printed', { request: earlier, sheets: 2 });
    const { manifest, pdf, fits } = await issuedWith('replays-issue');
    expect(manifest.request).toBe(earlier);
    expect(manifest.subject).toBe(subjectOf(earlier, rig.der(HANAKO)));
    expect(pdf).toContain(earlier);
    expect(fits).toBe(true);
  });

  test('a replayed issue is somebody’s, too, when nobody came before', async () => {
    const id = randomUUID();
    const { manifest } = await issuedWith('replays-issue', id);
    expect(manifest.request).not.toBe(id);
    expect(manifest.subject).toBe(subjectOf(manifest.request, rig.der(HANAKO)));
  });

  test.each([
    ['other-fee', RECORD.fee + 100],
    ['no-fee', 0],
  ] as const)('the manifest names other money: %s', async (fault, fee) => {
    const { manifest, own, fits } = await issuedWith(fault);
    expect([manifest.fee, manifest.subject, fits]).toEqual([fee, own, true]);
  });

  test.each(Object.keys(UNFIT_DOCUMENTS) as (keyof typeof UNFIT_DOCUMENTS)[])(
    'the document is not to be printed, and the manifest vouches for it: %s',
    async (fault) => {
      const { manifest, own, fits } = await issuedWith(fault);
      expect([manifest.subject, fits]).toEqual([own, true]);
    },
  );

  test('the same question gets the same wrong answer: it strikes once, not at each asking', async () => {
    rig.books.faults.set('mixes-requests', 1);
    const id = randomUUID();
    const wrong = await rig.issue(TARO, RECORD, id);
    expect(rig.books.faults.on()).toEqual([]);
    expect(await rig.issue(TARO, RECORD, id)).toEqual(wrong);
    const { manifest } = await rig.opened(await rig.issue(TARO, RECORD));
    expect(manifest.subject).toBe(subjectOf(manifest.request, rig.der(TARO)));
  });

  test('where nobody else could be mixed up, nothing is issued', async () => {
    const people = rig.towns.people.splice(1);
    rig.books.faults.set('mixes-requests');
    await expect(rig.issue(TARO, RECORD)).rejects.toThrow('nobody else');
    rig.towns.people.push(...people);
  });
});

describe('documents that no terminal should print', () => {
  test('are what they say', async () => {
    const document = (name: keyof typeof UNFIT_DOCUMENTS) => UNFIT_DOCUMENTS[name]();
    expect(document('no-pdf').toString()).not.toContain('%PDF');
    expect(document('with-javascript').toString('latin1')).toContain('/S /JavaScript');
    expect(document('too-large').length).toBeGreaterThan(DOCUMENT_BYTES_MAX);
    expect(
      document('too-many-pages')
        .toString('latin1')
        .match(/\/Type \/Page /gu),
    ).toHaveLength(500);
  });

  test('and otherwise in order: a viewer opens them', async () => {
    const pages = await rasterise(UNFIT_DOCUMENTS['with-javascript'](), { dpi: 20, pagesMax: 1 });
    expect(pages).toHaveLength(1);
    await expect(rasterise(UNFIT_DOCUMENTS['no-pdf'](), { pagesMax: 1 })).rejects.toThrow();
  });
});

describe('delivery', () => {
  test.each([
    ['answers-twice', { times: 2, lateMs: 0 }],
    ['answers-late', { times: 1, lateMs: 50 }],
    ['never-answers', { times: 0, lateMs: 0 }],
  ] as const)('%s', (fault, delivery) => {
    expect(rig.centre.delivery()).toEqual({ times: 1, lateMs: 0 });
    rig.books.faults.set(fault, 1);
    expect(rig.centre.delivery()).toEqual(delivery);
    expect(rig.centre.delivery()).toEqual({ times: 1, lateMs: 0 });
  });
});

describe('the switches', () => {
  test('are seen by another process, count down, and are mended one by one or all at once', () => {
    const { faults } = rig.books;
    faults.set('no-fee', 2);
    faults.set('answers-late');
    faults.set('no-pdf');
    expect(faults.on()).toEqual(['answers-late', 'no-fee', 'no-pdf']);
    rig.reopen();
    const later = rig.books.faults;
    expect([later.strikes('no-fee'), later.strikes('no-fee'), later.strikes('no-fee')]).toEqual([
      true,
      true,
      false,
    ]);
    later.mend('no-pdf');
    expect(later.on()).toEqual(['answers-late']);
    later.mend();
    expect(later.on()).toEqual([]);
  });

  test('have names, and no others', () => {
    expect(() => rig.books.faults.set('everything')).toThrow(InputError);
    expect(() => rig.books.faults.mend('everything')).toThrow(/mixes-requests/u);
    expect(new Set(CENTRE_FAULT_NAMES).size).toBe(14);
  });

  test('no fault opens a transaction that was not allowed', async () => {
    rig.books.faults.set('mixes-requests');
    rig.towns.obstacles.set('風見　太郎', 'counter-only');
    expect(await rig.issue(TARO, RECORD)).toEqual({ result: 'refused', reason: 'counter-only' });
    rig.towns.obstacles.clear();
    expect(await faultOf(rig.issue(TARO, { ...RECORD, copies: 6 }))).toBe('not-a-question');
  });
});
