/**
 * Somebody at the kiosk who does what its screen says: chooses what they came for, lays their card down, types, pays, takes
 * card and paper. They know nothing of the kiosk's states; whoever tells their story says where they stop.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Choice, ErrandId } from '../../src/domain/kiosk-screen.ts';
import type { DocumentType } from '../../src/domain/municipal-certificate.ts';
import type { Key, Screen } from '../../src/domain/screen.ts';
import { CARD_PASSWORD, CARD_PIN, type Resident } from '../people.ts';
import type { StreetPiece } from './messages.ts';
import type { Place } from './place.ts';
import type { ScreenBrowser } from './screen-browser.ts';

/** The next screen: the centre may take half a minute, a sheet its time. */
const SCREEN_MS_MAX = 90_000;
const COINS: readonly StreetPiece[] = [1000, 500, 100, 50, 10];
const PAY_AGAIN_MS = 100;
/** A terminal takes no more keys than fingers press. */
const FINGER_MS = 60;

/** What is said of a register when it is registered for. */
export interface Domicile {
  readonly prefecture: string;
  readonly municipality: string;
  readonly town: string;
  /** As in 12-3. */
  readonly number: string;
  /** Of its head, in hiragana. */
  readonly familyKana: string;
  readonly givenKana: string;
}

export interface Wish {
  readonly errand: ErrandId;
  readonly document?: DocumentType;
  readonly copies?: number;
  readonly means?: 'cash' | 'e-money';
  /** What they type, right or wrong; that of their card unless told. */
  readonly pin?: string;
  readonly domicile?: Domicile;
}

type Holds = (screen: Screen) => boolean;

export class KioskVisitor {
  readonly resident: Resident;
  readonly #place: Place;
  readonly #browser: ScreenBrowser;
  readonly #wish: Wish;
  #hasBegun = false;
  #hasPaid = false;
  /** How it ended, and everything that was seen, for whoever proves something by it. */
  readonly seen: Screen[] = [];

  constructor(place: Place, browser: ScreenBrowser, resident: Resident, wish: Wish) {
    this.resident = resident;
    this.#place = place;
    this.#browser = browser;
    this.#wish = wish;
  }

  /** Does what each screen says until `holds`; without it, until the menu is back. Rejects when no screen comes. */
  async go(holds: Holds = () => this.#isOver()): Promise<Screen> {
    for (;;) {
      const { screen } = this.#browser;
      this.seen.push(screen);
      if (holds(screen)) return screen;
      await delay(FINGER_MS);
      await this.#obey(screen);
      await this.#browser.until(({ number }) => number !== screen.number, SCREEN_MS_MAX);
    }
  }

  /** Presses one key of the screen that is there. */
  press(key: Key): void {
    this.#browser.press(key);
  }

  /** What a screen of this name said last; undefined: it was not seen. */
  saw<Name extends Screen['screen']>(name: Name): Extract<Screen, { screen: Name }> | undefined {
    return this.seen.findLast(
      (screen): screen is Extract<Screen, { screen: Name }> => screen.screen === name,
    );
  }

  #isOver(): boolean {
    return this.#hasBegun && this.#browser.screen.screen === 'menu';
  }

  async #obey(screen: Screen): Promise<void> {
    switch (screen.screen) {
      case 'menu':
        return this.#begin(screen);
      case 'place-card':
        return this.#place.hold(this.resident);
      case 'choose':
        return this.#choose(screen);
      case 'pin':
        if (screen.result === 'checking') return;
        return this.#type(screen.digits, this.#wish.pin ?? CARD_PIN);
      case 'password':
        if (screen.result === 'checking') return;
        return this.#type(screen.length, CARD_PASSWORD);
      case 'text-entry':
        return this.#write(screen);
      case 'paying':
        return this.#pay(screen);
      case 'take-card':
        return this.#place.hands.remove();
      case 'still-there':
        return this.press({ key: 'stay' });
      case 'review':
      case 'confirm-order':
      case 'take-paper':
      case 'applied':
      case 'ended':
        return this.press({ key: 'enter' });
      default:
    }
  }

  #begin({ items }: Extract<Screen, { screen: 'menu' }>): void {
    const { errand } = this.#wish;
    const item = items.find(({ id }) => id === errand);
    if (item === undefined || item.openness?.open === false) return;
    this.#hasBegun = true;
    this.press({ key: 'choose', choice: errand });
  }

  #choose({ of, choices }: Extract<Screen, { screen: 'choose' }>): void {
    const wanted = choices.find((choice) => this.#wants(of, choice));
    if (wanted === undefined) this.press({ key: 'more' });
    else this.press({ key: 'choose', choice: wanted.id });
  }

  #wants(of: Extract<Screen, { screen: 'choose' }>['of'], { label }: Choice): boolean {
    const { document, copies = 1, domicile } = this.#wish;
    switch (label.is) {
      case 'document':
        return document === undefined || label.document === document;
      case 'option':
        return true;
      case 'copies':
        return label.copies === copies;
      case 'kana-row':
        return true;
      case 'place':
        return label.name === domicile?.[of as 'prefecture' | 'municipality' | 'town'];
    }
  }

  #type(typed: number, secret: string): void {
    const character = secret[typed];
    this.press(character === undefined ? { key: 'enter' } : { key: 'character', character });
  }

  #write({ field, typed }: Extract<Screen, { screen: 'text-entry' }>): void {
    const { number = '', familyKana = '', givenKana = '' } = this.#wish.domicile ?? {};
    const words = {
      'domicile-number': number,
      'head-family-kana': familyKana,
      'head-given-kana': givenKana,
    }[field];
    this.#type(typed.length, words);
  }

  async #pay({ chosen, fee, inserted }: Extract<Screen, { screen: 'paying' }>): Promise<void> {
    const { means = 'cash' } = this.#wish;
    if (chosen === null) return this.press({ key: 'choose', choice: means });
    const { payment } = this.#place;
    if (payment === null || this.#hasPaid) return;
    while (!(await payment.shown()).waits) await delay(PAY_AGAIN_MS);
    this.#hasPaid = true;
    if (means === 'e-money') return payment.touch(this.resident.person.id);
    let rest = fee - inserted;
    for (const coin of COINS) {
      for (; rest >= coin && coin <= 500; rest -= coin) await payment.insert(coin);
    }
  }
}
