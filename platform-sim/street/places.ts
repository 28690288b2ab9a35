/** The places of the street, and what stands at each. Another terminal is another entry here, and its drawing. */

import { LIST } from './city.ts';
import type { Health, Words } from './messages.ts';

export interface PlaceKind {
  /** The terminal's name, as the platform knows it. */
  readonly id: string;
  readonly name: Words;
  readonly profile: 'gate' | 'counter' | 'kiosk';
  readonly screen: { readonly width: number; readonly height: number };
  /** A receipt printer stands there. */
  readonly prints: boolean;
  /** Something comes out when the answer is yes. */
  readonly handsOut: boolean;
  /** Certificates are paid and printed there, and applications signed: with a page printer and a payment unit. */
  readonly issues: boolean;
  /** Whoever holds a card there types its PIN. */
  readonly asksPin: boolean;
  /** What opens its staff's menu, and the line that `kazasu staff-pin` printed for it; null: it has none. */
  readonly staff: { readonly pin: string; readonly line: string } | null;
  /** What of its health concerns those who look on, in this order. */
  readonly levels: readonly (keyof Health)[];
  /** The tables of its configuration that no other place has. */
  readonly services: string;
}

/** Whoever walks here may be staff. */
const STAFF: NonNullable<PlaceKind['staff']> = {
  pin: '2468',
  line: 'scrypt$32768$8$1$iNOP3_tq56-Zur-H1SbjyQ$TLsYlvjShKtFAOrm9YfsagB1Uj2zgR1nO7POuO3X48s',
};

export const GATE: PlaceKind = {
  id: 'gate-1',
  name: { ja: '西ゲート', en: 'West gate' },
  profile: 'gate',
  screen: { width: 800, height: 480 },
  prints: true,
  handsOut: false,
  issues: false,
  asksPin: false,
  staff: STAFF,
  levels: ['reader', 'printer', 'network', 'list', 'waiting', 'clock', 'disk'],
  services: `[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`,
};

/** A vending machine for those who are old enough. */
const VENDING_MACHINE: PlaceKind = {
  id: 'vending-1',
  name: { ja: '自販機', en: 'Vending machine' },
  profile: 'counter',
  screen: { width: 768, height: 1024 },
  prints: false,
  handsOut: true,
  issues: false,
  asksPin: true,
  staff: null,
  levels: ['reader', 'release', 'network', 'waiting', 'clock', 'disk'],
  services: `[services.age-check]
age = 20
pin = "always"
`,
};

/** In a shop: certificates of municipalities, for everybody who comes in. */
export const KIOSK: PlaceKind = {
  id: 'kiosk-1',
  name: { ja: '証明書コーナー', en: 'Certificate corner' },
  profile: 'kiosk',
  screen: { width: 768, height: 1024 },
  prints: true,
  handsOut: false,
  issues: true,
  asksPin: false,
  staff: STAFF,
  levels: ['reader', 'page', 'printer', 'payment', 'network', 'waiting', 'clock', 'disk'],
  services: '[services.family-register]\n',
};

/** The first one is meant where none is named. Each one's screen is on a port of its own, in this order. */
export const PLACES = [GATE, VENDING_MACHINE, KIOSK] as const satisfies readonly PlaceKind[];
