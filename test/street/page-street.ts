/** A street that is only its page's source: every place in a known state, with screens that say which one they are. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PEOPLE } from '../../platform-sim/people.ts';
import type {
  FaultShown,
  Health,
  PlaceShown,
  ResidentShown,
  StreetState,
  TownShown,
  Words,
} from '../../platform-sim/street/messages.ts';
import type { Request } from '../../platform-sim/street/requests.ts';
import { openStreetServer } from '../../platform-sim/street/server.ts';

const BUILT = fileURLToPath(new URL('../../build/kiosk-ui', import.meta.url));
const RUN = '0b2f5a6e-2f0c-4a55-9a3e-6a1d3b9c7e10';

const WELL: Health = {
  ...{ reader: 'ok', printer: 'ok', release: 'ok', page: 'ok', payment: 'ok' },
  ...{ remote: 'ok', tv: 'ok', network: 'ok', clock: 'ok', disk: 'ok' },
  list: { version: 1, contact: null },
  waiting: 0,
};

/** What stands where; everything else is the same everywhere. */
const PLACES = [
  {
    ...{ id: 'gate-1', name: { ja: '西ゲート', en: 'West gate' }, width: 800, height: 480 },
    levels: ['reader', 'printer', 'network', 'list', 'waiting', 'clock', 'disk'],
    more: { staffPin: '2468' },
  },
  {
    ...{ id: 'vending-1', name: { ja: '自販機', en: 'Vending machine' }, width: 768, height: 1024 },
    levels: ['reader', 'release', 'network', 'waiting', 'clock', 'disk'],
    more: { cardPin: '1234', handedOut: 0 },
  },
  {
    ...{ id: 'kiosk-1', name: { ja: '証明書コーナー', en: 'Certificate corner' } },
    ...{ width: 768, height: 1024 },
    levels: ['reader', 'page', 'printer', 'payment', 'network', 'waiting', 'clock', 'disk'],
    more: {
      ...{ staffPin: '2468', cardPin: '1234', cardPassword: 'KAZASU1' },
      payment: { tray: 0, waits: false },
    },
  },
  {
    ...{ id: 'tv-1', name: { ja: 'お茶の間', en: 'Living room' }, width: 1920, height: 1080 },
    levels: ['reader', 'remote', 'tv', 'network', 'waiting', 'clock', 'disk'],
    more: { television: { isOn: true } },
  },
  {
    ...{ id: 'shelter-1', name: { ja: '体育館 受付1', en: 'School gym, desk 1' } },
    ...{ width: 800, height: 480 },
    levels: ['reader', 'printer', 'network', 'list', 'waiting', 'clock', 'disk'],
    more: { staffPin: '2468', shelter: 'shiomi-elementary' },
  },
  {
    ...{ id: 'shelter-2', name: { ja: '体育館 受付2', en: 'School gym, desk 2' } },
    ...{ width: 800, height: 480 },
    levels: ['reader', 'network', 'list', 'waiting', 'clock', 'disk'],
    more: { staffPin: '2468', shelter: 'shiomi-elementary' },
  },
] as const satisfies readonly {
  readonly id: string;
  readonly name: Words;
  readonly width: number;
  readonly height: number;
  readonly levels: readonly (keyof Health)[];
  readonly more: Partial<PlaceShown>;
}[];

export type PlaceId = (typeof PLACES)[number]['id'];

const FAULTS: readonly FaultShown[] = [
  fault('reader-unplugged', 'state', '読み取り機をぬく', 'Unplug the reader'),
  fault('remote-battery', 'state', '電池を弱らせる', 'Weak batteries'),
  fault('network-down', 'state', '通信を切る', 'Cut the network'),
  fault('clock-1970', 'state', '時計を1970年に', 'Clock says 1970'),
  fault('terminal-killed', 'blow', '端末を止める', 'Kill the terminal'),
];

export const CLERKS = [
  { name: '大西', password: 'onishi-no-aikotoba' },
  { name: '佐野', password: 'sano-no-aikotoba' },
] as const;

