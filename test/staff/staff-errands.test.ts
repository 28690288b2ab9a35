/** What staff does at the gate's own screen, and what goes wrong there. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { TYPED_MAX } from '../../src/domain/screen.ts';
import { StaffBook } from '../../src/staff/book.ts';
import { enterByTicket } from '../../src/staff/ticket-entry.ts';
import { DiskFullError, type Ledger } from '../../src/store/ledger.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';
import { GATE, LIST, StaffRig } from './staff-rig.ts';

const TICKET = '0042-7781';

/** An entry by card, whose paper is planned. */
function byCard(ledger: Ledger, ref = 'r1', ticket = TICKET): string {
  const subject = `${LIST}/${ref}`;
  const body = { ticket, list: LIST, ref, gate: GATE, assurance: 'identified' };
  let number = 0;
  ledger.record([{ event: 'entry.granted', subject, body }], (steps) => {
    number = steps.plan('receipt', subject, { ticket, list: LIST, ref }).number;
  });
  return `gate-1-${String(number).padStart(6, '0')}`;
}

/** What becomes of a paper. */
function says(ledger: Ledger, paper: string, event: 'print.owed' | 'print.unknown'): void {
  const step = ledger.steps.open('receipt').find(({ number }) => paper.endsWith(`${number}`));
  if (step === undefined) throw new Error(`no open step of ${paper}`);
  const fact: NewFact = { event, subject: step.subject, body: { ...step.detail, paper } };
  ledger.record([fact], (steps) => {
    steps.move(step.id, 'started', { sent: true });
    if (event === 'print.owed') steps.move(step.id, 'failed');
    else steps.move(step.id, 'unknown');
  });
}

describe('entry by ticket number', () => {
  test('is recorded with who did it, once, and says that it was', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    const confirm = { screen: 'staff-confirm', errand: 'entry', ticket: TICKET, entered: null };
    expect(await rig.ask('entry', TICKET)).toEqual(confirm);
    const done = { screen: 'staff-done', result: 'entered', subject: TICKET, first: null };
    expect(await rig.press('enter')).toEqual(done);
    const [fact] = rig.facts('entry.granted');
    expect(fact).toMatchObject({
      subject: `${LIST}/ticket:${TICKET}`,
      body: {
        ticket: TICKET,
        list: LIST,
        version: 3,
        gate: GATE,
        assurance: 'attendant',
        by: '森',
      },
    });
    expect(fact?.body).not.toHaveProperty('ref');
    expect(rig.ledger.steps.open('receipt')).toEqual([]);
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-menu' });
  });

  test('shows before it is confirmed that the card of that ticket has entered, and is refused', async () => {
    const rig = await StaffRig.open();
    byCard(rig.ledger);
    const first = { at: rig.facts('entry.granted')[0]?.at, gate: GATE };
    await rig.begin('森');
    expect(await rig.ask('entry', TICKET)).toMatchObject({ entered: first });
    expect(await rig.press('enter')).toMatchObject({ result: 'already-entered', first });
    expect(rig.facts('entry.granted')).toHaveLength(1);
  });

  test('of an entry by number shows who was first when it is tried again', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.ask('entry', TICKET);
    await rig.press('enter');
    await rig.press('back');
    expect(await rig.ask('entry', TICKET)).toMatchObject({ entered: { gate: GATE } });
    expect(await rig.press('enter')).toMatchObject({ result: 'already-entered' });
  });

  test('a second press of enter does nothing: the screen has no such key while it is recorded', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.ask('entry', TICKET);
    expect(rig.send({ key: 'enter' })).toBe(true);
    expect(rig.send({ key: 'enter' })).toBe(false);
    // A hub that is behind sends it all the same.
    rig.actor.send({ type: 'key.enter' });
    expect(await rig.settled()).toMatchObject({ screen: 'staff-done', result: 'entered' });
    expect(rig.facts('entry.granted')).toHaveLength(1);
  });

  test('what is no ticket number is not looked up, and a number has an end', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    expect(await rig.ask('entry', '---')).toMatchObject({ screen: 'staff-ticket', typed: '---' });
    for (let erased = 0; erased < 4; erased += 1) await rig.press('erase');
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-ticket', typed: '' });
    await rig.type('7'.repeat(TYPED_MAX + 5));
    expect(rig.screen).toMatchObject({ typed: '7'.repeat(TYPED_MAX) });
    expect(await rig.press('back')).toMatchObject({ screen: 'staff-menu' });
  });

  test('somebody else who was faster, at a keyboard, wins', async () => {
    const state = tempFolder();
    const rig = await StaffRig.open({ state });
    await rig.begin('森');
    expect(await rig.ask('entry', TICKET)).toMatchObject({ entered: null });
    const ledger = openLedger(state, { countsAsBoot: false });
    const other = { ledger, book: new StaffBook(ledger) };
    enterByTicket(other, { list: LIST, gate: GATE, number: TICKET, by: 'Ito', why: 'no card' });
    expect(await rig.press('enter')).toMatchObject({ result: 'already-entered' });
    expect(rig.facts('entry.granted')).toMatchObject([{ body: { by: 'Ito' } }]);
  });

  test('a disk that takes no fact: not recorded, said so, and the next try works', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.ask('entry', TICKET);
    const { record } = rig.ledger;
    rig.ledger.record = () => {
      throw new DiskFullError('seeded');
    };
    const done = { screen: 'staff-done', result: 'not-recorded', subject: TICKET, first: null };
    expect(await rig.press('enter')).toEqual(done);
    rig.ledger.record = record;
    await rig.press('enter');
    await rig.ask('entry', TICKET);
    expect(await rig.press('enter')).toMatchObject({ result: 'entered' });
  });

  test('a ledger that another process keeps locked: not recorded, and said so', async () => {
    const state = tempFolder();
    const rig = await StaffRig.open({ state });
    await rig.begin('森');
    await rig.ask('entry', TICKET);
    const other = new Database(join(state, 'ledger.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await rig.press('enter')).toMatchObject({ result: 'not-recorded' });
    other.exec('ROLLBACK');
    other.close();
    expect(rig.facts('entry.granted')).toEqual([]);
  });
});

