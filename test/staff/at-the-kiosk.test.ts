/** What staff decides at the kiosk's own screen, and what goes wrong there. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { clearKiosk, kioskStops, stopKiosk } from '../../src/certificate-order/stop.ts';
import { PAPERS_SHOWN_MAX } from '../../src/domain/screen.ts';
import { shortRequest } from '../../src/domain/short-request.ts';
import { CASE_WHYS, decisionsOf, idOfCase } from '../../src/domain/staff-case.ts';
import { openPapersOf } from '../../src/staff/open-papers.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { unknownCharges } from '../../src/unknown-charges.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';
import { KioskStaff } from './kiosk-staff.ts';
import { PIN, pass } from './staff-rig.ts';

const REQUEST = '4f2a90c1-7d63-4a0e-9b51-2c8e6f1d0a37';
const OTHER = '0b1c2d3e-7d63-4a0e-9b51-2c8e6f1d0a37';
const ITO = { by: 'Ito', why: 'the centre was told' };

/** A kiosk that has been stopped, and 森 at its menu. */
async function stopped(options = {}): Promise<KioskStaff> {
  const kiosk = await KioskStaff.open(options);
  stopKiosk(kiosk.recorder, REQUEST, ['subject', 'code-subject']);
  await kiosk.rig.begin('森');
  return kiosk;
}