export const TOWN: TownShown = {
  name: '汐見市',
  url: 'http://127.0.0.1:8420/',
  isDown: false,
  clerks: CLERKS,
  counts: { all: 19, help: 0, unknown: 19, leaving: 0, safe: 0, unlisted: 0 },
  shelters: [{ id: 'shiomi-elementary', name: '汐見小学校', people: 0, capacity: 420 }],
  people: PEOPLE.map(({ id, ticket }) => ({
    ...{ who: id, standing: 'unknown' as const, shelters: [], protected: false },
    household: ticket?.party || id,
  })),
  alerts: [],
  faults: [fault('town-hall-down', 'state', '役場を停電させる', 'No power at the town hall')],
};

export interface PageStreet {
  readonly origin: string;
  /** What pages have asked for, oldest first. */
  readonly asked: readonly Request[];
  /** Tells every page that this is another now. */
  tell(parts: Partial<StreetState>): void;
  /** The same for one place. */
  change(id: PlaceId, more: Partial<PlaceShown>): void;
  /** The same for its health. */
  unwell(id: PlaceId, more: Partial<Health>): void;
  close(): Promise<void>;
}

export interface PageStreetOptions {
  /** Those that stand there; all, unless told. */
  readonly places?: readonly PlaceId[];
  readonly town?: TownShown | null;
  /** Where the screens are; a plain page for each, unless told. */
  readonly screens?: string;
}

/** Serves the built page (`npm run build:ui`). */
export async function openPageStreet(options: PageStreetOptions = {}): Promise<PageStreet> {
  const plain = options.screens === undefined ? await openPlainScreens() : null;
  const screens = options.screens ?? plain?.origin ?? '';
  const asked: Request[] = [];
  const listeners = new Set<(parts: Partial<StreetState>) => void>();
  let state = stateOf(screens, options);
  const tell = (parts: Partial<StreetState>) => {
    state = { ...state, ...parts };
    for (const listener of listeners) listener(parts);
  };
  const server = await openStreetServer({
    source: {
      state: () => state,
      watch(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      svgOf: () => null,
      async obey(request) {
        asked.push(request);
        return 'done';
      },
    },
    port: 0,
    files: BUILT,
    screens: [screens],
  });
  const change = (id: PlaceId, more: Partial<PlaceShown>) =>
    tell({ places: state.places.map((each) => (each.id === id ? { ...each, ...more } : each)) });
  return {
    origin: server.origin,
    asked,
    tell,
    change,
    unwell: (id, more) => change(id, { health: { ...WELL, ...more } }),
    async close() {
      await server.close();
      await plain?.close();
    },
  };
}

async function openPlainScreens(): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="ja"><title>screen</title><h1>${request.url}</h1>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function stateOf(screens: string, { places, town = TOWN }: PageStreetOptions): StreetState {
  return {
    run: RUN,
    opening: false,
    places: PLACES.filter(({ id }) => places?.includes(id) ?? true).map((place) =>
      placeShown(place, screens),
    ),
    residents: PEOPLE.map(residentShown),
    papers: { total: 0, newest: [] },
    applications: [],
    platform: {
      ...{ facts: 0, newest: [], perMinute: Array(20).fill(0), entries: 0, doubles: 0 },
      list: null,
    },
    town,
    scenarios: [],
    says: [],
  };
}

function placeShown(place: (typeof PLACES)[number], screens: string): PlaceShown {
  const { id, name, width, height, levels, more } = place;
  return {
    ...{ id, name, levels, state: 'serving', reason: null, staffPin: null, cardPin: null },
    ...{ cardPassword: null, payment: null, television: null, shelter: null, handedOut: null },
    screen: {
      ...{ url: `${screens}/${id}`, width, height },
      ...{ isServed: true, isLent: false, loads: 0 },
    },
    health: WELL,
    faults: FAULTS,
    held: null,
    answer: { number: 0, says: '', who: null },
    ...more,
  };
}

function residentShown({ id, name, kana, card, matter }: (typeof PEOPLE)[number]): ResidentShown {
  return { id, name, kana, kind: card, matter, at: null, last: null };
}

function fault(name: string, kind: FaultShown['kind'], ja: string, en: string): FaultShown {
  return { name, kind, label: { ja, en }, says: { ja, en }, on: false, missing: null };
}
