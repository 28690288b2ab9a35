/** What staff decides at a kiosk, beside a daemon that has opened the same ledger. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OrderRecords } from '../../src/certificate-order/order-records.ts';
import { OrderSession } from '../../src/certificate-order/session.ts';
import { kioskStops, stopKiosk } from '../../src/certificate-order/stop.ts';
import { readConfig } from '../../src/config.ts';
import { Journal } from '../../src/journal.ts';
import { Recorder } from '../../src/recorder.ts';
import { StaffError } from '../../src/staff/commands.ts';
import {
  clearStoppedKiosk,
  kioskWaiting,
  settleMoney,
  settleOrder,
} from '../../src/staff/kiosk-commands.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { READING } from '../store/fixtures.ts';
import { CERTIFICATE } from './one-card.ts';
import { TERMINAL, TOWN } from './stand-in-centre.ts';

const BY = { by: 'Yamada', why: 'the centre was told' };

/** A kiosk whose daemon runs, and its configuration. */
function running() {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-kiosk-'));
  const state = join(folder, TERMINAL);
  const file = join(folder, 'kiosk.toml');
  writeFileSync(
    file,
    `profile = "kiosk"
name = "${TERMINAL}"
state = ${JSON.stringify(state)}
[platform]
url = "ws://127.0.0.1:1/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[page]
driver = "simulated"
[payment]
driver = "simulated"
[services.family-register]
`,
  );
  const config = readConfig(file);
  const rest = { terminal: TERMINAL, read: () => READING, countsAsBoot: true };
  const ledger = Ledger.open({ directory: state, ...rest });
  const journal = new Journal(state, null);
  onTestFinished(async () => {
    ledger.close();
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { config, recorder: new Recorder(ledger, journal, Date.now) };
}

test('a stopped kiosk goes on when somebody has looked, and who and why is a fact', () => {
  const { config, recorder } = running();
  expect(() => clearStoppedKiosk(config, BY)).toThrow(StaffError);
  stopKiosk(recorder, 'a-request', ['subject', 'code-subject']);
  const stops = [{ request: 'a-request', differs: ['subject', 'code-subject'] }];
  expect(kioskWaiting(config)).toEqual({ stops, orders: [], charges: [] });
  expect(clearStoppedKiosk(config, BY)).toEqual(stops);
  expect(kioskStops(recorder.ledger)).toEqual([]);
  const facts = [...recorder.ledger.facts(0)];
  expect(facts.at(-1)).toMatchObject({
    event: 'kiosk.cleared',
    body: { request: 'a-request', ...BY },
  });
});

test('whether the sheets of an order came out that nobody knows of is said once', () => {
  const { config, recorder } = running();
  const records = new OrderRecords(recorder);
  const document = 'resident-record';
  const order = { document, municipality: TOWN, option: 'plain', copies: 1, fee: 300 } as const;
  const session = new OrderSession(CERTIFICATE, TERMINAL, order);
  const { request } = session;
  records.begin(session);
  records.unknown(records.intend(request, 1, 1), 'offline');
  records.void(request, 'printing-unknown');
  const orders = [{ request, sheets: [{ sheet: 1, state: 'unknown' }] }];
  expect(kioskWaiting(config)).toEqual({ stops: [], orders, charges: [] });
  expect(settleOrder(config, request, false, BY)).toEqual({ request, printed: false });
  expect(kioskWaiting(config).orders).toEqual([]);
  expect(() => settleOrder(config, request, true, BY)).toThrow(StaffError);
  expect(records.stateOf(request)).toBe('void');
});

test('of two stops one can be cleared, and one that is none is an error', () => {
  const { config, recorder } = running();
  stopKiosk(recorder, 'a-request', ['subject']);
  stopKiosk(recorder, 'another', ['seal']);
  expect(() => clearStoppedKiosk(config, BY, 'a-third')).toThrow(/not stopped by a-third/u);
  expect(clearStoppedKiosk(config, BY, 'another')).toMatchObject([{ request: 'another' }]);
  expect(kioskStops(recorder.ledger)).toMatchObject([{ request: 'a-request' }]);
});

test('whether money was taken that nobody knows of is said once', () => {
  const { config, recorder } = running();
  const request = 'a-request';
  const { steps } = recorder.ledger;
  const { id } = steps.plan('charge', request, { request, yen: 300, means: 'cash', payment: 'p' });
  steps.move(id, 'started');
  expect(() => settleMoney(config, request, true, BY)).toThrow(StaffError);
  steps.move(id, 'unknown');
  expect(kioskWaiting(config).charges).toEqual([{ request, yen: 300 }]);
  expect(settleMoney(config, request, false, BY)).toEqual({ request, charged: false });
  expect(() => settleMoney(config, request, true, BY)).toThrow(StaffError);
  expect([...recorder.ledger.facts(0)]).toMatchObject([
    { event: 'payment.settled', body: { request, yen: 300, charged: false, ...BY } },
  ]);
});