describe('a kiosk that is stopped', () => {
  test('says which request and which fields, and goes on for a reason that becomes a fact', async () => {
    const { rig, recorder } = await stopped();
    expect(rig.screen).toMatchObject({ errands: ['cases', 'health'], owed: 1 });
    const shown = { is: 'stop', request: REQUEST, differs: ['subject', 'code-subject'] } as const;
    expect(await rig.choose('cases')).toEqual({ screen: 'staff-cases', cases: [shown], more: 0 });
    expect(await rig.choose(idOfCase(shown))).toEqual({ screen: 'staff-case', shown });
    expect(await rig.choose('clear')).toMatchObject({ screen: 'staff-case-why' });
    expect(kioskStops(recorder.ledger)).toHaveLength(1);
    expect(await rig.choose('checked-with-centre')).toEqual({
      screen: 'staff-done',
      result: 'cleared',
      subject: '4F2A-90C1',
      first: null,
    });
    expect(kioskStops(recorder.ledger)).toEqual([]);
    expect(rig.facts('kiosk.cleared')).toMatchObject([
      { subject: REQUEST, body: { request: REQUEST, by: '森', why: 'checked-with-centre' } },
    ]);
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-menu', owed: 0 });
    expect(await rig.choose('cases')).toMatchObject({ cases: [] });
  });

  test('is not cleared without a reason: neither by going back, nor by leaving, nor by another choice', async () => {
    const { rig, recorder } = await stopped();
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    for (const choice of ['', 'clear', 'counted', 'unit-checked', 'because', REQUEST]) {
      expect(await rig.choose(choice)).toMatchObject({ screen: 'staff-case-why' });
    }
    await rig.press('back');
    await rig.press('back');
    expect(await rig.press('back')).toMatchObject({ screen: 'staff-menu' });
    await rig.press('back');
    expect(rig.end).toMatchObject({ why: 'left' });
    expect(kioskStops(recorder.ledger)).toHaveLength(1);
    expect(rig.facts('kiosk.cleared')).toEqual([]);
  });

  test('stays stopped through a restart, and can be cleared after it, with the PIN', async () => {
    const state = tempFolder();
    const before = await stopped({ state });
    before.rig.actor.stop();
    before.rig.ledger.close();
    const { rig, recorder } = await KioskStaff.open({ state });
    expect(kioskStops(recorder.ledger)).toHaveLength(1);
    await rig.begin(null);
    await rig.type(PIN);
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-menu', owed: 1 });
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    expect(await rig.choose('other')).toMatchObject({ result: 'cleared' });
    expect(rig.facts('kiosk.cleared')).toMatchObject([{ body: { by: 'PIN', why: 'other' } }]);
  });

  test('twice is cleared twice: one stop does not go with the other', async () => {
    const { rig, recorder } = await stopped();
    stopKiosk(recorder, OTHER, ['seal']);
    await rig.press('back');
    await rig.begin('森');
    await rig.choose('cases');
    await rig.choose(`stop.${OTHER}`);
    await rig.choose('clear');
    await rig.choose('test');
    expect(kioskStops(recorder.ledger)).toMatchObject([{ request: REQUEST }]);
  });

  test('somebody else who was faster, at a keyboard, wins: one fact, and it is said', async () => {
    const state = tempFolder();
    const { rig } = await stopped({ state });
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    const other = openLedger(state, { countsAsBoot: false });
    expect(clearKiosk(other, ITO)).toHaveLength(1);
    expect(await rig.choose('test')).toMatchObject({ result: 'decided-already' });
    expect(rig.facts('kiosk.cleared')).toMatchObject([{ body: ITO }]);
  });

  test('two in the same moment: the one whose turn comes second changes nothing', async () => {
    const state = tempFolder();
    const { rig } = await stopped({ state });
    const other = openLedger(state, { countsAsBoot: false });
    const { record } = rig.ledger;
    // Between the look and the transaction.
    rig.ledger.record = (...given) => {
      rig.ledger.record = record;
      clearKiosk(other, ITO);
      return record.apply(rig.ledger, given);
    };
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    expect(await rig.choose('test')).toMatchObject({ result: 'decided-already' });
    expect(rig.facts('kiosk.cleared')).toMatchObject([{ body: ITO }]);
  });

  test.each([
    ['a disk that takes no fact', true],
    ['a ledger that another process keeps locked', false],
  ])('%s: it stays stopped, and that is said', async (_, isFull) => {
    const state = tempFolder();
    const { rig, recorder } = await stopped({ state });
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    const other = new Database(join(state, 'ledger.db'));
    if (!isFull) other.exec('BEGIN IMMEDIATE');
    const { record } = rig.ledger;
    if (isFull) {
      rig.ledger.record = () => {
        throw new DiskFullError('seeded');
      };
    }
    expect(await rig.choose('test')).toMatchObject({ result: 'not-recorded' });
    if (!isFull) other.exec('ROLLBACK');
    other.close();
    rig.ledger.record = record;
    expect(kioskStops(recorder.ledger)).toHaveLength(1);
  });

  test('a second press decides nothing more', async () => {
    const { rig } = await stopped();
    await rig.choose('cases');
    await rig.choose(`stop.${REQUEST}`);
    await rig.choose('clear');
    expect(rig.send({ key: 'choose', choice: 'test' })).toBe(true);
    expect(rig.send({ key: 'choose', choice: 'test' })).toBe(false);
    rig.actor.send({ type: 'key.choose', choice: 'test' });
    expect(await rig.settled()).toMatchObject({ result: 'cleared' });
    expect(rig.facts('kiosk.cleared')).toHaveLength(1);
  });

  test('nobody presses anything: it asks, and leaves what it was without a decision', async () => {
    const { rig, recorder } = await stopped();
    await rig.choose('cases');
    const asked = await rig.choose(`stop.${REQUEST}`);
    pass(rig.clock, 60);
    expect(rig.screen).toEqual({ screen: 'staff-leaving', seconds: 20 });
    expect(await rig.press('stay')).toEqual(asked);
    await rig.choose('clear');
    pass(rig.clock, 60 + 20);
    await rig.settled();
    expect(rig.end).toMatchObject({ by: '森', why: 'idle' });
    expect(kioskStops(recorder.ledger)).toHaveLength(1);
  });
});

