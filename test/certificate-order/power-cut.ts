/**
 * The power goes at one thing that a kiosk does, before it or after it, and a new run settles what was left. Whatever the
 * thing was: charged once or returned, printed once or known not to be, or staff is asked.
 */

import { expect } from 'vitest';
import { unstarted } from './kiosks.ts';
import type { Kill, OrderWorld } from './order-world.ts';
import { FEE } from './stand-in-centre.ts';

export interface Cut extends Kill {
  readonly sheets: number;
  /** Whether the printer was switched off, too, and knows nothing of its jobs any more. */
  readonly printerToo: boolean;
}

/** What there is to be cut off in: the things that an order does which nobody disturbs. */
export async function thingsDone(sheets: number): Promise<readonly string[]> {
  const world = unstarted(sheets);
  await world.start();
  world.begin();
  await world.walk();
  expect(world.output).toMatchObject({ why: 'done' });
  await world.kill();
  return [...world.done];
}

/** Returns how it ended, for whoever counts. */
export async function survives({ sheets, printerToo, ...kill }: Cut): Promise<string> {
  const world = unstarted(sheets);
  await world.start(kill);
  world.begin();
  await world.walk();
  await world.kill();
  if (printerToo) {
    world.printer.setFault('power-off');
    world.printer.setFault('none');
  }
  await world.start();
  await settled(world);
  return judged(world, sheets);
}

async function settled(world: OrderWorld): Promise<void> {
  await world.until(() => {
    void world.settlement.settle();
    void world.charges.settleOpen();
    const request = requestOf(world);
    return (
      world.settlement.isDone && (request === null || world.charges.stateOf(request) !== 'open')
    );
  });
}

function judged(world: OrderWorld, sheets: number): string {
  const request = requestOf(world);
  const names = world.sheets;
  // Never twice, whatever else.
  expect(new Set(names).size).toBe(names.length);
  expect(world.unit.books.open).toBeNull();
  expect(world.printer.spooled).toBe(0);
  const { takings } = world.unit.books;
  if (request === null) {
    expect(names).toEqual([]);
    expect(takings).toBe(0);
    return 'none';
  }
  const state = world.records.stateOf(request);
  const charge = world.charges.stateOf(request);
  expect(['printed', 'void', 'unknown', 'none']).toContain(state);
  expect(takings).toBe(charge === 'charged' ? FEE : 0);
  expect(charge === 'charged').toBe(state === 'printed');
  const ends = world.events.filter((event) => /certificate\.(printed|voided)/u.test(event));
  expect(ends).toHaveLength(state === 'none' ? 0 : 1);
  if (state === 'printed') expect(names).toHaveLength(sheets);
  // Known, or staff is asked: what the ledger counts is what lies in the tray.
  if (state === 'void') expect(names).toHaveLength(world.records.sheetsDone(request));
  return state;
}

/** Of the only order. */
function requestOf(world: OrderWorld): string | null {
  const [open] = world.records.open();
  return open ?? world.facts.find(({ subject }) => subject !== null)?.subject ?? null;
}
