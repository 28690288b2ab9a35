/** Stories of the paper: once, or known not to be, or asked. One process, simulated reader and printer. */

import { test as alone, expect, vi } from 'vitest';
import { StaffError, settlePaper } from '../../src/staff/commands.ts';
import { atTheGate } from '../terminal.ts';

vi.setConfig({ maxConcurrency: 6, testTimeout: 120_000 });

/** Each has a gate of its own, and waits most of its time until a printer has been given up, or is found again. */
const test = alone.concurrent;

test.each(['paper-out', 'cover-open', 'power-off'])(
  '%s: the entry stands, the receipt is owed, and the same card gets it once',
  (fault) =>
    atTheGate(async ({ printer, tap, journal, papers }, { card }) => {
      await printer(fault);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
      await journal.next({ event: 'print.owed', ticket: '0042-7781' }, 0, 60_000);
      expect(await papers()).toEqual([]);

      const before = journal.all.length;
      await printer('none');
      await journal.next({ event: 'device.condition', condition: 'ready' }, before, 40_000);
      expect(await papers()).toEqual([]);

      expect(await tap(card.card)).toMatchObject({ event: 'receipt.claimed' });
      await journal.next({ event: 'print.done' });
      expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
      expect((await papers()).filter(({ complete }) => complete)).toHaveLength(1);
      expect(journal.count({ event: 'entry.granted' })).toBe(1);
    }),
  180_000,
);

test(
  'a printer that dies in the middle: staff is asked, and only then is it printed again, marked',
  () =>
    atTheGate(async ({ printer, tap, journal, papers, config }, { card }) => {
      await printer('power-off', 5);
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
      const asked = await journal.next({ event: 'print.unknown' }, 0, 90_000);
      const before = journal.all.length;
      await printer('none');
      await journal.next({ event: 'device.condition', condition: 'ready' }, before, 40_000);
      expect(await tap(card.card)).toMatchObject({ reason: 'receipt-unsettled' });

      const paper = String(asked['paper']);
      const decision = { by: 'Mori', why: 'half a paper in the slot' };
      settlePaper(config, paper, false, decision);
      await journal.next({ event: 'print.settled', paper, printed: false, ...decision });
      expect(() => settlePaper(config, paper, false, decision)).toThrow(StaffError);

      expect(await tap(card.card)).toMatchObject({ event: 'receipt.claimed' });
      await journal.next({ event: 'print.intent', reissue: 1 });
      await journal.next({ event: 'print.done' });
      expect((await papers()).filter(({ complete }) => complete)).toHaveLength(1);
    }),
  240_000,
);

test(
  'a paper that staff says came out is not printed again',
  () =>
    atTheGate(async ({ printer, tap, journal, papers, config }, { card }) => {
      await printer('power-off', 5);
      await tap(card.card);
      const asked = await journal.next({ event: 'print.unknown' }, 0, 90_000);
      await printer('none');
      settlePaper(config, String(asked['paper']), true, { by: 'Mori', why: 'it is in her hand' });
      await journal.next({ event: 'print.settled', printed: true });
      expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
      expect((await papers()).filter(({ complete }) => complete)).toHaveLength(0);
    }),
  240_000,
);

test(
  'an owed paper that staff hands out by hand is closed, and not printed later',
  () =>
    atTheGate(async ({ printer, tap, journal, papers, config }, { card }) => {
      await printer('paper-out');
      await tap(card.card);
      const owed = await journal.next({ event: 'print.owed' }, 0, 60_000);
      const paper = String(owed['paper']);
      const decision = { by: 'Mori', why: 'written by hand' };
      expect(() => settlePaper(config, paper, false, decision)).toThrow(StaffError);
      settlePaper(config, paper, true, decision);
      await journal.next({ event: 'print.settled', paper, printed: true });
      await printer('none');
      expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
      expect(await papers()).toEqual([]);
    }),
  180_000,
);