describe('taking an entry back', () => {
  test('asks why, and works for an entry by card', async () => {
    const rig = await StaffRig.open();
    byCard(rig.ledger);
    await rig.begin('森');
    expect(await rig.ask('undo', TICKET)).toMatchObject({
      errand: 'undo',
      entered: { gate: GATE },
    });
    expect(await rig.press('enter')).toEqual({ screen: 'staff-why', ticket: TICKET });
    expect(await rig.choose('went-out')).toMatchObject({ result: 'undone', subject: TICKET });
    expect(rig.facts('entry.undone')).toMatchObject([
      { subject: `${LIST}/r1`, body: { ref: 'r1', by: '森', why: 'went-out' } },
    ]);
  });

  test('works for an entry by number, which can then be entered again', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.ask('entry', TICKET);
    await rig.press('enter');
    await rig.press('enter');
    await rig.ask('undo', TICKET);
    await rig.press('enter');
    expect(await rig.choose('wrong-ticket')).toMatchObject({ result: 'undone' });
    await rig.press('enter');
    expect(await rig.ask('entry', TICKET)).toMatchObject({ entered: null });
    expect(await rig.press('enter')).toMatchObject({ result: 'entered' });
  });

  test('of a ticket that has not entered is said to be nothing, without asking why', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    expect(await rig.ask('undo', TICKET)).toMatchObject({ entered: null });
    expect(await rig.press('enter')).toMatchObject({ result: 'nothing-to-undo', subject: TICKET });
    expect(rig.facts('entry.undone')).toEqual([]);
  });

  test('that somebody else has taken back meanwhile is nothing to undo', async () => {
    const rig = await StaffRig.open();
    byCard(rig.ledger);
    await rig.begin('森');
    await rig.ask('undo', TICKET);
    await rig.press('enter');
    const body = { ticket: TICKET, list: LIST, ref: 'r1', gate: GATE };
    rig.ledger.record([{ event: 'entry.undone', subject: `${LIST}/r1`, body }]);
    expect(await rig.choose('test')).toMatchObject({ result: 'nothing-to-undo' });
    expect(rig.facts('entry.undone')).toHaveLength(1);
  });

  test('with a reason that is none does nothing', async () => {
    const rig = await StaffRig.open();
    byCard(rig.ledger);
    await rig.begin('森');
    await rig.ask('undo', TICKET);
    await rig.press('enter');
    expect(await rig.choose('because')).toMatchObject({ screen: 'staff-why' });
    expect(await rig.press('back')).toMatchObject({ screen: 'staff-confirm' });
    expect(await rig.press('back')).toMatchObject({ screen: 'staff-ticket', typed: TICKET });
  });
});

