/** A reader of a shelter beside others of the same shelter, for tests. */

import { expect, vi } from 'vitest';
import type { EventName } from '../../src/domain/events.ts';
import type { Fact, NewFact } from '../../src/domain/fact.ts';
import { type FactName, naming } from '../../src/domain/shelter-stay.ts';
import { shelterTopic } from '../../src/neighbours/told-facts.ts';
import { MarkKeys } from '../../src/shelter/mark-key.ts';
import { Roster } from '../../src/shelter/roster.ts';
import { type Authority, type GateOptions, PATIENCE_MS, TestGate, tempFolder } from './venue.ts';

export const EVACUEES = 'evacuees-990029';
export const SCHOOL = 'shiomi-elementary';
export const TOPIC = shelterTopic(EVACUEES, SCHOOL);

export interface ReaderOptions extends GateOptions {
  readonly shelter?: string;
}

/** The reference id of a row: n as 32 digits. */
export function refOf(n: number): string {
  return n.toString(16).padStart(32, '0');
}

export class TestReader extends TestGate {
  readonly marks: MarkKeys;
  readonly roster: Roster;
  readonly #shelter: string;

  private constructor(
    name: string,
    authority: Authority,
    options: GateOptions & { readonly shelter: string; readonly marks: MarkKeys },
  ) {
    const { shelter, ...rest } = options;
    super(name, authority, { ...rest, topic: shelterTopic(EVACUEES, shelter) });
    this.#shelter = shelter;
    this.marks = options.marks;
    this.roster = new Roster(this.ledger, { list: EVACUEES, shelter });
  }

  /** With a key of its own where its state folder has none. */
  static of(name: string, authority: Authority, options: ReaderOptions = {}): Promise<TestReader> {
    const { state = tempFolder(), shelter = SCHOOL, manifest = {}, ...rest } = options;
    const marks = MarkKeys.open(state, undefined);
    const always = {
      ...{ validFrom: '0000-01-01T00:00:00.000Z', validTo: '9999-12-31T00:00:00.000Z' },
      ...manifest,
    };
    const given = { ...rest, state, shelter, marks, manifest: always };
    return new TestReader(name, authority, given).enrol();
  }

  /** Who has a row, by its reference id, and who has none, by a mark. */
  happens(
    event: EventName,
    who: { readonly ref: string } | { readonly mark: string },
    body: NewFact['body'] = {},
  ): Fact {
    const subject = 'ref' in who ? `evacuee/${who.ref}` : `mark/${who.mark}`;
    const all = { shelter: this.#shelter, ...who, ...body };
    const [fact] = this.ledger.record([{ event, subject, body: all }]);
    if (fact === undefined) throw new Error('nothing was recorded');
    return fact;
  }

  arrives(ref: string): Fact {
    return this.happens('shelter.arrived', { ref }, { by: 'card', count: 1, flags: [] });
  }

  takesBack(ref: string, arrival: FactName): Fact {
    return this.happens('shelter.undone', { ref }, { ...naming(arrival, this.name), by: '山田' });
  }

  stateOf(ref: string): string {
    return this.roster.stay(`evacuee/${ref}`).state;
  }
}

export function eventually(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: PATIENCE_MS, interval: 10 });
}

export async function hearing(...readers: readonly TestGate[]): Promise<void> {
  for (const { name, neighbours } of readers) {
    const others = readers.map((other) => other.name).filter((other) => other !== name);
    await eventually(() => expect(neighbours?.level().heard.toSorted()).toEqual(others.toSorted()));
  }
}

/** Until both count so many, and have told each other so many facts. */
export async function bothCount(readers: readonly TestReader[], here: number, facts: number) {
  await eventually(() => {
    for (const each of readers) {
      expect(each.heard.rows).toBe(facts);
      expect(each.roster.people).toMatchObject({ here });
    }
  });
}
