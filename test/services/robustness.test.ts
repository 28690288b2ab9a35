/** What the world does to a gate at the wrong moment. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { createActor, waitFor } from 'xstate';
import type { PrintOutcome, ReceiptPrinter } from '../../devices/receipt/receipt-printer.ts';
import type { Answer } from '../../src/domain/answer.ts';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import { Journal } from '../../src/journal.ts';
import { Papers, type PlannedPaper } from '../../src/papers.ts';
import { Recorder } from '../../src/recorder.ts';
import { eventEntry } from '../../src/services/event-entry.ts';
import type { TerminalParts } from '../../src/services/service.ts';
import { DiskFullError, type Ledger } from '../../src/store/ledger.ts';
import { JournalLines } from '../journal-lines.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';
import { atTheGate } from '../terminal.ts';

const HOUR_MS = 3_600_000;
const ROW = { ticket: '7', seat: 'A 1番', holder: '', party: '' };

/** A gate with one ticket, whose devices answer at once: what is left is the service itself. */
function smallGate() {
  const state = tempFolder();
  const ledger = openLedger(state);
  const journal = new JournalLines();
  const kept = new Journal(state, journal.out);
  onTestFinished(() => kept.close());
  const recorder = new Recorder(ledger, kept, Date.now);
  const manifest: Partial<EntryListManifest> = {
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
  let sealed: Buffer | null = Buffer.of(1);
  const lease = {
    file: { manifest, find: () => (sealed === null ? null : { ref: 'r', sealed }) },
    confirmedAt: Date.now(),
    release: () => {},
  };
  const identity = { certificate: Uint8Array.of(1), startedAt: 0, finishedAt: 0 };
  const parts = {
    terminal: 'gate-1',
    now: Date.now,
    reader: () => ({ modelled: true, identify: async () => identity }),
    trust: () => ({ verify: async () => ({ valid: true, revocation: 'checked' }) }),
    attendant: () => null,
    institution: () => null,
    listKeys: () => ({ convertedValue: () => Buffer.of(1), openRow: () => ROW }),
    shelf: { lease: () => lease, active: () => null },
    recorder,
    papers: new Papers('gate-1', recorder, () => null),
  } as unknown as TerminalParts;
  const service = eventEntry(parts, { list: 'list', gate: 'west' });
  return {
    service,
    journal,
    ledger,
    forgetRow: () => {
      sealed = null;
    },
    async tap(tap: number): Promise<Answer> {
      const actor = createActor(service.machine, { input: { tap, sensedAt: 0 } }).start();
      const { output } = await waitFor(actor, ({ status }) => status !== 'active');
      return output as Answer;
    },
  };
}

describe('the receipt of a tap', () => {
  test('that is owed before anybody listens is still told to whoever listens then', async () => {
    const { service, journal, tap } = smallGate();
    expect(await tap(1)).toEqual({ answer: 'granted' });
    await journal.next({ event: 'print.owed', reason: 'offline' });
    await new Promise((resolve) => setImmediate(resolve));
    let owed = 0;
    service.receipts?.watch(1, () => {
      owed += 1;
    });
    await expect.poll(() => owed).toBe(1);
  });

  test('is never told to the next person', async () => {
    const { service, tap, forgetRow } = smallGate();
    await tap(1);
    forgetRow();
    await tap(2);
    service.receipts?.watch(2, () => expect.unreachable('it was the receipt of the first'));
    service.receipts?.watch(1, () => expect.unreachable('that person is gone'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

test('a refusal after a valid certificate says which level was reached; one before says none', () =>
  atTheGate(async ({ tap, cards }) => {
    const stranger = await cards.card();
    expect(await tap(stranger.card)).toMatchObject({
      event: 'entry.refused',
      reason: 'not-on-list',
      assurance: 'identified',
    });
    const transit = await tap({ kind: 'transit' });
    expect(transit).toMatchObject({ event: 'entry.refused', reason: 'card-not-supported' });
    expect(transit).not.toHaveProperty('assurance');
  }));

/** Records without a journal. `before`: called each time, and may throw. */
function recorderOf(ledger: Ledger, before: () => void = () => {}): Recorder {
  const record: Recorder['record'] = (facts, options) => {
    before();
    return ledger.record(facts, options?.steps);
  };
  return { ledger, record } as unknown as Recorder;
}

/** An entry and its paper, planned and not printed. */
function plan(papers: Papers, ledger: Ledger, subject: string): PlannedPaper {
  const planned: PlannedPaper[] = [];
  ledger.record([{ event: 'entry.granted', subject, body: { gate: 'west' } }], (steps) => {
    planned.push(papers.plan(steps, subject, { ticket: '7', list: 'list', ref: 'r' }));
  });
  const [paper] = planned;
  if (paper === undefined) throw new Error('nothing was planned');
  return paper;
}

describe('papers on a disk that takes nothing', () => {
  /** Planned and never printed, as an earlier run leaves it. */
  function withPlannedPaper() {
    const state = tempFolder();
    const ledger = openLedger(state);
    let isFull = false;
    const recorder = recorderOf(ledger, () => {
      if (isFull) throw new DiskFullError('full');
    });
    return {
      recorder,
      planned: (subject: string) =>
        plan(new Papers('gate-1', recorder, () => null), ledger, subject),
      fill: (full: boolean) => {
        isFull = full;
      },
    };
  }

  test('a start goes on, and settles them when there is room', () => {
    const { recorder, planned, fill } = withPlannedPaper();
    planned('list/r');
    const papers = new Papers('gate-1', recorder, () => null);
    fill(true);
    papers.settleEarlierRun();
    expect(papers.stateOf('list/r')).toBe('being-printed');
    fill(false);
    papers.settleAbandoned();
    expect(papers.stateOf('list/r')).toBe('owed');
  });

  test('a paper whose end found no room is settled when there is some, and no other one', async () => {
    const { recorder, planned, fill } = withPlannedPaper();
    const papers = new Papers('gate-1', recorder, () => null);
    const paper = planned('list/r');
    planned('list/another-one-under-way');
    fill(true);
    expect(await papers.print(paper, { paper: paper.paper, blocks: [] })).toBe('unknown');
    fill(false);
    papers.settleAbandoned();
    expect(papers.stateOf('list/r')).toBe('owed');
    expect(papers.stateOf('list/another-one-under-way')).toBe('being-printed');
  });
});

test('a printer that answers after the end of the terminal is no defect', async () => {
  const ledger = openLedger(tempFolder());
  const recorder = recorderOf(ledger);
  const answer = Promise.withResolvers<PrintOutcome>();
  const printer = {
    condition: async () => 'ready',
    print: () => answer.promise,
  } as unknown as ReceiptPrinter;
  const papers = new Papers('gate-1', recorder, () => printer);
  const paper = plan(papers, ledger, 'list/r');
  const printed = papers.print(paper, { paper: paper.paper, blocks: [] });
  await papers.finish(10);
  ledger.close();
  answer.resolve({ outcome: 'printed' });
  expect(await printed).toBe('unknown');
});

describe('the end', () => {
  test('in the middle of a paper: soon, and the paper is asked about after the next start', () =>
    atTheGate(async ({ printer, tap, journal, stop, start, config }, { card }) => {
      await printer('offline', 5);
      await tap(card.card);
      await journal.next({ event: 'print.intent' });
      const took = stopwatch();
      await stop();
      expect(took()).toBeLessThan(4 * 5_000);
      expect(config.name).toBe('gate-1');
      await start();
      await journal.next({ event: 'print.unknown' });
      expect(await tap(card.card)).toMatchObject({ reason: 'receipt-unsettled' });
    }));

  test('in the middle of a read, and with a card left on the reader: nothing is decided twice', () =>
    atTheGate(async ({ hold, journal, stop, start }, { card }) => {
      await hold({ ...card.card, timing: { bitRate: 106, perApduMs: 20, signatureMs: 0 } });
      await stop();
      expect(journal.count({ event: 'entry.granted' })).toBe(0);
      const before = journal.all.length;
      await start();
      await journal.next({ event: 'terminal.in-service' }, before);
      await hold(card.card);
      await journal.next({ event: 'entry.granted' }, before);
      expect(journal.count({ event: 'event.dropped' })).toBe(0);
    }));
});

describe('the reader goes', () => {
  test('in the middle of a read: hold it again; the card that lies there when it is back is served', () =>
    atTheGate(async ({ hold, reader, journal }, { card }) => {
      await hold({ ...card.card, timing: { bitRate: 106, perApduMs: 20, signatureMs: 0 } });
      await reader('unplug');
      await journal.next({ event: 'card.unreadable', reason: 'card-removed' });
      const before = journal.all.length;
      await reader('plug');
      await journal.next({ event: 'entry.granted' }, before);
      expect(journal.count({ event: 'entry.granted' })).toBe(1);
      expect(journal.count({ event: 'event.dropped' })).toBe(0);
    }));
});

test('a crowd: many cards, one after the other and at once, and no event is dropped', () =>
  atTheGate(async ({ tap, hold, remove, reader, printer, cards, journal, papers }, { card }) => {
    const strangers = await Promise.all([cards.card(), cards.card()]);
    await tap(card.card);
    for (let round = 0; round < 10; round++) {
      for (const stranger of strangers) {
        await hold(stranger.card);
        if (round % 3 === 0) await remove();
        if (round % 4 === 1) {
          await reader('unplug');
          await remove();
          await reader('plug');
        }
        await remove();
      }
      if (round === 5) await printer('paper-out');
    }
    await journal.next({ event: 'terminal.in-service' });
    await expect
      .poll(async () => (await tap(card.card)).event, { timeout: 10_000 })
      .toBe('entry.refused');
    expect(journal.count({ event: 'entry.granted' })).toBe(1);
    expect(journal.count({ event: 'event.dropped' })).toBe(0);
    expect((await papers()).length).toBeLessThanOrEqual(1);
  }));