describe('papers and health', () => {
  test('the oldest four papers are shown, with how many more there are', async () => {
    const rig = await StaffRig.open();
    for (let n = 1; n <= 6; n += 1)
      says(rig.ledger, byCard(rig.ledger, `r${n}`, `T${n}`), 'print.owed');
    expect(await rig.begin('森')).toMatchObject({ owed: 6 });
    const shown = await rig.choose('papers');
    expect(shown).toMatchObject({ screen: 'staff-papers', more: 2 });
    if (shown.screen !== 'staff-papers') throw new Error('no papers');
    expect(shown.papers.map(({ ticket }) => ticket)).toEqual(['T1', 'T2', 'T3', 'T4']);
    expect(await rig.choose('gate-1-000006')).toMatchObject({ screen: 'staff-papers' });
  });

  test.each([
    ['printed', []],
    ['not-printed', [{ state: 'owed' }]],
  ])('a paper of unknown outcome that staff says is %s is settled', async (choice, left) => {
    const rig = await StaffRig.open();
    const paper = byCard(rig.ledger);
    says(rig.ledger, paper, 'print.unknown');
    await rig.begin('森');
    await rig.choose('papers');
    expect(await rig.choose(paper)).toMatchObject({
      screen: 'staff-paper',
      paper: { paper, ticket: TICKET, state: 'unknown' },
    });
    expect(await rig.choose(choice)).toMatchObject({ result: 'settled', subject: paper });
    expect(rig.facts('print.settled')).toMatchObject([
      { body: { paper, printed: choice === 'printed', by: '森' } },
    ]);
    await rig.press('enter');
    expect(await rig.choose('papers')).toMatchObject({ papers: left });
  });

  test('an owed paper that did not come out stays owed, and no fact says so twice', async () => {
    const rig = await StaffRig.open();
    const paper = byCard(rig.ledger);
    says(rig.ledger, paper, 'print.owed');
    await rig.begin('森');
    await rig.choose('papers');
    await rig.choose(paper);
    expect(await rig.choose('not-printed')).toMatchObject({ screen: 'staff-papers' });
    expect(rig.facts('print.settled')).toEqual([]);
  });

  test('a paper that somebody else has settled meanwhile leads back to the menu', async () => {
    const rig = await StaffRig.open();
    const paper = byCard(rig.ledger);
    says(rig.ledger, paper, 'print.unknown');
    await rig.begin('森');
    await rig.choose('papers');
    await rig.choose(paper);
    const [step] = rig.ledger.steps.open('receipt');
    if (step === undefined) throw new Error('no step');
    const settled = { event: 'print.settled', subject: step.subject } as const;
    rig.ledger.record([{ ...settled, body: { paper, printed: true } }], (steps) => {
      steps.move(step.id, 'settled', { printed: true });
    });
    expect(await rig.choose('printed')).toMatchObject({ screen: 'staff-menu', owed: 0 });
  });

  test('what is not well is counted in the menu and shown', async () => {
    const checks = [
      { id: 'disk', state: 'not-well' },
      { id: 'clock', state: 'ok' },
    ] as const;
    const rig = await StaffRig.open({ checks: async () => checks });
    expect(await rig.begin('森')).toMatchObject({ notWell: 1 });
    expect(await rig.choose('health')).toEqual({ screen: 'staff-health', checks });
    expect(await rig.press('back')).toMatchObject({ screen: 'staff-menu' });
  });
});
