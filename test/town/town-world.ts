/** Residents and facts for the tests of the municipality's page, in few words. */

import { createHash } from 'node:crypto';
import type { Evacuee } from '../../platform-sim/evacuation/evacuee.ts';
import {
  TOWN_FACTS,
  type TownEvent,
  type TownFact,
  townFactOf,
} from '../../platform-sim/town/town-facts.ts';

/** 2026-11-21 17:00 in Japan. */
export const AT = Date.parse('2026-11-21T08:00:00Z');
const MINUTE_MS = 60_000;
const EPOCH = '0b2f5a6e-2f0c-4a55-9a3e-6a1d3b9c7e10';

export function refOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

export function person(name: string, over: Partial<Evacuee> = {}): Evacuee {
  return {
    ref: refOf(name),
    name: `${name} 花子`,
    kana: `${name} ハナコ`,
    born: '1980-04-01',
    district: 'kawara',
    address: '川原町 3',
    household: 'S-1',
    needs: [],
    support: '',
    protected: false,
    ...over,
  };
}

/** Where a fact stands: minutes after AT, and which fact of which terminal it is. */
export interface Place {
  readonly minute: number;
  readonly terminal?: string;
  readonly seq?: number;
  readonly clock?: TownFact['clock'];
  readonly boot?: number;
  readonly mono?: number;
}

let numbers = 0;

/** The exact text of a fact; each has another number unless one is given. */
export function factText(event: TownEvent, place: Place, body: object): string {
  numbers += 1;
  const { minute, terminal = 'stb-1', seq = numbers, clock = 'synced', boot = 1, mono = 0 } = place;
  const at = new Date(AT + minute * MINUTE_MS).toISOString();
  const said = { terminal, epoch: EPOCH, seq, prev: '0'.repeat(64), event, at };
  return JSON.stringify({ ...said, clock, boot, mono, subject: null, body });
}

export function fact(event: TownEvent, place: Place, body: object): TownFact {
  const read = townFactOf(factText(event, place, body));
  if (read === null || !TOWN_FACTS.includes(event)) throw new Error('a fact about nobody');
  return read;
}

export function answered(
  name: string,
  answer: 'leaving' | 'safe' | 'help',
  place: Place,
): TownFact {
  return fact('alert.answered', place, { alert: 'A', ref: refOf(name), answer });
}

export function arrived(name: string, shelter: string, place: Place): TownFact {
  const where = { terminal: `reader-${shelter}`, ...place };
  return fact('shelter.arrived', where, { shelter, ref: refOf(name) });
}

export function atShelter(
  event: TownEvent,
  name: string,
  shelter: string,
  place: Place,
  more: object = {},
): TownFact {
  const where = { terminal: `reader-${shelter}`, ...place };
  return fact(event, where, { shelter, ref: refOf(name), ...more });
}