describe('orders of which something is not known', () => {
  test.each([
    ['all-printed', true, 'printed'],
    ['not-all-printed', false, 'void'],
  ] as const)('sheets: %s closes the order, with who and why', async (said, printed, state) => {
    const kiosk = await KioskStaff.open();
    const { rig, orders } = kiosk;
    const request = kiosk.unknownSheets(3, 1);
    await rig.begin('森');
    const shown = { is: 'sheets', request, done: 1, of: 3 } as const;
    expect(await rig.choose('cases')).toMatchObject({ cases: [shown] });
    await rig.choose(idOfCase(shown));
    await rig.choose(said);
    const subject = shortRequest(request);
    expect(await rig.choose('counted')).toMatchObject({ result: 'order-settled', subject });
    expect(orders.stateOf(request)).toBe(state);
    expect(orders.waiting()).toEqual([]);
    expect(rig.facts('certificate.settled')).toMatchObject([
      { subject: request, body: { request, printed, by: '森', why: 'counted' } },
    ]);
  });

  test.each([
    ['charged', true],
    ['not-charged', false],
  ] as const)('money: %s closes the charge, with who and why', async (said, charged) => {
    const kiosk = await KioskStaff.open();
    const { rig } = kiosk;
    const request = kiosk.unknownCharge();
    await rig.begin('森');
    await rig.choose('cases');
    expect(await rig.choose(`money.${request}`)).toMatchObject({ shown: { yen: 300 } });
    await rig.choose(said);
    expect(await rig.choose('unit-checked')).toMatchObject({ result: 'money-settled' });
    expect(unknownCharges(rig.ledger)).toEqual([]);
    expect(rig.facts('payment.settled')).toMatchObject([
      { body: { request, yen: 300, charged, by: '森', why: 'unit-checked' } },
    ]);
  });

  test('sheets and money of one order are two questions, and both are asked', async () => {
    const kiosk = await KioskStaff.open();
    const request = kiosk.unknownSheets(2, 0);
    kiosk.unknownCharge(request);
    await kiosk.rig.begin('森');
    expect(await kiosk.rig.choose('cases')).toMatchObject({
      cases: [
        { is: 'sheets', request },
        { is: 'money', request },
      ],
    });
  });

  test('what somebody else has said meanwhile is not said again', async () => {
    const kiosk = await KioskStaff.open();
    const { rig, orders } = kiosk;
    const request = kiosk.unknownSheets(2, 1);
    await rig.begin('森');
    await rig.choose('cases');
    await rig.choose(`sheets.${request}`);
    await rig.choose('all-printed');
    expect(orders.settle(request, false, ITO)).toBe(true);
    expect(await rig.choose('counted')).toMatchObject({ result: 'decided-already' });
    expect(orders.stateOf(request)).toBe('void');
    expect(rig.facts('certificate.settled')).toHaveLength(1);
  });

  test('the kiosk that is stopped comes first, and what finds no room is counted', async () => {
    const kiosk = await KioskStaff.open();
    for (let orders = 0; orders < PAPERS_SHOWN_MAX; orders += 1) kiosk.unknownSheets(1, 0);
    kiosk.receipt('owed');
    stopKiosk(kiosk.recorder, REQUEST, ['seal']);
    expect(await kiosk.rig.begin('森')).toMatchObject({ owed: 6 });
    const screen = await kiosk.rig.choose('cases');
    expect(screen).toMatchObject({ more: 2, cases: [{ is: 'stop' }, {}, {}, {}] });
  });
});

