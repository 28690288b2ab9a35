/** What the colours of a remote control press on each screen. */

import type { Key, ScreenBody, ScreenFrame, ScreenName } from '../domain/screen.ts';
import { televisionColours } from './television-colours.ts';

type Colours = ScreenFrame['colours'];

/** A remote control has no key that takes a character back. */
const TYPING: Colours = { blue: { key: 'erase' } satisfies Key };

const COLOURS: Readonly<Partial<Record<ScreenName, Colours>>> = {
  pin: TYPING,
  password: TYPING,
  'text-entry': TYPING,
  'staff-pin': TYPING,
  'staff-ticket': TYPING,
};

export function coloursOf(body: ScreenBody): Colours {
  return COLOURS[body.screen] ?? televisionColours(body);
}
