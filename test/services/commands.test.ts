/** From the operator's command to the gate's fact, through the whole daemon. */

import { expect, test } from 'vitest';
import { listCommands, type Outcome, sendCommand } from '../../platform-sim/commanding.ts';
import { atTheGate, type World } from '../terminal.ts';

async function send(world: World, does: string, lifeMs = 60_000): Promise<string> {
  const { registry } = world.platform.stores;
  const command = { to: ['gate-1'], does, lifeMs };
  return (await sendCommand(registry, await world.keys(), command, Date.now())).id;
}

function outcomeOf({ platform }: World, id: string): Outcome | undefined {
  const { registry, facts } = platform.stores;
  const found = listCommands(registry, facts, Date.now()).find((each) => each.id === id);
  return found?.outcomes[0];
}

const comes = (world: World, id: string, wanted: object) =>
  expect.poll(() => outcomeOf(world, id), { timeout: 20_000 }).toMatchObject(wanted);

test('a gate says how it is when it is asked, and nothing that identifies anybody', () =>
  atTheGate(async (world) => {
    await world.printer('paper-out');
    const id = await send(world, 'report-health');
    await comes(world, id, { state: 'done', said: { notWell: ['receipt-printer'] } });
    const line = await world.journal.next({ event: 'command.done', command: id });
    expect(Object.keys(line).sort()).toEqual(
      ['at', 'command', 'does', 'event', 'notWell', 'number', 'seq', 'software', 'unknown'].sort(),
    );
  }));

test('a gate that was away is asked when it comes back, and tells it once', () =>
  atTheGate(async (world) => {
    await world.stop();
    const id = await send(world, 'report-health');
    const late = await send(world, 'report-health', 1);
    await world.start();
    await comes(world, id, { state: 'done' });
    await world.stop();
    await world.start();
    const after = await send(world, 'report-health');
    await comes(world, after, { state: 'done' });
    expect(world.journal.count({ event: 'command.done', command: id })).toBe(1);
    // It had expired before the gate came: it was never told of it.
    expect(outcomeOf(world, late)).toMatchObject({ state: 'expired' });
  }));

test('a restart waits for the visitor, and is told by the run that it began', () =>
  atTheGate(async (world, { card }) => {
    await world.hold(card.card);
    await world.journal.next({ event: 'entry.granted' });
    const id = await send(world, 'restart');
    const report = await send(world, 'report-health');
    await expect
      .poll(() => outcomeOf(world, id), { timeout: 20_000 })
      .toMatchObject({
        state: 'open',
      });
    expect(world.journal.count({ event: 'world.asked-to-restart' })).toBe(0);
    await world.remove();
    await world.journal.next({ event: 'world.asked-to-restart' }, 0, 30_000);
    await world.stop();
    await world.start();
    await comes(world, id, { state: 'done' });
    await comes(world, report, { state: 'done' });
    expect(world.journal.count({ event: 'world.asked-to-restart' })).toBe(1);
  }));
