/** Whole orders, and what the world does to them. */

import { afterEach, describe, expect, test } from 'vitest';
import { clearKiosk, kioskStops } from '../../src/certificate-order/stop.ts';
import { DIFFERENCES, type Difference } from '../../src/domain/difference.ts';
import type { ScreenBody, ScreenName } from '../../src/domain/screen.ts';
import type { IssueAnswer } from '../../src/link/certificate-protocol.ts';
import { endKiosks, kiosk } from './kiosks.ts';
import { CERTIFICATE } from './one-card.ts';
import type { OrderWorld } from './order-world.ts';
import { FEE, HOLDER, type Wrong } from './stand-in-centre.ts';

afterEach(endKiosks);

const at = (name: ScreenName) => (screen: ScreenBody) => screen.screen === name;
const ENDED = { screen: 'ended', money: 'nothing-charged' } as const;

/** Everything that has to hold when an order ended without paper. */
function expectNothing(world: OrderWorld): void {
  expect(world.sheets).toEqual([]);
  expect(world.unit.books.takings).toBe(0);
  expect(world.unit.books.open).toBeNull();
}

test('from the card to the paper: paid once, printed once, and the receipt says so', async () => {
  const world = await kiosk({ pages: 2 });
  await world.walk(at('confirm-order'));
  expect(world.screen).toMatchObject({
    holder: HOLDER,
    order: { document: 'family-register-individual', copies: 1, sheets: 2, fee: FEE },
  });
  await world.walk(at('take-paper'));
  expect(world.screen).toMatchObject({ sheets: 2, receipt: 'printed' });
  await world.walk();
  expect(world.output).toEqual({ why: 'done', error: null });
  expect(world.events).toEqual([
    'certificate.issued',
    'payment.authorised',
    'sheet.intent',
    'sheet.done',
    'sheet.intent',
    'sheet.done',
    'certificate.printed',
    'payment.captured',
    'print.intent',
    'print.done',
  ]);
  expect(world.sheets).toHaveLength(2);
  expect(world.unit.books.takings).toBe(FEE);
  expect(JSON.stringify(world.receipts)).toContain('領収書');
});

test('the card is back in its owner’s hand before anything is sent to the printer', async () => {
  const world = await kiosk();
  await world.walk(at('take-card'));
  expect(world.screen).toMatchObject({ follows: 'paper', urgency: 0, sheets: 1 });
  expect(world.done).not.toContain('print');
  world.clock.increment(15_000);
  expect(world.screen).toMatchObject({ urgency: 1 });
  world.clock.increment(15_000);
  expect(world.screen).toMatchObject({ urgency: 2 });
  world.clock.increment(120_000);
  await world.walk(at('ended'));
  expect(world.screen).toMatchObject({ reason: 'card-left-behind', money: 'returned' });
  expectNothing(world);
});

test('no fact, no line of the journal and no receipt names a person, a certificate or a PIN', async () => {
  const world = await kiosk();
  await world.walk();
  const kept = JSON.stringify([world.facts, world.lines.all, world.receipts]);
  expect(kept).not.toContain('山');
  expect(kept).not.toContain(CERTIFICATE.toString('base64'));
});

describe('what comes is held against the session, and whatever differs stops the kiosk for good', () => {
  const other = Buffer.from('the certificate of somebody else');
  const REQUEST = '11111111-2222-4333-8444-555555555555';
  const CASES: readonly (readonly [string, Wrong, readonly Difference[]])[] = [
    ['the centre reads another person’s record', { certificate: other }, ['subject']],
    [
      'the manifest of another request',
      { manifest: { request: REQUEST } },
      ['request', 'code-request'],
    ],
    ['another terminal’s', { manifest: { terminal: 'kiosk-2' } }, ['terminal']],
    [
      'another document than was ordered',
      { manifest: { document: 'taxation' } },
      ['document', 'code-document'],
    ],
    ['another option', { manifest: { option: 'household' } }, ['option']],
    ['more copies', { manifest: { copies: 2 } }, ['copies']],
    ['another fee', { manifest: { fee: 550 } }, ['fee']],
    ['no fee', { manifest: { fee: 0 } }, ['fee']],
    ['a page too many in the manifest', { manifest: { pages: 2 } }, ['pages']],
    ['a code of another request', { codes: { request: REQUEST } }, ['code-request']],
    ['a code of another document', { codes: { document: 'taxation' } }, ['code-document']],
    [
      'a swapped document under the right manifest',
      { document: () => Buffer.from('["KZ1:somebody else"]') },
      ['sha256', 'code'],
    ],
    ['swapped bytes that are no document', { document: () => Buffer.from('garbage') }, ['sha256']],
    [
      'a manifest that nobody signed',
      { answer: (right) => withManifest(right, 'MAo=') },
      ['manifest'],
    ],
    ['a key that opens nothing', { answer: withOtherKey }, ['seal']],
  ];

  test.each(CASES)('%s', async (_, wrong, differs) => {
    const world = await kiosk();
    world.centre.wrong = wrong;
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'document-differs' });
    expect(DIFFERENCES.filter((field) => differs.includes(field))).toEqual(
      kioskStops(world.recorder.ledger)[0]?.differs,
    );
    expect(world.events).toEqual(['kiosk.stopped', 'certificate.voided']);
    expectNothing(world);
    await world.kill();
    await world.start();
    expect(kioskStops(world.recorder.ledger)).toHaveLength(1);
    const decision = { by: 'Yamada', why: 'the centre was told' };
    expect(clearKiosk(world.recorder.ledger, decision)).toHaveLength(1);
    expect(kioskStops(world.recorder.ledger)).toEqual([]);
    expect(clearKiosk(world.recorder.ledger, decision)).toEqual([]);
    expect(world.facts.at(-1)).toMatchObject({ event: 'kiosk.cleared', body: decision });
  });

  test('the answer to an earlier order, replayed, is none to this one', async () => {
    const world = await kiosk();
    let earlier: IssueAnswer | null = null;
    world.centre.wrong = {
      answer: (right) => {
        earlier ??= right;
        return earlier;
      },
    };
    await world.walk();
    world.begin();
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'document-differs' });
    expect(world.sheets).toHaveLength(1);
  });

  test('a sheet that is another one when its turn comes is not printed', async () => {
    const world = await kiosk({ pages: 2 });
    await world.walk(at('take-card'));
    world.sheetsInMemory[1]?.fill(0);
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ reason: 'document-differs', money: 'returned' });
    expect(world.sheets).toHaveLength(1);
    expect(kioskStops(world.recorder.ledger)).toMatchObject([{ differs: ['sheet'] }]);
    expect(world.unit.books.takings).toBe(0);
    expect(JSON.stringify(world.receipts)).toContain('返金');
  });
});

