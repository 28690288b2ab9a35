/** Entry by ticket number against entry by card, in both orders, from two processes, and with the power cut in between. */

import { describe, expect, test } from 'vitest';
import { ticketNumber } from '../../src/domain/ticket-number.ts';
import { StaffBook } from '../../src/staff/book.ts';
import { closePaper, type StaffRecords, takeBack } from '../../src/staff/decisions.ts';
import { enterByTicket, standingEntry } from '../../src/staff/ticket-entry.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { holdAgainstOthers, OvertakenError, ticketState } from '../../src/store/ticket-state.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';

const TICKET = '0042-7781';
const ROW = { list: 'list', subject: 'list/r1', ticket: TICKET };
const BY = { by: '森', why: 'card left at home' };
const ASKED = { list: 'list', gate: 'west', number: TICKET, ...BY };

/** A process that works on the state folder. */
function opened(state: string): StaffRecords {
  const ledger = openLedger(state, { countsAsBoot: false });
  return { ledger, book: new StaffBook(ledger) };
}

function cardEnters(ledger: Ledger, ticket = TICKET, ref = 'r1'): void {
  const body = { ticket, list: 'list', ref, gate: 'west', assurance: 'identified' };
  ledger.record([{ event: 'entry.granted', subject: `list/${ref}`, body }]);
}

describe('a ticket number', () => {
  test.each([
    ['0042-7781', '0042-7781'],
    [' ab 12 ', 'AB12'],
    ['ＡＢ－１２', 'AB-12'],
    ['１２　３４', '1234'],
    ['ａｂ', 'AB'],
    ['座席1', '座席1'],
  ])('%j is %j, however it is written', (text, number) => {
    expect(ticketNumber(text)).toBe(number);
    expect(ticketNumber(number)).toBe(number);
  });

  test.each(['', '   ', '---', '　', 'x'.repeat(201)])('%j is none', (text) => {
    expect(ticketNumber(text)).toBeNull();
  });
});

describe('both orders', () => {
  test('by number first: the row of the card says when and where, and that no paper belongs to it', () => {
    const records = opened(tempFolder());
    enterByTicket(records, ASKED);
    const { entered } = ticketState(records.ledger, ROW);
    expect(entered).toMatchObject({ gate: 'west', seq: 1, byNumber: true });
  });

  test('by card first: by number is refused with when and where', () => {
    const records = opened(tempFolder());
    cardEnters(records.ledger);
    const outcome = enterByTicket(records, ASKED);
    expect(outcome).toMatchObject({ result: 'already-entered', first: { gate: 'west', seq: 1 } });
  });

  test('however the list writes the number of the ticket', () => {
    const records = opened(tempFolder());
    cardEnters(records.ledger, 'ab 12', 'r2');
    expect(enterByTicket(records, { ...ASKED, number: 'AB12' })).toMatchObject({
      result: 'already-entered',
    });
    enterByTicket(records, { ...ASKED, number: 'CD34' });
    const row = { list: 'list', subject: 'list/r3', ticket: 'ｃｄ 34' };
    expect(ticketState(records.ledger, row).entered).not.toBeNull();
  });

  test('taken back, either way, the other way is free again', () => {
    const records = opened(tempFolder());
    cardEnters(records.ledger);
    expect(takeBack(records, 'list', TICKET, BY).result).toBe('undone');
    expect(enterByTicket(records, ASKED).result).toBe('entered');
    expect(takeBack(records, 'list', TICKET, BY).result).toBe('undone');
    expect(ticketState(records.ledger, ROW).entered).toBeNull();
    expect(takeBack(records, 'list', TICKET, BY).result).toBe('nothing-to-undo');
  });

  test('another list, and another ticket, are another matter', () => {
    const records = opened(tempFolder());
    cardEnters(records.ledger);
    expect(enterByTicket(records, { ...ASKED, list: 'other' }).result).toBe('entered');
    expect(enterByTicket(records, { ...ASKED, number: '0042-7782' }).result).toBe('entered');
  });
});

describe('where somebody looks whether people walk through', () => {
  const about = { ticket: TICKET, list: 'list', ref: 'r1', gate: 'west' };
  const tell = (ledger: Ledger, event: 'entry.granted' | 'entry.not-passed' | 'entry.left') => {
    const more = event === 'entry.granted' ? { passage: 'attendant' } : { grant: 1 };
    ledger.record([{ event, subject: ROW.subject, body: { ...about, ...more } }]);
  };

  test('a card that was let in a moment ago keeps its number from coming in, too', () => {
    const records = opened(tempFolder());
    tell(records.ledger, 'entry.granted');
    expect(enterByTicket(records, ASKED).result).toBe('already-entered');
  });

  test('one that did not walk through does not, and there is nothing to take back', () => {
    const records = opened(tempFolder());
    tell(records.ledger, 'entry.granted');
    tell(records.ledger, 'entry.not-passed');
    expect(takeBack(records, 'list', TICKET, BY).result).toBe('nothing-to-undo');
    expect(enterByTicket(records, ASKED).result).toBe('entered');
    expect(takeBack(records, 'list', TICKET, BY).result).toBe('undone');
  });

  test('a paper that is owed to somebody who tries again waits no more: it comes with the next entry', () => {
    const records = opened(tempFolder());
    tell(records.ledger, 'entry.granted');
    const body = { paper: 'gate-1-000001', ticket: TICKET, list: 'list', ref: 'r1' };
    records.ledger.record([{ event: 'print.owed', subject: ROW.subject, body }]);
    tell(records.ledger, 'entry.not-passed');
    records.book.read();
    expect(records.book.papers.all).toHaveLength(1);
    tell(records.ledger, 'entry.granted');
    records.book.read();
    expect(records.book.papers.all).toEqual([]);
  });

  test('who went out comes in by number where the list lets them come in again', () => {
    const records = opened(tempFolder());
    cardEnters(records.ledger);
    tell(records.ledger, 'entry.left');
    expect(enterByTicket(records, ASKED).result).toBe('already-entered');
    expect(enterByTicket(records, { ...ASKED, reentry: 'after-exit' }).result).toBe('entered');
  });
});

