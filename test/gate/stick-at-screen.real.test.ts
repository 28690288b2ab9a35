/** A gate that no network reaches becomes a shelter's reader: by a stick, and by whoever knows the PIN at its own screen. */

import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { hashPin } from '../../src/staff/pin.ts';
import type { Program } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { TestBrowser } from '../screen/test-browser.ts';

const PIN = '482913';
const MUNICIPALITY = '990029';
const RESIDENTS = `evacuees-${MUNICIPALITY}`;
const DAY_MS = 86_400_000;

/** A stick with the residents and the order, made while nobody serves the platform. */
async function prepare(site: Site, stick: string): Promise<void> {
  const csv = join(site.directory, 'residents.csv');
  const columns =
    'certificate,number,name,kana,born,district,address,household,needs,support,protected';
  const resident = 'T-1.der,1,森 春子,モリ ハルコ,1950-04-01,kawara,川原町1-2,H-1,,,';
  await writeFile(csv, `${columns}\n${resident}\n`);
  const of = ['--municipality', MUNICIPALITY];
  await site.platformCommand('evacuees', 'import', csv, ...of, '--list', RESIDENTS);
  const order = join(site.directory, 'order.p7m');
  const until = new Date(Date.now() + DAY_MS).toISOString();
  const to = ['--terminal', 'gate-1', '--shelter', 'shiomi-elementary', '--until', until];
  await site.platformCommand('order', 'shelter', ...to, '--out', order);
  const brings = ['--order', order, '--list', RESIDENTS];
  await site.platformCommand('stick', 'prepare', stick, ...of, ...brings);
}

async function signIn(browser: TestBrowser): Promise<void> {
  const shows = (name: Screen['screen']) => browser.screen(({ screen }) => screen === name, name);
  await shows('waiting');
  browser.press({ key: 'staff' });
  await shows('staff-pin');
  for (const [index, character] of [...PIN].entries()) {
    browser.press({ key: 'character', character });
    await browser.screen(
      (shown) => shown.screen === 'staff-pin' && shown.digits === index + 1,
      `${index + 1} digits`,
    );
  }
  browser.press({ key: 'enter' });
}

/** Drawn before it is known what there is to do, and again from then on. */
const menu = (browser: TestBrowser) =>
  browser.screen(({ screen, keys }) => screen === 'staff-menu' && keys.includes('choose'), 'menu');

/** The terminal looks for a stick every two seconds, and what the menu has is as of when it was opened. */
async function chooseStick(browser: TestBrowser): Promise<void> {
  for (;;) {
    const shown = await menu(browser);
    if (shown.screen === 'staff-menu' && shown.errands.includes('stick')) break;
    browser.press({ key: 'choose', choice: 'health' });
    await browser.screen(({ screen }) => screen === 'staff-health', 'health');
    browser.press({ key: 'back' });
  }
  browser.press({ key: 'choose', choice: 'stick' });
}

const atStick = (browser: TestBrowser, is: string) =>
  browser.screen(
    (shown) =>
      shown.screen === 'staff-stick' && shown.shown.is === is && shown.keys.includes('back'),
    is,
  );

async function screenOf(gate: Program): Promise<TestBrowser> {
  const { name } = await gate.next({ event: 'device.ready', device: 'screen' });
  return TestBrowser.open(String(name));
}

/** Started again, with nobody to be reached: whoever stands on the list that the stick brought is known. */
async function servesAsShelter(site: Site): Promise<void> {
  const shelter = await site.startGate();
  const browser = await screenOf(shelter);
  await browser.screen(({ screen }) => screen === 'shelter-waiting', 'the shelter');
  await site.hold(site.cardOf('T-1'));
  expect(await shelter.next({ event: 'shelter.arrived' })).toMatchObject({
    ...{ shelter: 'shiomi-elementary', ref: expect.any(String) },
  });
  await site.remove();
}

test('staff reads what the stick brings and takes it; pulled midway nothing is taken; after its restart the gate is a shelter’s', () =>
  withSite({ tickets: 1, tls: true }, async (site) => {
    await site.enrol();
    const [media, stick] = [join(site.directory, 'media'), join(site.directory, 'stick')];
    for (const folder of [media, stick]) await mkdir(folder);
    let isIn = false;
    const putIn = () => {
      execFileSync('mount', ['--bind', stick, media]);
      isIn = true;
    };
    const pull = () => {
      if (isIn) execFileSync('umount', ['--lazy', media]);
      isIn = false;
    };
    const said = await site.platformCommand('municipality', 'key', '--municipality', MUNICIPALITY);
    const recipient = JSON.stringify(JSON.parse(said).certificate);
    const pin = await hashPin(Buffer.from(PIN));
    const tables = `[transfer]\nmount = "${media}"\nrecipient = ${recipient}\n[staff]\npin = "${pin}"\n`;
    await appendFile(site.config, `\n${tables}[screen]\nport = 0\nvoice = "none"\n`);
    const gate = await site.openGate();
    await site.platform.end();
    await prepare(site, stick);

    putIn();
    try {
      await gate.next({ event: 'stick.written' });
      const browser = await screenOf(gate);
      await signIn(browser);
      await chooseStick(browser);
      expect(await atStick(browser, 'brings')).toMatchObject({
        shown: {
          order: { does: 'take-role', name: '汐見小学校 避難所' },
          list: { list: RESIDENTS, version: 1 },
        },
      });
      pull();
      browser.press({ key: 'choose', choice: 'accept' });
      expect(await atStick(browser, 'nothing')).toMatchObject({
        shown: { why: 'list-incomplete' },
      });
      await gate.next({ event: 'stick.declined', by: 'PIN', reason: 'list-incomplete' });
      const taken = gate.lines.all.filter(
        ({ event, source }) => event === 'role.taken' || source === 'stick',
      );
      expect(taken).toEqual([]);

      putIn();
      browser.press({ key: 'back' });
      await chooseStick(browser);
      await atStick(browser, 'brings');
      browser.press({ key: 'choose', choice: 'accept' });
      await browser.screen(
        ({ keys, ...shown }) =>
          shown.screen === 'staff-done' &&
          shown.result === 'stick-order-taken' &&
          keys.includes('back'),
        'that it is taken',
      );
      await gate.next({ event: 'list.activated', list: RESIDENTS, source: 'stick' });
      expect(await gate.next({ event: 'role.taken' })).toMatchObject({ how: 'stick', by: 'PIN' });
      browser.press({ key: 'back' });
      await menu(browser);
      browser.press({ key: 'back' });
      expect(await gate.exited).toBe(0);
    } finally {
      pull();
    }

    await servesAsShelter(site);
  }));
