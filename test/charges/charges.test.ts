/** What becomes of money when the unit, the line, the disk or the kiosk itself fails. */

import { expect, onTestFinished, test, vi } from 'vitest';
import type { PaymentUnit } from '../../devices/payment/payment.ts';
import { encodeAsk } from '../../devices/payment/payment-frames.ts';
import { ChargedAlreadyError, Charges } from '../../src/charges.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { settleCharge } from '../../src/unknown-charges.ts';
import { PATIENT, QUICK } from '../devices/payment-story.ts';
import { tempFolder } from '../store/fixtures.ts';
import { Kiosk, REQUEST, YEN } from './kiosk.ts';
import { chargeStory } from './story.ts';

async function kiosk(timing = PATIENT): Promise<Kiosk> {
  const made = new Kiosk(tempFolder(), timing);
  onTestFinished(() => made.kill());
  await made.start();
  return made;
}

test('a charge is held, then taken, and each is a fact that names no person', async () => {
  const at = await kiosk();
  const charge = at.plan();
  expect(at.charges.stateOf(REQUEST)).toBe('open');
  expect(await at.paid(charge)).toEqual({ outcome: 'authorised' });
  expect(at.charges.stateOf(REQUEST)).toBe('open');
  expect(await at.charges.capture(charge)).toEqual({ outcome: 'charged' });
  expect(at.charges.stateOf(REQUEST)).toBe('charged');
  const body = { request: REQUEST, payment: charge.payment, yen: YEN, means: 'cash' };
  expect(at.facts.map(({ event, body }) => [event, body])).toEqual([
    ['payment.authorised', body],
    ['payment.captured', body],
  ]);
  expect(at.unit.books.takings).toBe(YEN);
});

test('captured twice, or voided afterwards, it is charged once and says so', async () => {
  const at = await kiosk();
  const charge = at.plan();
  await at.paid(charge);
  const both = [at.charges.capture(charge), at.charges.capture(charge), at.charges.void(charge)];
  expect(await Promise.all(both)).toEqual([
    { outcome: 'charged' },
    { outcome: 'charged' },
    { outcome: 'charged' },
  ]);
  expect(at.events).toEqual(['payment.authorised', 'payment.captured']);
  expect(at.unit.books.takings).toBe(YEN);
});

test('voided, the money is back, and a capture takes nothing', async () => {
  const at = await kiosk();
  const charge = at.plan();
  await at.paid(charge);
  const nothing = { outcome: 'not-charged', why: 'not-issued' };
  expect(await at.charges.void(charge)).toEqual(nothing);
  expect(await at.charges.capture(charge)).toEqual(nothing);
  expect([at.unit.books.tray, at.unit.books.takings]).toEqual([[500], 0]);
  expect(at.events).toEqual(['payment.authorised', 'payment.voided']);
});

test('a request has one charge, and another one only when the first is known not to be taken', async () => {
  const at = await kiosk();
  const first = at.plan();
  expect(() => at.plan()).toThrow(ChargedAlreadyError);
  const stop = new AbortController();
  const outcome = at.authorise(first, stop.signal);
  await at.collecting(first);
  expect(() => at.plan()).toThrow(ChargedAlreadyError);
  stop.abort();
  expect(await outcome).toEqual({ outcome: 'not-charged', why: 'stopped' });
  const second = at.plan();
  expect(second.payment).not.toBe(first.payment);
  await at.paid(second);
  expect(() => at.plan()).toThrow(ChargedAlreadyError);
  await at.charges.capture(second);
  expect(() => at.plan()).toThrow(ChargedAlreadyError);
  expect(at.unit.books.takings).toBe(YEN);
});

test.each<[string, { means: PaymentUnit['means'] } | null]>([
  ['without a unit', null],
  ['with a unit that does not take such money', { means: ['e-money'] }],
])('%s nothing is asked, and nothing charged', async (_, unit) => {
  const at = await kiosk();
  const charges = new Charges(at.recorder, () => unit as PaymentUnit | null);
  const charge = at.plan();
  const signal = new AbortController().signal;
  expect(await charges.authorise(charge, { inserted: () => {} }, signal)).toEqual({
    outcome: 'not-charged',
    why: 'absent',
  });
  expect(at.events).toEqual(['payment.voided']);
});

test('a unit that refuses says why, and the fact says it too', async () => {
  const at = await kiosk();
  at.unit.condition = 'cash-full';
  expect(await at.authorise(at.plan())).toEqual({ outcome: 'not-charged', why: 'cash-full' });
  expect(at.facts.at(-1)).toMatchObject({ event: 'payment.voided', body: { reason: 'cash-full' } });
});

test('a unit that is lost while it holds gives the money back as soon as it is there again', async () => {
  const at = await kiosk();
  const charge = at.plan();
  const outcome = at.authorise(charge);
  await at.collecting(charge);
  at.plug.pull();
  at.unit.insert(500);
  expect(await outcome).toEqual({ outcome: 'unsettled' });
  expect(at.charges.stateOf(REQUEST)).toBe('open');
  expect(await at.charges.void(charge)).toEqual({ outcome: 'unsettled' });
  at.plug.putBack();
  await at.settled('not-charged');
  expect(at.unit.books.tray).toEqual([500]);
});

