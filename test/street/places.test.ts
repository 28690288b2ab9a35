/** What the places of the street have in common, and what each has of its own: typing, faults, ports, names. */

import { expect, test } from 'vitest';
import { PEOPLE } from '../../platform-sim/people.ts';
import type { Breakable } from '../../platform-sim/street/breakable.ts';
import { CALLED_AT_HOME, homeOf, numberedResident } from '../../platform-sim/street/evacuees.ts';
import { Faults } from '../../platform-sim/street/faults.ts';
import { PLACES } from '../../platform-sim/street/places.ts';
import type { MachineState } from '../../platform-sim/street/release-stack.ts';
import { parseRequest } from '../../platform-sim/street/requests.ts';
import type { ScreenBrowser } from '../../platform-sim/street/screen-browser.ts';
import { TownFaults } from '../../platform-sim/street/town-faults.ts';
import { typePin } from '../../platform-sim/street/typing.ts';
import type { Key, Screen } from '../../src/domain/screen.ts';
import { NAME } from '../../src/link/protocol.ts';

test('each place has a name of its own that a terminal may have, and what it hands out or prints is watched', () => {
  const ids = PLACES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, levels, prints, handsOut, issues, isTelevision } of PLACES) {
    expect(NAME.safeParse(id).success, id).toBe(true);
    expect(parseRequest({ do: 'remove', at: id })).toEqual({ do: 'remove', at: id });
    expect([levels.includes('printer'), levels.includes('release')], id).toEqual([
      prints,
      handsOut,
    ]);
    expect([levels.includes('page'), levels.includes('payment')], id).toEqual([issues, issues]);
    const ofTelevision = [levels.includes('remote'), levels.includes('tv')];
    expect(ofTelevision, id).toEqual([isTelevision, isTelevision]);
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
  const at = {
    receipts: null,
    release,
    page: null,
    payment: null,
    television: null,
  } as unknown as Breakable;
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
    television: null,
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

test('at a television its remote control, the set and the line to it are broken; its reader is as everywhere', async () => {
  const told: string[] = [];
  const tells = (word: string) => async (state: unknown) => void told.push(`${word} ${state}`);
  const television = {
    setRemote: tells('remote'),
    setOn: tells('on'),
    setLine: tells('line'),
  };
  const at = { receipts: null, release: null, page: null, payment: null, television };
  const faults = new Faults(at as unknown as Breakable, () => {});
  for (const name of ['remote-battery', 'remote-unplugged', 'tv-off', 'tv-unplugged']) {
    await faults.apply(name);
  }
  expect(faults.isOn('remote-battery')).toBe(false);
  // The box has switched it on for an alert: nobody switches it on again.
  faults.spend('tv-off');
  expect(await faults.restore()).toEqual(['remote-unplugged', 'tv-unplugged']);
  expect(told).toEqual([
    ...['remote battery-low', 'remote ready', 'remote unplugged', 'on false', 'line false'],
    ...['remote ready', 'line true'],
  ]);
});

test('a town hall loses its power once and has it back once, however many ask at the same time', async () => {
  const told: string[] = [];
  const power = {
    cut: async () => void told.push('cut'),
    restore: async () => void told.push('on'),
  };
  const faults = new TownFaults(power, () => {});
  await expect(faults.apply('network-down')).rejects.toThrow('town-hall-down');
  expect(await faults.restore()).toEqual([]);
  await Promise.all([faults.apply('town-hall-down'), faults.apply('town-hall-down')]);
  expect([faults.isDown, faults.shown()[0]?.on]).toEqual([true, true]);
  expect(await faults.restore('reader-unplugged')).toEqual([]);
  expect(await Promise.all([faults.restore(), faults.restore()])).toEqual([['town-hall-down'], []]);
  expect([faults.isDown, told]).toEqual([false, ['cut', 'on']]);
});

test('power that does not come back is told, and can be asked for again', async () => {
  let fails = true;
  const restore = async () => {
    if (fails) throw new Error('port 8420 is taken');
  };
  const faults = new TownFaults({ cut: async () => {}, restore }, () => {});
  await faults.apply('town-hall-down');
  await expect(faults.restore()).rejects.toThrow('port 8420 is taken');
  expect(faults.isDown).toBe(true);
  fails = false;
  expect(await faults.restore()).toEqual(['town-hall-down']);
});

test('what is pressed, raised and asked for is checked as all requests are', () => {
  expect(parseRequest({ do: 'press', button: 'blue' })).toEqual({ do: 'press', button: 'blue' });
  expect(() => parseRequest({ do: 'press', button: 'power' })).toThrow(/button/u);
  expect(parseRequest({ do: 'alert', is: 'raise', level: 5 })).toMatchObject({ level: 5 });
  expect(() => parseRequest({ do: 'alert', is: 'raise', level: 6 })).toThrow(/level/u);
  expect(() => parseRequest({ do: 'alert', is: 'forge' })).toThrow(/is/u);
});

test('everybody in the register is somebody of the street with a card of their own, and a family lives together', () => {
  for (const { id, trick, card } of PEOPLE) {
    const home = homeOf(id);
    if (home === null) continue;
    expect([trick, card], id).toEqual([null, 'my-number']);
    expect(numberedResident(home.number)).toBe(id);
  }
  const households = CALLED_AT_HOME.map((who) => homeOf(who)?.household);
  expect(new Set(households).size).toBe(1);
  expect(PEOPLE.filter(({ id }) => homeOf(id)?.protected === true)).toHaveLength(1);
  expect(homeOf('shioji-fui')).toBeNull();
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