describe('receipts', () => {
  const textOf = (receipt: unknown) => JSON.stringify(receipt);

  test('one that is owed is printed anew, with a number of its own, for a reason', async () => {
    const kiosk = await KioskStaff.open();
    const { rig } = kiosk;
    const { request, paper } = kiosk.receipt('owed');
    await rig.begin('森');
    await rig.choose('cases');
    expect(await rig.choose(paper)).toMatchObject({ shown: { is: 'receipt', paper } });
    await rig.choose('reissue');
    expect(await rig.choose('never-came')).toMatchObject({ result: 'reissued' });
    expect(rig.facts('receipt.reissued')).toMatchObject([
      { subject: request, body: { request, paper, by: '森', why: 'never-came' } },
    ]);
    const [printed] = kiosk.printed;
    expect(printed?.paper).not.toBe(paper);
    expect(textOf(printed)).toContain('領収書');
    expect(textOf(printed)).toContain('1枚 すみ');
    expect(openPapersOf(rig.ledger.facts(0))).toEqual([]);
    expect(await rig.press('enter')).toMatchObject({ owed: 0 });
  });

  test('no printer: the new one is owed instead of the old one, and can be printed later', async () => {
    const kiosk = await KioskStaff.open();
    const { rig } = kiosk;
    const { paper } = kiosk.receipt('owed');
    kiosk.receiptPrinter = 'gone';
    await rig.begin('森');
    await rig.choose('cases');
    await rig.choose(paper);
    await rig.choose('reissue');
    expect(await rig.choose('test')).toMatchObject({ result: 'reissue-waits' });
    const waiting = openPapersOf(rig.ledger.facts(0));
    expect(waiting).toMatchObject([{ state: 'owed' }]);
    const [next] = waiting;
    expect(next?.paper).not.toBe(paper);
    kiosk.receiptPrinter = 'ready';
    await rig.press('enter');
    await rig.choose('cases');
    await rig.choose(next?.paper ?? '');
    await rig.choose('reissue');
    expect(await rig.choose('test')).toMatchObject({ result: 'reissued' });
    expect(kiosk.printed).toHaveLength(1);
  });

  test('one of unknown outcome is asked about first; a second paper then says that it is one', async () => {
    const kiosk = await KioskStaff.open();
    const { rig } = kiosk;
    const { paper } = kiosk.receipt('unknown');
    await rig.begin('森');
    await rig.choose('cases');
    await rig.choose(paper);
    expect(await rig.choose('reissue')).toMatchObject({ screen: 'staff-case' });
    await rig.choose('not-handed-out');
    expect(await rig.choose('person-said')).toMatchObject({ result: 'receipt-settled' });
    await rig.press('enter');
    await rig.choose('cases');
    await rig.choose(paper);
    await rig.choose('reissue');
    expect(await rig.choose('unreadable')).toMatchObject({ result: 'reissued' });
    expect(textOf(kiosk.printed)).toContain('再発行 2');
  });

  test('one that was handed out otherwise is settled, also after it was said not to be there', async () => {
    const kiosk = await KioskStaff.open();
    const { rig } = kiosk;
    const { paper } = kiosk.receipt('unknown');
    await rig.begin('森');
    for (const said of ['not-handed-out', 'handed-out']) {
      await rig.choose('cases');
      await rig.choose(paper);
      await rig.choose(said);
      expect(await rig.choose('counted')).toMatchObject({ result: 'receipt-settled' });
      await rig.press('enter');
    }
    expect(rig.facts('print.settled')).toMatchObject([
      { body: { paper, printed: false, why: 'counted' } },
      { body: { paper, printed: true } },
    ]);
    expect(openPapersOf(rig.ledger.facts(0))).toEqual([]);
  });

  test('a paper that two want printed anew comes out once', async () => {
    const kiosk = await KioskStaff.open();
    const second = await KioskStaff.open({ ledger: kiosk.rig.ledger });
    const { paper } = kiosk.receipt('owed');
    for (const { rig } of [kiosk, second]) {
      await rig.begin('森');
      await rig.choose('cases');
      await rig.choose(paper);
      await rig.choose('reissue');
    }
    expect(await kiosk.rig.choose('test')).toMatchObject({ result: 'reissued' });
    expect(await second.rig.choose('test')).toMatchObject({ result: 'decided-already' });
    expect([...kiosk.printed, ...second.printed]).toHaveLength(1);
  });
});

test('a kiosk has no tickets, and what was not shown cannot be chosen', async () => {
  const { rig } = await stopped();
  for (const choice of ['entry', 'undo', 'papers', `stop.${REQUEST}`]) {
    expect(await rig.choose(choice)).toMatchObject({ screen: 'staff-menu' });
  }
  await rig.choose('cases');
  for (const choice of [`stop.${OTHER}`, `sheets.${REQUEST}`, 'clear']) {
    expect(await rig.choose(choice)).toMatchObject({ screen: 'staff-cases' });
  }
  await rig.choose(`stop.${REQUEST}`);
  for (const choice of ['all-printed', 'not-charged', 'reissue', 'test']) {
    expect(await rig.choose(choice)).toMatchObject({ screen: 'staff-case' });
  }
});

test('every decision has reasons, and every case decisions', () => {
  for (const whys of Object.values(CASE_WHYS)) expect(whys.length).toBeGreaterThan(1);
  const receipt = { is: 'receipt', request: REQUEST, paper: 'kiosk-1-000001' } as const;
  const offered = [
    ...decisionsOf({ is: 'stop', request: REQUEST, differs: [] }),
    ...decisionsOf({ is: 'sheets', request: REQUEST, done: 0, of: 1 }),
    ...decisionsOf({ is: 'money', request: REQUEST, yen: 1 }),
    ...decisionsOf({ ...receipt, state: 'owed' }),
    ...decisionsOf({ ...receipt, state: 'unknown' }),
  ];
  expect(new Set(offered)).toEqual(new Set(Object.keys(CASE_WHYS)));
});
