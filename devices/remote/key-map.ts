/** Which usage (HID Usage Tables 1.5: chapters 10 and 15) is which button. */

import { type RemoteButton, USAGE_PAGES, usageOf } from '../../src/domain/remote.ts';

/** By extended usage. */
export type KeyMap = ReadonlyMap<number, RemoteButton>;

/** Buttons whose usage the configuration names, as `consumer:0x6b`. */
export type NamedUsages = Readonly<Partial<Record<RemoteButton, string | undefined>>>;

const KEYBOARD: Readonly<Partial<Record<RemoteButton, readonly number[]>>> = {
  up: [0x52],
  down: [0x51],
  left: [0x50],
  right: [0x4f],
  /** Enter, and that of the keypad. */
  ok: [0x28, 0x58],
  /** Escape, Backspace. */
  back: [0x29, 0x2a],
  'volume-up': [0x80],
  'volume-down': [0x81],
};

const CONSUMER: Readonly<Partial<Record<RemoteButton, readonly number[]>>> = {
  up: [0x42],
  down: [0x43],
  left: [0x44],
  right: [0x45],
  ok: [0x41],
  /** Menu Escape, AC Back. */
  back: [0x46, 0x224],
  red: [0x69],
  green: [0x6a],
  blue: [0x6b],
  yellow: [0x6c],
  'volume-up': [0xe9],
  'volume-down': [0xea],
};

/** Of a keyboard: 1 to 9, then 0. */
const DIGIT_ONES = [0x1e, 0x59] as const;

/** The usual one. A button that is named is that usage alone, whose usual button it is not any more. */
export function keyMapWith(named: NamedUsages): KeyMap {
  const map = new Map<number, RemoteButton>();
  const add = (page: number, usages: typeof KEYBOARD): void => {
    for (const [button, ids] of Object.entries(usages)) {
      for (const id of ids) map.set(page * 0x1_0000 + id, button as RemoteButton);
    }
  };
  add(USAGE_PAGES.keyboard, KEYBOARD);
  add(USAGE_PAGES.consumer, CONSUMER);
  for (const one of DIGIT_ONES) {
    for (let at = 0; at < 10; at += 1) {
      const button = `digit-${(at + 1) % 10}` as RemoteButton;
      map.set(USAGE_PAGES.keyboard * 0x1_0000 + one + at, button);
    }
  }
  const overrides = Object.entries(named).flatMap(([button, text]) => {
    const usage = text === undefined ? null : usageOf(text);
    return usage === null ? [] : [[usage, button as RemoteButton] as const];
  });
  const overridden = new Set(overrides.map(([, button]) => button));
  for (const [usage, button] of map) if (overridden.has(button)) map.delete(usage);
  for (const [usage, button] of overrides) map.set(usage, button);
  return map;
}
