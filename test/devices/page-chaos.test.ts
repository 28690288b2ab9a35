/** Sheets over a line that loses, garbles and is cut, to a printer with every fault: each at most once, whatever happens. */

import { expect, test } from 'vitest';
import type { IppExchange } from '../../devices/page/ipp-http.ts';
import { openIppPrinter } from '../../devices/page/ipp-printer.ts';
import type { SheetOutcome } from '../../devices/page/page-printer.ts';
import { SIM_PAGE_FAULTS, SimPagePrinter } from '../../devices/page/sim-page-printer.ts';
import { Dice } from '../chaos/dice.ts';
import { nameOf, print, sheetOf, TEST_TIMING } from './page-story.ts';

const SHEETS = 30;
const TRIES = 3;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** A silence is short here, for there are many. */
const TIMING = { ...TEST_TIMING, heartbeat: 60_000, poll: 1, silent: 40, ended: 40, busy: 10 };

function badLine(printer: SimPagePrinter, random: () => number): IppExchange {
  return async (body) => {
    const chance = random();
    if (chance < 0.05) throw new Error('ECONNRESET');
    const reply = printer.answer(body);
    if (chance < 0.1) throw new Error('ECONNRESET');
    if (chance < 0.15) return reply.subarray(0, Math.floor(random() * reply.length));
    return reply;
  };
}

test.each(SEEDS)('a sheet comes out once or is not called printed (seed %i)', async (seed) => {
  const dice = new Dice(seed);
  // How often the driver asks depends on the machine: the faults are the same all the same.
  const faults = new Dice(seed + SEEDS.length);
  const printer = new SimPagePrinter();
  const line = badLine(printer, () => dice.next());
  let isOpening = true;
  const exchange: IppExchange = async (body, limit) =>
    isOpening ? printer.answer(body) : line(body, limit);
  const open = openIppPrinter({ url: 'ipp://simulated/', exchange, timing: TIMING });
  const driver = await open({ onCondition: () => undefined, onLost: () => undefined });
  isOpening = false;
  const outcomes = new Map<number, SheetOutcome[]>();
  for (let sheet = 1; sheet <= SHEETS; sheet += 1) {
    const told: SheetOutcome[] = [];
    outcomes.set(sheet, told);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const fault = SIM_PAGE_FAULTS[Math.floor(faults.next() * 30)] ?? 'none';
      printer.setFault(fault);
      const outcome = await print(driver, sheetOf(sheet, SHEETS));
      told.push(outcome);
      printer.setFault('none');
      // What a printer forgot can't be looked up: then nobody asks again. Else it is asked again, as nobody should.
      const isForgotten = told.some((earlier) => earlier.outcome !== 'not-printed');
      if (fault === 'power-off' && isForgotten) break;
    }
  }
  // Whatever is still to come out comes now.
  await driver.purge(sheetOf(1).id);
  await expect.poll(() => printer.spooled).toBe(0);
  let printed = 0;
  for (const [sheet, told] of outcomes) {
    const count = printer.papers.filter(({ name }) => name === nameOf(sheet, SHEETS)).length;
    const isPrinted = told.some(({ outcome }) => outcome === 'printed');
    const isNot = told.every(({ outcome }) => outcome === 'not-printed');
    expect([sheet, told, count <= 1]).toEqual([sheet, told, true]);
    if (isPrinted) expect([sheet, told, count]).toEqual([sheet, told, 1]);
    if (isNot) expect([sheet, told, count]).toEqual([sheet, told, 0]);
    printed += isPrinted ? 1 : 0;
  }
  // The line is bad, and not so bad that nothing was tried.
  expect(printed).toBeGreaterThan(SHEETS / 4);
  await driver.close();
});
