/** What the people at a kiosk see, who begin with a choice and not with a card. */

import type { KioskScreenName } from '../../src/domain/kiosk-screen.ts';
import * as card from './kiosk-card.tsx';
import * as choices from './kiosk-choices.tsx';
import * as order from './kiosk-order.tsx';
import * as registration from './kiosk-registration.tsx';
import * as typing from './kiosk-typing.tsx';
import type { Draw } from './view.ts';

export const KIOSK_DRAWINGS: { readonly [Name in KioskScreenName]: Draw<Name> } = {
  menu: choices.menu,
  choose: choices.choose,
  'place-card': card.placeCard,
  working: card.working,
  password: typing.password,
  'password-last-try': typing.passwordLastTry,
  'text-entry': typing.textEntry,
  review: registration.review,
  'confirm-order': order.confirmOrder,
  paying: order.paying,
  printing: order.printing,
  'take-paper': order.takePaper,
  applied: registration.applied,
  ended: order.ended,
  'still-there': card.stillThere,
};