describe('two at the same moment', () => {
  test('two processes that both saw a free ticket: one enters, the other is told', () => {
    const state = tempFolder();
    const [one, two] = [opened(state), opened(state)];
    for (const { book } of [one, two]) book.read();
    expect(standingEntry(two, 'list', TICKET)).toBeNull();
    two.book.read = () => {};
    expect(enterByTicket(one, ASKED).result).toBe('entered');
    expect(enterByTicket(two, { ...ASKED, by: 'Ito' })).toMatchObject({
      result: 'already-entered',
      first: { seq: 1 },
    });
    expect([...one.ledger.facts(0)]).toHaveLength(1);
  });

  test('a card and a number: the transaction of the card is refused, and leaves nothing', () => {
    const state = tempFolder();
    const gate = openLedger(state);
    enterByTicket(opened(state), ASKED);
    const granted = { event: 'entry.granted', subject: ROW.subject, body: {} } as const;
    const commit = () => gate.record([granted], () => holdAgainstOthers(gate, ROW));
    expect(commit).toThrow(OvertakenError);
    expect(gate.lastFact().seq).toBe(1);
  });

  test('two that take the same entry back: one does', () => {
    const state = tempFolder();
    const [one, two] = [opened(state), opened(state)];
    enterByTicket(one, ASKED);
    two.book.read();
    two.book.read = () => {};
    expect(takeBack(one, 'list', TICKET, BY).result).toBe('undone');
    expect(takeBack(two, 'list', TICKET, BY).result).toBe('nothing-to-undo');
  });

  test('two that settle the same paper: one does', () => {
    const state = tempFolder();
    const [one, two] = [opened(state), opened(state)];
    const about = { ticket: TICKET, list: 'list', ref: 'r1' };
    const fact = { event: 'print.unknown', subject: ROW.subject } as const;
    const paper = 'gate-1-000001';
    one.ledger.record([{ ...fact, body: { ...about, paper } }], (steps) => {
      const { id } = steps.plan('receipt', ROW.subject, about);
      steps.move(id, 'started');
      steps.move(id, 'unknown');
    });
    two.book.read();
    expect(closePaper(one, paper, true, BY)).toMatchObject({ body: { ...about, printed: true } });
    expect(closePaper(two, paper, false, BY)).toBeNull();
  });
});

describe('the power is cut', () => {
  test('before the commit nothing happened, after it the entry stands, by whoever asks next', () => {
    const state = tempFolder();
    const before = opened(state);
    const { record } = before.ledger;
    before.ledger.record = () => {
      throw new Error('power cut');
    };
    expect(() => enterByTicket(before, ASKED)).toThrow('power cut');
    before.ledger.record = record;
    before.ledger.close();

    const after = opened(state);
    expect(ticketState(after.ledger, ROW).entered).toBeNull();
    expect(enterByTicket(after, ASKED).result).toBe('entered');
    after.ledger.close();

    const later = opened(state);
    expect(enterByTicket(later, ASKED).result).toBe('already-entered');
    expect(ticketState(later.ledger, ROW).entered).toMatchObject({ byNumber: true });
  });
});

describe('the book', () => {
  test('is the same in one go, in slices, and carried on between two readings of which one is cut off', async () => {
    const state = tempFolder();
    const { ledger } = opened(state);
    for (let n = 0; n < 1_200; n += 1) cardEnters(ledger, `T${n}`, `r${n}`);
    const [whole, sliced, both] = [1, 2, 3].map(() => new StaffBook(ledger));
    whole?.read();
    await sliced?.readInSlices();
    const reading = both?.readInSlices();
    both?.read();
    await reading;
    for (const book of [whole, sliced, both]) {
      expect(book?.entryOf('T1199', 'list')).toMatchObject({ seq: 1_200, ref: 'r1199' });
      expect(book?.entryOf('T0')).toMatchObject({ seq: 1, undone: false });
      expect(book?.entryOf('T1200')).toBeNull();
    }
  });

  test('of a ticket on several lists names the latest', () => {
    const { ledger, book } = opened(tempFolder());
    for (const list of ['b', 'a', 'c']) {
      const body = { ticket: TICKET, list, ref: 'r', gate: 'west' };
      ledger.record([{ event: 'entry.granted', subject: `${list}/r`, body }]);
    }
    book.read();
    expect(book.entryOf(TICKET)).toMatchObject({ list: 'c' });
    expect(book.entryOf(TICKET, 'a')).toMatchObject({ list: 'a', seq: 2 });
  });
});
