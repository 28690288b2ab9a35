/** The places of the street, and what stands at each. Another terminal is another entry here, and its drawing. */

import { shelterName } from '../alerts/plan.ts';
import { SHIOMI_CODE, type Shelter } from '../evacuation/evacuee.ts';
import { SHIOMI_SHELTERS } from '../evacuation/shiomi.ts';
import { LIST } from './city.ts';
import { EVACUEES } from './evacuees.ts';
import type { Health, Words } from './messages.ts';

/** What tables of a configuration name, and where it is on this machine. */
export interface Near {
  /** PEM file with the certificate of the municipality. */
  readonly municipalityKey: string;
  /** Where sticks are put in. */
  readonly stick: string;
}

export interface PlaceKind {
  /** The terminal's name, as the platform knows it. */
  readonly id: string;
  readonly name: Words;
  readonly profile: 'gate' | 'counter' | 'kiosk' | 'stb' | 'shelter';
  readonly screen: { readonly width: number; readonly height: number };
  /** A receipt printer stands there. */
  readonly prints: boolean;
  /** Something comes out when the answer is yes. */
  readonly handsOut: boolean;
  /** Certificates are paid and printed there, and applications signed: with a page printer and a payment unit. */
  readonly issues: boolean;
  /** A television, whose remote control has the card reader in it. */
  readonly isTelevision: boolean;
  /** What the municipality calls the shelter that this is a reader of, or null. */
  readonly shelter: string | null;
  /** Whoever holds a card there types its PIN. */
  readonly asksPin: boolean;
  /** What opens its staff's menu, and the line that `kazasu staff-pin` printed for it; null: it has none. */
  readonly staff: { readonly pin: string; readonly line: string } | null;
  /** What of its health concerns those who look on, in this order. */
  readonly levels: readonly (keyof Health)[];
  /** The tables of its configuration that no other place has. */
  readonly services: (near: Near) => string;
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
  isTelevision: false,
  shelter: null,
  asksPin: false,
  staff: STAFF,
  levels: ['reader', 'printer', 'network', 'list', 'waiting', 'clock', 'disk'],
  services: () => `[services.event-entry]
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
  isTelevision: false,
  shelter: null,
  asksPin: true,
  staff: null,
  levels: ['reader', 'release', 'network', 'waiting', 'clock', 'disk'],
  services: () => `[services.age-check]
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
  isTelevision: false,
  shelter: null,
  asksPin: false,
  staff: STAFF,
  levels: ['reader', 'page', 'printer', 'payment', 'network', 'waiting', 'clock', 'disk'],
  services: () => '[services.family-register]\n',
};

/** At home: a set-top box, and a remote control with a card reader on the table. */
export const TELEVISION: PlaceKind = {
  id: 'tv-1',
  name: { ja: 'お茶の間', en: 'Living room' },
  profile: 'stb',
  screen: { width: 1920, height: 1080 },
  prints: false,
  handsOut: false,
  issues: false,
  isTelevision: true,
  shelter: null,
  asksPin: false,
  staff: null,
  levels: ['reader', 'remote', 'tv', 'network', 'waiting', 'clock', 'disk'],
  services: () => `[place]
municipality = "${SHIOMI_CODE}"
district = "kawara"
[services.evacuation-alert]
municipality = "汐見市"
`,
};

/** Where the readers of the school call each other; the first one is called. */
const AT_SCHOOL = '127.0.0.1:8431';

/** A reader of a shelter: of the school unless told. */
function shelterReader(
  id: string,
  name: Words,
  more: Pick<PlaceKind, 'prints'> & { readonly shelter?: string; readonly beside?: string },
): PlaceKind {
  const { prints, shelter = 'shiomi-elementary', beside = '' } = more;
  const school = placeOf(shelter);
  return {
    ...{ id, name, prints },
    profile: 'shelter',
    screen: { width: 800, height: 480 },
    handsOut: false,
    issues: false,
    isTelevision: false,
    shelter: school.id,
    asksPin: false,
    staff: STAFF,
    levels: [
      ...(['reader'] as const),
      ...(prints ? (['printer'] as const) : []),
      ...(['network', 'list', 'waiting', 'clock', 'disk'] as const),
    ],
    services: ({ municipalityKey, stick }) => `[place]
municipality = "${SHIOMI_CODE}"
[transfer]
mount = ${JSON.stringify(stick)}
recipient = ${JSON.stringify(municipalityKey)}
${beside}
[services.evacuation-shelter]
shelter = "${school.id}"
name = "${school.name} 避難所"
capacity = ${school.capacity}
list = "${EVACUEES}"
municipality-key = ${JSON.stringify(municipalityKey)}
`,
  };
}

export const SHELTER = shelterReader(
  'shelter-1',
  { ja: '体育館 受付1', en: 'School gym, desk 1' },
  { prints: true, beside: `[neighbours]\nlisten = "${AT_SCHOOL}"` },
);

export const SHELTER_BESIDE = shelterReader(
  'shelter-2',
  { ja: '体育館 受付2', en: 'School gym, desk 2' },
  { prints: false, beside: `[neighbours]\ngates = ["${AT_SCHOOL}"]` },
);

function placeOf(shelter: string): Shelter {
  const found = SHIOMI_SHELTERS.find(({ id }) => id === shelter);
  if (found === undefined) throw new Error(`no shelter is called ${shelter}`);
  return found;
}

/** The reader of a shelter elsewhere, by this name. */
export function anotherShelter(id: string): PlaceKind {
  const { ja, en } = shelterName(placeOf('minato-hall'));
  return shelterReader(id, { ja, en }, { prints: false, shelter: 'minato-hall' });
}

/** The first one is meant where none is named. Each one's screen is on a port of its own, in this order. */
export const PLACES = [
  GATE,
  VENDING_MACHINE,
  KIOSK,
  TELEVISION,
  SHELTER,
  SHELTER_BESIDE,
] as const satisfies readonly PlaceKind[];

/** Whether the municipality is needed for it. */
export function isOfEvacuation({ isTelevision, shelter }: PlaceKind): boolean {
  return isTelevision || shelter !== null;
}
