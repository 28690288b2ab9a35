/** A person who does what the screen says. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SimUnit } from '../../devices/payment/sim-unit.ts';
import type { Key, ScreenBody } from '../../src/domain/screen.ts';
import { PIN } from './one-card.ts';

/** What is before them. */
export interface BeforeThem {
  readonly screen: ScreenBody | null;
  readonly isDead: boolean;
  readonly unit: SimUnit;
  press(key: Key): void;
  hold(): void;
  remove(): void;
}

export function obey(kiosk: BeforeThem, screen: ScreenBody): void {
  switch (screen.screen) {
    case 'place-card':
      kiosk.hold();
      break;
    case 'choose':
      kiosk.press({ key: 'choose', choice: '0' });
      break;
    case 'pin':
      type(kiosk, screen.digits);
      break;
    case 'confirm-order':
    case 'take-paper':
    case 'ended':
      kiosk.press({ key: 'enter' });
      break;
    case 'paying':
      if (screen.chosen === null) kiosk.press({ key: 'choose', choice: 'cash' });
      else void pay(kiosk);
      break;
    case 'take-card':
      kiosk.remove();
      break;
    default:
  }
}

function type(kiosk: BeforeThem, digits: number): void {
  if (digits === PIN.length) kiosk.press({ key: 'enter' });
  else kiosk.press({ key: 'character', character: PIN.charAt(digits) });
}

/** Puts 500 yen in as soon as the unit waits for them. */
async function pay(kiosk: BeforeThem): Promise<void> {
  while (kiosk.screen?.screen === 'paying' && !kiosk.isDead) {
    const { open } = kiosk.unit.books;
    if (open?.state === 'collecting' && kiosk.screen.inserted === 0) {
      kiosk.unit.insert(500);
      return;
    }
    await nextTurn();
  }
}