describe('the centre', () => {
  test('is silent: an apology after 30 seconds, nothing charged, and its late answer is nobody’s', async () => {
    const world = await kiosk();
    const late = Promise.withResolvers<IssueAnswer>();
    world.centre.wrong = { answer: () => late.promise };
    await world.walk(
      ({ screen }) => screen === 'working' && world.done.includes('certificate-issue'),
    );
    world.clock.increment(30_000);
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'centre-silent' });
    await world.walk();
    // Yokohama: the answer comes while the next person is there.
    world.centre.wrong = {};
    world.begin();
    await world.walk(at('confirm-order'));
    late.resolve({ result: 'refused', reason: 'holder-deceased' });
    await world.walk();
    expect(world.output).toEqual({ why: 'done', error: null });
    expect(world.sheets).toHaveLength(1);
    expect(new Set(world.facts.map(({ subject }) => subject)).size).toBe(2);
  });

  test.each(['character-not-covered', 'outside-hours'] as const)(
    'refuses with %s: nothing is paid for',
    async (reason) => {
      const world = await kiosk();
      world.centre.wrong = { answer: () => ({ result: 'refused', reason }) };
      await world.walk(at('ended'));
      expect(world.screen).toMatchObject({ ...ENDED, reason });
      expectNothing(world);
      expect(world.events).toEqual(['certificate.voided']);
    },
  );

  test('is cut off after it has issued: the document is fetched when it is back', async () => {
    const world = await kiosk();
    world.centre.unreachable = 1;
    await world.walk();
    expect(world.output).toMatchObject({ why: 'done' });
  });

  test('sends what is no document, rightly signed: not printed, and the kiosk goes on', async () => {
    const world = await kiosk();
    world.centre.makeDocument = async () => Buffer.from('no document');
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'document-unusable' });
    expect(kioskStops(world.recorder.ledger)).toEqual([]);
    expect(world.lines.all).toContainEqual(
      expect.objectContaining({ event: 'document.unusable', reason: 'no-pdf' }),
    );
  });
});

describe('the card', () => {
  test('goes before the PIN: it is asked for again, and nobody was asked for anything', async () => {
    const world = await kiosk();
    await world.walk(at('pin'));
    world.remove();
    expect(world.screen).toMatchObject({ screen: 'place-card', again: 'card-removed' });
    await world.walk();
    expect(world.output).toMatchObject({ why: 'done' });
  });

  test('goes before the order is confirmed: what was issued is void, nothing is charged', async () => {
    const world = await kiosk();
    await world.walk(at('confirm-order'));
    world.remove();
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'card-removed' });
    expect(world.events.at(-1)).toBe('certificate.voided');
    expectNothing(world);
  });

  test('of somebody else on the reader while it prints: nothing happens to the order', async () => {
    const world = await kiosk({ pages: 3 });
    await world.walk(at('printing'));
    world.hold();
    await world.walk();
    expect(world.output).toMatchObject({ why: 'done' });
    expect(world.sheets).toHaveLength(3);
  });
});

