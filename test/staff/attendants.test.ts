/** Attendants at the gate: their card opens the staff's menu and is no visitor; and staff at a keyboard against a card. */

import { X509Certificate } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createActor, waitFor } from 'xstate';
import type { CardProof } from '../../devices/card/card.ts';
import { Journal } from '../../src/journal.ts';
import { Papers } from '../../src/papers.ts';
import { Recorder } from '../../src/recorder.ts';
import { eventEntry } from '../../src/services/event-entry.ts';
import type { TerminalParts } from '../../src/services/service.ts';
import { attendantFinder, attendantTable } from '../../src/staff/attendants.ts';
import { StaffBook } from '../../src/staff/book.ts';
import { enterByTicket } from '../../src/staff/ticket-entry.ts';
import { CardMaker } from '../cards.ts';
import { JournalLines } from '../journal-lines.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';

const HOUR_MS = 3_600_000;

/**
 * A gate whose devices answer at once. `verdict`: of the certificate of the card that is held; `proves`: what comes of
 * asking it for its proof, null where there is no institution key.
 */
function gate(
  attendant: TerminalParts['attendant'],
  verdict: object,
  certificate: Uint8Array = Buffer.of(1),
  proves: Partial<CardProof> | null = null,
) {
  const state = tempFolder();
  const ledger = openLedger(state);
  const journal = new JournalLines();
  const kept = new Journal(state, journal.out);
  onTestFinished(() => kept.close());
  const recorder = new Recorder(ledger, kept, Date.now);
  const manifest = {
    version: 1,
    title: '音楽祭',
    place: '',
    startsAt: null,
    issuedAt: new Date().toISOString(),
    validFrom: new Date(Date.now() - HOUR_MS).toISOString(),
    validTo: new Date(Date.now() + HOUR_MS).toISOString(),
    assurance: 'identified',
    staleness: { oldAfterHours: 1, tooOldAfterHours: 2, whenTooOld: 'admit' },
  };
  let leases = 0;
  let found = 0;
  const find = () => {
    found += 1;
    return { ref: 'r', sealed: Buffer.of(1) };
  };
  const release = () => {
    leases -= 1;
  };
  const lease = () => {
    leases += 1;
    return { file: { manifest, find }, confirmedAt: Date.now(), release };
  };
  const identity = { certificate, startedAt: 0, finishedAt: 0 };
  const row = { ticket: '7', seat: 'A 1番', holder: '', party: '' };
  const parts = {
    terminal: 'gate-1',
    now: Date.now,
    reader: () => ({
      modelled: true,
      identify: async () => identity,
      prove: async () => ({ ...identity, provedAt: 1, notProved: null, ...proves }),
    }),
    trust: () => ({ verify: async () => verdict }),
    attendant,
    institution: () => (proves === null ? null : {}),
    listKeys: () => ({ convertedValue: () => Buffer.of(1), openRow: () => row }),
    shelf: { lease, active: () => null },
    recorder,
    papers: new Papers('gate-1', recorder, () => null),
  } as unknown as TerminalParts;
  const service = eventEntry(parts, { list: 'list', gate: 'west' });
  return {
    state,
    ledger,
    journal,
    leases: () => leases,
    lookups: () => found,
    async tap(): Promise<unknown> {
      const actor = createActor(service.machine, { input: { tap: 1, sensedAt: 0 } }).start();
      const { output } = await waitFor(actor, ({ status }) => status !== 'active');
      return output;
    },
  };
}

const VALID = { valid: true, revocation: 'checked' };

describe("an attendant's card", () => {
  test('is no visitor: it names them before the list is looked at, and no fact says that they entered', async () => {
    const { tap, ledger, leases, lookups } = gate(() => '森', VALID);
    expect(await tap()).toEqual({ answer: 'attendant', by: '森' });
    expect([ledger.lastFact().seq, leases(), lookups()]).toEqual([0, 0, 0]);
  });

  test('whose certificate is revoked or forged opens nothing: it is refused like any other', async () => {
    const { tap, journal } = gate(() => '森', {
      valid: false,
      reason: 'certificate-revoked',
      detail: '',
    });
    expect(await tap()).toEqual({ answer: 'refused', reason: 'certificate-revoked' });
    await journal.next({ event: 'entry.refused', reason: 'certificate-revoked' });
  });

  test('opens the menu where it can prove its key and does, though the list asks nobody for it', async () => {
    const { tap, ledger } = gate(() => '森', VALID, Buffer.of(1), {});
    expect(await tap()).toEqual({ answer: 'attendant', by: '森' });
    expect(ledger.lastFact().seq).toBe(0);
  });

  test('that is a copy of the certificate opens nothing there: the PIN is left', async () => {
    const copy = { notProved: 'the signature is not of the key in the certificate' };
    const { tap, journal, leases } = gate(() => '森', VALID, Buffer.of(1), copy);
    expect(await tap()).toEqual({ answer: 'refused', reason: 'possession-not-proved' });
    const said = await journal.next({ event: 'entry.refused', reason: 'possession-not-proved' });
    expect(said).toMatchObject({ assurance: 'identified', detail: copy.notProved });
    expect(leases()).toBe(0);
  });

  test('that is swapped for another one before the proof opens nothing: it has to be held again', async () => {
    const { tap, journal } = gate(() => '森', VALID, Buffer.of(1), { certificate: Buffer.of(2) });
    expect(await tap()).toEqual({ answer: 'hold-again', reason: 'card-removed' });
    await journal.next({ event: 'card.unreadable', reason: 'card-removed' });
  });

  test('is known by its whole certificate, and by the table that the command prints', async () => {
    const cards = await CardMaker.create();
    const [mori, other] = [await cards.card(), await cards.card()];
    const der = attendantTable('森', mori.der) ?? '';
    expect(attendantTable('森', Buffer.from(new X509Certificate(mori.der).toString()))).toBe(der);
    const card = /card = "([0-9a-f]{64})"/u.exec(der)?.[1] ?? '';
    const find = attendantFinder([{ name: '森', card }]);
    expect(find(mori.der)).toBe('森');
    expect(find(other.der)).toBeNull();
    expect(find(Buffer.concat([mori.der, Buffer.of(0)]))).toBeNull();
    const { tap } = gate(find, VALID, mori.der);
    expect(await tap()).toEqual({ answer: 'attendant', by: '森' });
  });

  test.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'can not be made from %j',
    (text) => {
      expect(attendantTable('森', Buffer.from(text))).toBeNull();
    },
  );
});

test('a card whose ticket is let in by number between its look-up and its commit is refused, once', async () => {
  const { state, tap, ledger, journal, leases } = gate(() => null, VALID);
  const { record } = ledger;
  ledger.record = (...args) => {
    ledger.record = record;
    const other = openLedger(state, { countsAsBoot: false });
    const records = { ledger: other, book: new StaffBook(other) };
    enterByTicket(records, { list: 'list', gate: 'west', number: '7', by: '森' });
    return record.apply(ledger, args);
  };
  expect(await tap()).toEqual({ answer: 'refused', reason: 'already-entered' });
  const said = await journal.next({ event: 'entry.refused', reason: 'already-entered' });
  expect(said).toMatchObject({ ticket: '7', first: { gate: 'west' } });
  const events = [...ledger.facts(0)].map(({ event, body }) => [event, body['assurance']]);
  expect(events).toEqual([
    ['entry.granted', 'attendant'],
    ['entry.refused', 'identified'],
  ]);
  expect(ledger.steps.open('receipt')).toEqual([]);
  expect(leases()).toBe(0);
});
