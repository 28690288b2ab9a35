/** A terminal that takes money: the unit is one of its devices, and what an earlier run left open is settled. */

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { memoryInFile } from '../../devices/payment/sim-memory.ts';
import { SimUnit } from '../../devices/payment/sim-unit.ts';
import { examine } from '../../src/doctor.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { atTheCounter, CONFIGURED } from '../services/counter.ts';
import { READING } from '../store/fixtures.ts';
import type { World } from '../terminal.ts';

const PAYMENT = '0123456789abcdef0123456789abcdef';
const REQUEST = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

function withUnit(story: (world: World) => Promise<void>): Promise<void> {
  return atTheCounter(story, { configured: `[payment]\ndriver = "simulated"\n${CONFIGURED}` });
}

async function doctorSays({ config }: World, state: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { checks } = (await examine(config, 'counter-1.toml')).report;
      expect(checks.find(({ id }) => id === 'payment-unit')?.state).toBe(state);
    },
    { timeout: 20_000, interval: 100 },
  );
}

test('without its payment unit it is out of service, which the doctor says, and back by itself', () =>
  withUnit(async (world) => {
    await world.journal.next({ event: 'device.ready', device: 'payment', modelled: true });
    await doctorSays(world, 'ok');
    await world.payment({ do: 'faults', answers: ['twice'] });
    await world.payment({ do: 'unplug' });
    await world.screen({ screen: 'closed', reason: 'payment-lost' });
    await doctorSays(world, 'not-well');
    const closed = world.journal.all.length;
    await world.payment({ do: 'plug' });
    await world.journal.next({ event: 'terminal.in-service' }, closed);
    await world.journal.next({ event: 'payment.dropped', reason: 'not-asked' }, closed);
    await doctorSays(world, 'ok');
  }));

test('money that it held when it was killed is given back after its next start, and the fact says so', () =>
  withUnit(async (world) => {
    await world.stop();
    const { state: directory, name: terminal } = world.config;
    const unit = new SimUnit({ memory: memoryInFile(join(directory, 'sim-payment.json')) });
    unit.books.add({ id: PAYMENT, yen: 450, means: 'cash' }, null);
    unit.insert(500);
    const ledger = Ledger.open({ directory, terminal, read: () => READING, countsAsBoot: false });
    const detail = { request: REQUEST, payment: PAYMENT, yen: 450, means: 'cash' };
    const step = ledger.steps.plan('charge', REQUEST, detail);
    ledger.steps.move(step.id, 'started');
    ledger.close();
    await world.start();
    expect(await world.journal.next({ event: 'payment.voided' })).toMatchObject({
      ...detail,
      reason: 'not-issued',
      modelled: true,
    });
    expect(await world.payment({ do: 'look' })).toMatchObject({ open: null, tray: [500] });
  }));
