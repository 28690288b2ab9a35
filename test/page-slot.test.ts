/** The page printer under supervision: what the slot, the journal, the metrics and the doctor say of it. */

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type {
  PageCondition,
  PagePrinter,
  PagePrinterListener,
} from '../devices/page/page-printer.ts';
import { openSimPagePrinter } from '../devices/page/sim-page-printer.ts';
import { askControlSocket } from '../devices/sim-control.ts';
import { examine } from '../src/doctor.ts';
import { PageSlot } from '../src/page-slot.ts';
import { type World, withTerminal } from './terminal.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

const nobody = { onCondition: () => undefined, onLost: () => undefined };

/** A slot whose driver tells what the test has it tell. */
async function slotWithDriver() {
  const driver = await openSimPagePrinter()(nobody);
  await driver.close();
  const told: { current: PagePrinterListener } = { current: nobody };
  const lost: string[] = [];
  const slot = new PageSlot(
    async (listener): Promise<PagePrinter> => {
      told.current = listener;
      listener.onCondition('ready');
      return driver;
    },
    { onCondition: () => undefined, onLost: (reason) => void lost.push(reason) },
  );
  return { slot, driver, told, lost };
}

test('the condition of the printer is a level: offline without one, and followed by whoever watches', async () => {
  const { slot, driver, told, lost } = await slotWithDriver();
  const seen: PageCondition[] = [];
  const stopWatching = slot.watch((condition) => void seen.push(condition));
  await slot.open();
  expect([slot.current, slot.condition]).toEqual([driver, 'ready']);
  told.current.onCondition('paper-out');
  told.current.onCondition('paper-out');
  told.current.onLost('it does not answer');
  expect(slot.condition).toBe('offline');
  await slot.close();
  expect(slot.current).toBeNull();
  stopWatching();
  await slot.open();
  expect(slot.condition).toBe('ready');
  expect([seen, lost]).toEqual([
    ['offline', 'ready', 'paper-out', 'offline'],
    ['it does not answer'],
  ]);
});

test('whoever prints before the printer was first opened waits for it, and no longer than for one try', async () => {
  const { slot, driver } = await slotWithDriver();
  const wanted = slot.afterFirstTry();
  await slot.open();
  expect(await wanted).toBe(driver);
  const none = new PageSlot(async () => Promise.reject(new Error('ECONNREFUSED')), nobody);
  const nothing = none.afterFirstTry();
  await expect(none.open()).rejects.toThrow('ECONNREFUSED');
  expect(await nothing).toBeNull();
});

const CONFIGURED = `[metrics]
port = 0
[page]
driver = "simulated"
[services.age-check]
age = 20
`;

async function metricsOf({ journal }: World): Promise<string> {
  const { port } = await journal.next({ event: 'metrics.ready' });
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** When the kept journal has come so far. */
function doctorSays({ config }: World, state: string, detail: RegExp): Promise<void> {
  return vi.waitFor(async () => {
    const { report } = await examine(config, 'counter-1.toml');
    const check = report.checks.find(({ id }) => id === 'page-printer');
    expect(check).toMatchObject({ state, detail: expect.stringMatching(detail) });
  }, PATIENCE);
}

test('a page printer is told ready, wanting paper, gone and back; the terminal serves what needs no paper', () =>
  withTerminal({ kind: 'counter', configured: CONFIGURED }, async (world) => {
    const { journal, config } = world;
    const fault = (name: string) =>
      askControlSocket(join(config.state, 'sim-page.sock'), { do: 'fault', fault: name });
    const page = { device: 'page' };
    await journal.next({ event: 'device.condition', ...page, condition: 'ready' });
    const ready = await journal.next({ event: 'device.ready', ...page });
    expect(ready).toMatchObject({ name: 'simulated', modelled: true });
    await doctorSays(world, 'ok', /^simulated answers$/u);

    await fault('media-empty');
    await journal.next({ event: 'device.condition', ...page, condition: 'paper-out' });
    await doctorSays(world, 'not-well', /^simulated: paper-out$/u);
    expect(await metricsOf(world)).toMatch(/^kazasu_page_printer_ready 0$/mu);

    const before = journal.all.length;
    await fault('power-off');
    const lost = await journal.next({ event: 'device.lost', ...page }, before);
    expect(lost).toMatchObject({ reason: 'it does not answer' });
    // Whoever tries to open it again hears why.
    await doctorSays(world, 'not-well', /^simulated: (it does not answer|.*ECONNREFUSED)$/u);
    expect(await metricsOf(world)).toMatch(/^kazasu_device_up\{device="page"\} 0$/mu);

    await fault('none');
    await journal.next({ event: 'device.ready', ...page }, before);
    const text = await metricsOf(world);
    expect(text).toMatch(/^kazasu_page_printer_ready 1$/mu);
    expect(text).toMatch(/^kazasu_device_up\{device="page"\} 1$/mu);
    await doctorSays(world, 'ok', /^simulated answers$/u);
    const outages = journal.all.filter(({ event }) => event === 'terminal.out-of-service');
    expect(outages.filter(({ reasons }) => String(reasons).includes('page'))).toEqual([]);
  }));

test('without a daemon the doctor asks the printer itself', () =>
  withTerminal({ kind: 'counter', configured: CONFIGURED }, async (world) => {
    await world.stop();
    const page = { driver: 'ipp', url: 'ipp://127.0.0.1:1/ipp/print' } as const;
    const { report } = await examine({ ...world.config, page }, 'counter-1.toml');
    expect(report.checks.find(({ id }) => id === 'page-printer')).toMatchObject({
      state: 'not-well',
      detail: 'ipp: ipp://127.0.0.1:1/ipp/print: ECONNREFUSED',
      remedy: expect.stringContaining('[page] url'),
    });
  }));
