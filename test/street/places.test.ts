/** What the places of the street have in common, and what each has of its own: typing, faults, ports, names. */

import { expect, test } from 'vitest';
import type { Breakable } from '../../platform-sim/street/breakable.ts';
import { Faults } from '../../platform-sim/street/faults.ts';
import { PLACES } from '../../platform-sim/street/places.ts';
import type { MachineState } from '../../platform-sim/street/release-stack.ts';
import { parseRequest } from '../../platform-sim/street/requests.ts';
import type { ScreenBrowser } from '../../platform-sim/street/screen-browser.ts';
import { typePin } from '../../platform-sim/street/typing.ts';
import type { Key, Screen } from '../../src/domain/screen.ts';
import { NAME } from '../../src/link/protocol.ts';

test('each place has a name of its own that a terminal may have, and what it hands out or prints is watched', () => {
  const ids = PLACES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, levels, prints, handsOut, issues } of PLACES) {
    expect(NAME.safeParse(id).success, id).toBe(true);
    expect(parseRequest({ do: 'remove', at: id })).toEqual({ do: 'remove', at: id });
    expect([levels.includes('printer'), levels.includes('release')], id).toEqual([
      prints,
      handsOut,
    ]);
    expect([levels.includes('page'), levels.includes('payment')], id).toEqual([issues, issues]);
  }
});

test('a request may name the terminal that it means, and nothing else than a name', () => {
  expect(parseRequest({ do: 'hold', who: 'sato-hanako', at: 'vending-1' })).toMatchObject({
    at: 'vending-1',
  });
  expect(() => parseRequest({ do: 'hold', who: 'sato-hanako', at: '../gate-1' })).toThrow(/small/u);
  expect(() => parseRequest({ do: 'walk', at: 'vending-1' })).toThrow(/at/u);
});

/** A place that hands something out and prints nothing. */
function aMachine() {
  const told: MachineState[] = [];
  const release = { set: async (state: MachineState) => void told.push(state) };
  const at = { receipts: null, release, page: null, payment: null } as unknown as Breakable;
  return { told, faults: new Faults(at, () => {}) };
}

test('where nothing is printed, no printer is broken; what hands something out is, one way at a time', async () => {
  const { told, faults } = aMachine();
  await expect(faults.apply('paper-out')).rejects.toThrow('cannot be had at this terminal');
  await faults.apply('sold-out');
  await faults.apply('jammed');
  expect([faults.isOn('sold-out'), faults.isOn('jammed')]).toEqual([false, true]);
  expect(await faults.restore()).toEqual(['jammed']);
  expect(told).toEqual(['empty', 'ready', 'jammed', 'ready']);
  await expect(faults.restore('nonsense')).rejects.toThrow('no fault is called "nonsense"');
});

test('at a kiosk its sheets, its money and the centre behind it are broken, the centre in several ways at once', async () => {
  const told: string[] = [];
  const tells = (word: string) => async (name?: string) =>
    void told.push(`${word} ${name ?? ''}`.trim());
  const at = {
    receipts: null,
    release: null,
    page: { fault: tells('page'), clear: tells('sheets put in') },
    payment: { unplug: tells('pulled'), plug: tells('plugged') },
    centre: { break: tells('centre'), mend: tells('right') },
  } as unknown as Breakable;
  const faults = new Faults(at, () => {});
  for (const name of ['sheets-out', 'sheet-jammed', 'payment-unplugged']) await faults.apply(name);
  for (const name of ['centre-answers-late', 'centre-mixes-requests']) await faults.apply(name);
  await expect(faults.apply('sold-out')).rejects.toThrow('cannot be had at this terminal');
  expect(faults.isOn('centre-answers-late') && faults.isOn('centre-mixes-requests')).toBe(true);
  await faults.restore();
  expect(told).toEqual([
    ...['page media-empty', 'sheets put in', 'page media-jam', 'pulled'],
    ...['centre answers-late', 'centre mixes-requests'],
    ...['sheets put in', 'plugged', 'right answers-late', 'right mixes-requests'],
  ]);
});

test('the earlier name of a fault still means it', async () => {
  const kills: number[] = [];
  const terminal = { kill: async () => void kills.push(1) };
  const faults = new Faults({ terminal } as unknown as Breakable, () => {});
  expect(await faults.apply('gate-killed')).toContain('started again');
  expect(kills).toEqual([1]);
});

type Pad = {
  screen: 'pin' | 'pin-last-try' | 'result';
  digits?: number;
  result?: 'ask' | 'wrong' | 'checking';
};

/** A pad that shows these one after the other, as it would while somebody types. */
function aPad(...shown: readonly Pad[]) {
  const pressed: Key[] = [];
  let at = 0;
  const browser: ScreenBrowser = {
    get screen() {
      return shown[at] as unknown as Screen;
    },
    async until(holds) {
      while (at < shown.length && !holds(browser.screen)) at += 1;
      if (at === shown.length) throw new Error('the screen did not come');
      return browser.screen;
    },
    press: (key) => void pressed.push(key),
    die: () => {},
  };
  return {
    browser,
    typed: () => pressed.map((key) => ('character' in key ? key.character : key.key)),
  };
}

const pin = (digits: number, result: Pad['result'] = 'ask'): Pad => ({
  screen: 'pin',
  digits,
  result,
});

test('a PIN is typed as the screen takes it, and entered once', async () => {
  const { browser, typed } = aPad(pin(0), pin(1), pin(2), pin(3), pin(4), pin(4, 'checking'));
  await typePin(browser, '1234');
  expect(typed()).toEqual(['1', '2', '3', '4', 'enter']);
});

test('at the last try it goes on; to a screen that takes no digit, none is typed blindly', async () => {
  const last = aPad({ screen: 'pin-last-try' }, pin(0), pin(1), pin(2), pin(3), pin(4));
  await typePin(last.browser, '1234');
  expect(last.typed()).toEqual(['enter', '1', '2', '3', '4', 'enter']);
  const gone = aPad(pin(0), pin(1), { screen: 'result' });
  await expect(typePin(gone.browser, '1234')).rejects.toThrow('did not come');
  expect(gone.typed()).toEqual(['1', '2']);
});