test('a unit that is lost while it takes has taken once when it is there again', async () => {
  const at = await kiosk(QUICK);
  const charge = at.plan();
  await at.paid(charge);
  at.unit.faults(['power-after']);
  expect(await at.charges.capture(charge)).toEqual({ outcome: 'unsettled' });
  expect(at.unit.hasPower).toBe(false);
  at.unit.power(true);
  await at.settled('charged');
  expect([at.unit.books.takings, at.unit.books.tray]).toEqual([YEN, [50]]);
  expect(at.events).toEqual(['payment.authorised', 'payment.captured']);
});

test('a unit that lost its memory is asked about, and staff says what became of it', async () => {
  const at = await kiosk();
  const charge = at.plan();
  await at.paid(charge);
  at.unit.books.forget();
  expect(await at.charges.capture(charge)).toEqual({ outcome: 'unknown' });
  expect(at.charges.stateOf(REQUEST)).toBe('unknown');
  expect(await at.charges.void(charge)).toEqual({ outcome: 'unknown' });
  expect(() => at.plan()).toThrow(ChargedAlreadyError);
  const said = { by: 'Mori', why: 'the coins were in the tray' };
  expect(settleCharge(at.ledger, REQUEST, false, said)).toBe(true);
  expect(at.charges.stateOf(REQUEST)).toBe('not-charged');
  expect(at.facts.at(-1)).toMatchObject({
    event: 'payment.settled',
    body: { charged: false, by: 'Mori' },
  });
  expect(settleCharge(at.ledger, REQUEST, true, said)).toBe(false);
  expect(at.plan()).toBeDefined();
});

test('money that was given back by hand at the unit is not said to be charged', async () => {
  const at = await kiosk();
  const charge = at.plan();
  await at.paid(charge);
  const open = at.unit.books.open;
  if (open !== null) at.unit.books.giveBack(open, 'stopped');
  expect(await at.charges.capture(charge)).toEqual({
    outcome: 'not-charged',
    why: 'returned-at-unit',
  });
});

test('money that was taken although nothing came out is a matter for staff', async () => {
  const at = await kiosk();
  const charge = at.plan();
  await at.paid(charge);
  const { open } = at.unit.books;
  if (open !== null) at.unit.books.capture(open);
  expect(await at.charges.void(charge)).toEqual({ outcome: 'unknown' });
  expect(at.facts.at(-1)).toMatchObject({ body: { reason: 'captured-not-issued' } });
});

test('a disk that is full loses no charge: it is settled when there is room', async () => {
  const at = await kiosk();
  const charge = at.plan();
  const { ledger } = at;
  const record = vi.spyOn(ledger, 'record').mockImplementation(() => {
    throw new DiskFullError('seeded');
  });
  expect(await at.paid(charge)).toEqual({ outcome: 'unsettled' });
  await at.charges.settleOpen();
  expect(at.unit.books.tray).toEqual([500]);
  expect(at.charges.stateOf(REQUEST)).toBe('open');
  record.mockRestore();
  await at.settled('not-charged');
});

test.each([
  { issued: true, state: 'charged', tray: [50] },
  { issued: false, state: 'not-charged', tray: [500] },
] as const)(
  'killed while money is held (issued: $issued), it is $state after the next start',
  async ({ issued, state, tray }) => {
    const at = await kiosk();
    await at.paid(at.plan());
    await at.kill();
    await at.start(() => issued);
    await at.settled(state);
    expect(at.unit.books.tray).toEqual(tray);
  },
);

test('what an earlier person left open is settled before the next one is asked for money', async () => {
  const at = await kiosk();
  await at.paid(at.plan());
  let isOpen = false;
  const later = new Charges(at.recorder, () => (isOpen ? at.driver : null));
  later.settleEarlierRun(() => false);
  await later.settleOpen();
  isOpen = true;
  const next = at.plan('another request');
  const outcome = later.authorise(next, { inserted: () => {} }, new AbortController().signal);
  await at.collecting(next);
  at.unit.insert(500);
  expect(await outcome).toEqual({ outcome: 'authorised' });
  expect(later.stateOf(REQUEST)).toBe('not-charged');
});

test('as long as it is not known whether it came out, the money is held', async () => {
  const at = await kiosk();
  await at.paid(at.plan());
  await at.kill();
  let issued: boolean | null = null;
  await at.start(() => issued);
  await at.charges.settleOpen();
  expect(at.unit.books.open?.state).toBe('authorised');
  expect(at.charges.stateOf(REQUEST)).toBe('open');
  issued = true;
  await at.settled('charged');
});

test('killed before the unit was asked, nothing is charged, and nobody is asked about it', async () => {
  const at = await kiosk();
  at.plan();
  await at.kill();
  await at.start(() => true);
  await at.settled('not-charged');
  expect(at.facts.at(-1)).toMatchObject({ body: { reason: 'interrupted' } });
});

test('what is still on the line when the kiosk is killed takes nothing after its next start', async () => {
  const at = await kiosk();
  const charge = at.plan();
  at.ledger.steps.move(charge.step, 'started');
  await at.kill();
  await at.start(() => false);
  await at.settled('not-charged');
  expect(at.unit.books.find(charge.payment)?.state).toBe('voided');
  const { payment: id, yen, means } = charge;
  const late = encodeAsk({ number: '0badcafe', ask: 'authorise', id, yen, means });
  at.unit.receive(late);
  expect(at.unit.books.open).toBeNull();
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'whatever goes wrong, charged once when it came out and not at all when it did not (seed %i)',
  (seed) => chargeStory(seed, tempFolder()),
);