describe('the printer', () => {
  test('is out of paper at sheet 2 of 4: it waits, staff refills it, and it goes on', async () => {
    const world = await kiosk({ pages: 4 });
    world.printer.setFault('media-empty', 1);
    await world.walk((screen) => screen.screen === 'printing' && screen.held !== null);
    expect(world.screen).toMatchObject({ done: 1, held: 'page-paper-out' });
    world.printer.setFault('none');
    await world.walk();
    expect(world.output).toMatchObject({ why: 'done' });
    expect(new Set(world.sheets).size).toBe(4);
    expect(world.sheets).toHaveLength(4);
    expect(world.unit.books.takings).toBe(FEE);
  });

  test.each(['media-empty', 'media-jam'] as const)(
    'has %s and the person gives up: what is not printed is void, and the money goes back',
    async (fault) => {
      const world = await kiosk({ pages: 4 });
      world.printer.setFault(fault, 1);
      await world.walk((screen) => screen.screen === 'printing' && screen.held !== null);
      world.press({ key: 'back' });
      await world.walk(at('ended'));
      expect(world.screen).toMatchObject({ reason: 'order-cancelled', money: 'returned' });
      expect(world.facts.at(-1)).not.toMatchObject({ event: 'certificate.printed' });
      expect(world.facts).toContainEqual(
        expect.objectContaining({
          event: 'certificate.voided',
          body: expect.objectContaining({ sheets: 1 }),
        }),
      );
      world.printer.setFault('none');
      expect(world.printer.spooled).toBe(0);
      expect(world.unit.books.takings).toBe(0);
    },
  );

  test('counts a sheet of a job that it gave up: staff is asked, the money goes back', async () => {
    const world = await kiosk({ pages: 2 });
    world.printer.setFault('abort-after-one', 1);
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ reason: 'printing-unknown', money: 'returned' });
    expect(world.records.stateOf(requestOf(world))).toBe('unknown');
    expect(world.unit.books.takings).toBe(0);
  });
});

describe('the money', () => {
  test('is not put in: whoever is asked whether they are there and says nothing loses nothing', async () => {
    const world = await kiosk();
    await world.walk((screen) => screen.screen === 'paying' && screen.chosen === null);
    world.clock.increment(90_000);
    expect(world.screen).toMatchObject({ screen: 'still-there', seconds: 20 });
    world.press({ key: 'stay' });
    expect(world.screen).toMatchObject({ screen: 'paying' });
    world.clock.increment(90_000);
    world.clock.increment(20_000);
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ ...ENDED, reason: 'order-cancelled' });
    expectNothing(world);
  });

  test('is half in when the person stops: it comes back', async () => {
    const world = await kiosk();
    await world.walk((screen) => screen.screen === 'paying' && screen.chosen === null);
    world.press({ key: 'choose', choice: 'cash' });
    await world.until(() => world.unit.books.open?.state === 'collecting');
    world.unit.insert(100);
    await world.until(() => (world.screen as { inserted?: number }).inserted === 100);
    world.press({ key: 'back' });
    await world.walk(at('ended'));
    expect(world.screen).toMatchObject({ reason: 'order-cancelled' });
    expectNothing(world);
    expect(world.unit.books.emptyTray()).toEqual([100]);
  });
});

test('nobody chooses anything: they are asked whether they are there, and their choice is kept', async () => {
  const world = await kiosk();
  await world.walk(at('confirm-order'));
  world.clock.increment(60_000);
  expect(world.screen).toMatchObject({ screen: 'still-there' });
  world.press({ key: 'stay' });
  expect(world.screen).toMatchObject({ screen: 'confirm-order' });
  world.clock.increment(60_000);
  world.clock.increment(20_000);
  await world.walk(at('take-card'));
  expect(world.screen).toMatchObject({ follows: 'nothing' });
  expect(world.events.at(-1)).toBe('certificate.voided');
  await world.walk();
  expect(world.output).toEqual({ why: 'left', error: null });
});

test('what is closed is explained, and the others can still be had', async () => {
  const world = await kiosk();
  await world.walk(at('choose'));
  world.press({ key: 'choose', choice: '1' });
  expect(world.screen).toMatchObject({ ...ENDED, reason: 'year-end', request: null });
  world.press({ key: 'back' });
  await world.walk();
  expect(world.output).toMatchObject({ why: 'done' });
});

test('a wrong PIN costs one try and is never sent again', async () => {
  const world = await kiosk();
  await world.walk(at('pin'));
  for (const character of '1111') world.press({ key: 'character', character });
  world.press({ key: 'enter' });
  await world.until(() => (world.screen as { result?: string }).result === 'wrong');
  expect(world.screen).toMatchObject({ screen: 'pin', digits: 0, tries: 2 });
  expect(world.done).not.toContain('certificate-issue');
});

function requestOf(world: OrderWorld): string {
  return world.facts[0]?.subject ?? '';
}

function withManifest(answer: IssueAnswer, manifest: string): IssueAnswer {
  return answer.result === 'issued' ? { ...answer, manifest } : answer;
}

function withOtherKey(answer: IssueAnswer): IssueAnswer {
  const key = Buffer.alloc(32, 1).toString('base64');
  return answer.result === 'issued' ? { ...answer, key } : answer;
}
