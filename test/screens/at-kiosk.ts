/** What a kiosk makes of screens that every terminal has. */

import type { ScreenBody } from '../../src/domain/screen.ts';
import { ENDINGS, order } from './kiosk-sample-parts.ts';

export const PIN_AT_KIOSK = [
  { screen: 'pin', digits: 2, result: 'ask', tries: 3, progress: order('pin') },
  { screen: 'pin', digits: 0, result: 'wrong', tries: 2, progress: order('pin') },
  { screen: 'pin', digits: 4, result: 'checking', tries: 2, progress: order('pin') },
] as const;
export const TAKE_CARD_AT_KIOSK = [
  { screen: 'take-card', follows: 'paper', urgency: 0, sheets: 2 },
  { screen: 'take-card', follows: 'paper', urgency: 1, sheets: 40 },
  { screen: 'take-card', follows: 'nothing', urgency: 2 },
] as const;

export const LAST_TRY_AT_KIOSK = [{ screen: 'pin-last-try', progress: order('pin') }] as const;
/** The status of an application is asked for by a card alone. */
export const REFUSED_AT_KIOSK = ENDINGS.map(
  (reason) => ({ screen: 'refused', reason, advice: null, first: null, list: null }) as const,
);

/** No other terminal shows these, but for the screens that are a kiosk's own. */
export const ONLY_AT_KIOSK: ReadonlySet<ScreenBody> = new Set([
  ...PIN_AT_KIOSK,
  ...TAKE_CARD_AT_KIOSK,
  ...LAST_TRY_AT_KIOSK,
  ...REFUSED_AT_KIOSK,
]);
