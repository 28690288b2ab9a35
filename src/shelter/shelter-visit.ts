/**
 * What a shelter does for whoever comes: the effects of state-machines/shelter-visit.ts. Nothing that can't be checked keeps
 * anybody out; it stands in the fact as a flag, and who is on no list is sealed to the municipality.
 */

import { randomBytes } from 'node:crypto';
import type {
  Acted,
  Admitted,
  FormGiven,
  PersonFound,
  ShelterAct,
  TakenIn,
  ToAdmit,
} from '../../state-machines/shelter-visit-setup.ts';
import type { StepResult } from '../domain/answer.ts';
import { doubleSupply } from '../domain/double-supply.ts';
import { assuranceReaches, type EntryRow } from '../domain/entry-list.ts';
import { type ArrivalFlag, evacueeSubject, markSubject, SUPPLIES } from '../domain/evacuation.ts';
import type { ConsentedData } from '../domain/evacuee-data.ts';
import type { EventName } from '../domain/events.ts';
import type { Fact, NewFact } from '../domain/fact.ts';
import { dayInJapan } from '../domain/japan-time.ts';
import { maskedName } from '../domain/masked-name.ts';
import { present } from '../domain/present.ts';
import type { PersonShown } from '../domain/shelter-screen.ts';
import { slipNumber } from '../domain/shelter-slip.ts';
import { type FactName, naming, type Stay, supplyOf } from '../domain/shelter-stay.ts';
import type { SensedTap } from '../domain/tap.ts';
import type { JournalFields } from '../journal.ts';
import type { PlannedPaper } from '../papers.ts';
import type { MunicipalitySeal } from '../pki/seal-to-municipality.ts';
import type { EvacuationShelterOptions } from '../service-config.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import type { MarkKeys } from './mark-key.ts';
import type { Roster } from './roster.ts';
import {
  attendantOf,
  findOut,
  flagsOf,
  readShelterCard,
  type ShelterCard,
} from './shelter-card.ts';
import { shelterBand, shelterSlip } from './shelter-slip.ts';

const GROUP_BYTES = 8;
const MARK_BYTES = 16;

export interface ShelterParts {
  readonly terminal: TerminalParts;
  readonly options: EvacuationShelterOptions;
  readonly roster: Roster;
  readonly marks: MarkKeys;
  readonly seal: MunicipalitySeal;
  /** Slips are printed here. */
  readonly prints: boolean;
}

/** Who stands there: by their row, by what their certificate gives, or by the mark of their slip. */
interface Person {
  readonly subject: string;
  readonly id: { readonly ref: string } | { readonly mark: string };
  readonly row: EntryRow | null;
  /** Whatever else they may have been taken in as: before the list came, or by a reader that was apart. */
  readonly also: readonly string[];
}

/** Those who come one after the other: a household, as far as anybody can tell. */
interface Go {
  readonly group: string;
  /** Of the list; empty: not known. */
  readonly party: string;
  readonly nths: Map<string, number>;
}

export class ShelterVisits {
  readonly #parts: ShelterParts;
  #card: ShelterCard | null = null;
  #person: Person | null = null;
  /** The card of this person has shown more than a certificate, of which there may be copies. */
  #hasProved = false;
  #go: Go = newGo('');

  constructor(parts: ShelterParts) {
    this.#parts = parts;
  }

  async readCard(seen: SensedTap): Promise<StepResult> {
    this.#card = null;
    const { terminal, options } = this.#parts;
    const read = await readShelterCard(terminal, options.list, seen);
    if ('next' in read) return read;
    this.#card = read;
    return { next: 'go-on' };
  }

  /** What takes too long, or fails, is not waited for: `admit` takes what is known by then. */
  async findPerson({ tap }: SensedTap): Promise<PersonFound> {
    const card = this.#cardOf(tap);
    const { terminal, options } = this.#parts;
    await findOut(card, terminal, options.list);
    const person = this.#personOf(card);
    if (this.#card === card) {
      this.#person = person;
      this.#hasProved = assuranceReaches(card.evidence.assurance, 'possession');
      this.#countOnce(person);
    }
    return this.#found(person);
  }

  /** Who came before the list did, or to a reader that was apart, is known by the mark that they got there still. */
  #personOf({ evidence, row }: ShelterCard): Person {
    const { roster, marks } = this.#parts;
    const [current, ...older] = marks.marksOf(evidence.certificate).map((mark) => {
      return { subject: markSubject(mark), id: { mark }, row };
    });
    const byRow = row && { subject: evacueeSubject(row.ref), id: { ref: row.ref }, row };
    const all = [byRow, current, ...older].filter((each) => each != null);
    const known = all.find(({ subject }) => roster.isExpected(subject));
    const person = known ?? present(all[0] ?? null, 'person');
    return { ...person, also: all.filter((each) => each !== person).map((each) => each.subject) };
  }

  /** One card that is here under two marks is one person: what is beside the first was a second arrival. */
  #countOnce({ subject, id, also }: Person): void {
    const { roster, terminal } = this.#parts;
    if (!roster.isExpected(subject)) return;
    const had = roster.suppliesOf(subject);
    for (const other of also.filter((each) => roster.isExpected(each))) {
      const mark = other.slice(markSubject('').length);
      const same: Person = { subject: other, id: { mark }, row: null, also: [] };
      for (const arrival of roster.stay(other).arrivals) {
        const undone = { ...this.#naming(arrival), by: 'reader', why: 'same-card' };
        if (this.#keep(same, 'shelter.undone', undone) === null) return;
      }
      // Whoever handed it out saw two people.
      for (const supply of roster.suppliesOf(other)) {
        const double = doubleSupply(supply, had);
        if (double !== null)
          terminal.recorder.note('neighbour.double-supply', { ...id, ...double });
      }
    }
  }

  #naming(arrival: FactName | undefined): JournalFields {
    return arrival === undefined ? {} : naming(arrival, this.#parts.terminal.terminal);
  }

  #stayOf({ subject, also }: Person): Stay {
    return this.#parts.roster.stay(subject, also);
  }

  #found(person: Person): PersonFound {
    const { row } = person;
    const stay = this.#stayOf(person);
    if (stay.state !== 'here') return { is: 'to-admit' };
    const day = dayInJapan(this.#parts.terminal.now());
    return {
      is: 'here',
      person: {
        name: row && maskedName(row.holder),
        since: stay.arrival?.at ?? null,
        supplies: SUPPLIES.map((kind) => ({ kind, had: stay.supplied.has(supplyOf(day, kind)) })),
        needs: stay.needs,
        consented: this.consented !== null,
      },
    };
  }

  async findSlip(number: string): Promise<PersonFound> {
    const subject = this.#parts.roster.subjectOf(number);
    if (subject === null) return { is: 'nobody' };
    const mark = subject.slice(markSubject('').length);
    this.#card = null;
    this.#hasProved = false;
    this.#person = { subject, id: { mark }, row: null, also: [] };
    return this.#found(this.#person);
  }

  admit({ seen, isFirst }: ToAdmit): Admitted {
    const card = this.#card?.tap === seen.tap ? this.#card : null;
    // What a search that is late still finds out changes nothing any more.
    this.#card = null;
    const person = card === null ? present(this.#person, 'person') : this.#personOf(card);
    this.#person = person;
    const begins = isFirst || this.#isOfAnotherHousehold(person.row);
    if (begins) this.#go = newGo(person.row?.party ?? '');
    const known = [person.subject, ...person.also].map((each) => this.#go.nths.get(each));
    const before = known.find((nth) => nth !== undefined);
    const stay = this.#stayOf(person);
    if (before !== undefined) {
      const at = stay.arrival?.at ?? new Date(this.#parts.terminal.now()).toISOString();
      return { begins, person: this.#shown(person, before, at, 'again', stay.people) };
    }
    const isBack = stay.state === 'out';
    const fact = isBack
      ? this.#keep(person, 'shelter.came-back', this.#naming(stay.arrival?.latest), card)
      : this.#keep(person, 'shelter.arrived', this.#arrival(card, stay), card);
    if (fact === null) return null;
    const nth = this.#go.nths.size + 1;
    this.#go.nths.set(person.subject, nth);
    const how = isBack ? 'back' : stay.state === 'here' ? 'here-already' : 'arrived';
    return { begins, person: this.#shown(person, nth, fact.at, how, isBack ? stay.people : 1) };
  }

  #isOfAnotherHousehold(row: EntryRow | null): boolean {
    const { party } = this.#go;
    return row !== null && row.party !== '' && party !== '' && row.party !== party;
  }

  #shown(
    { row }: Person,
    nth: number,
    at: string,
    how: PersonShown['how'],
    people: number,
  ): PersonShown {
    return { nth, name: row && maskedName(row.holder), at, how, people };
  }

  #arrival(card: ShelterCard | null, stay: Stay): JournalFields {
    const { group } = this.#go;
    const flags = this.#flags(card, stay);
    if (card === null) return { group, by: 'form', count: Math.max(1, stay.people), flags };
    const { list, verdict, evidence, row } = card;
    return {
      ...{ group, by: 'card', count: 1, flags },
      ...(list && { list: list.manifest.list, version: list.manifest.version, listAge: list.age }),
      assurance: evidence.assurance,
      ...(verdict?.valid && { revocation: verdict.revocation }),
      ...(row === null && {
        sealed: this.#seal({ certificate: Buffer.from(evidence.certificate).toString('base64') }),
      }),
    };
  }

  #flags(card: ShelterCard | null, stay: Stay | null): ArrivalFlag[] {
    const flags = card === null ? [] : flagsOf(card);
    if (this.#parts.terminal.clockQuality() === 'unset') flags.push('clock-unset');
    if (stay?.state === 'here') flags.push('here-already');
    return flags;
  }

  act(act: ShelterAct | null): Acted {
    const wanted = present(act, 'act');
    const person = present(this.#person, 'person');
    const stay = this.#stayOf(person);
    const arrival = this.#naming(stay.arrival?.latest);
    switch (wanted.act) {
      case 'out':
        return this.#done(this.#keep(person, 'shelter.went-out', arrival));
      case 'leave':
        return this.#done(this.#keep(person, 'shelter.left', arrival));
      case 'needs':
        return this.#done(this.#keep(person, 'shelter.needs-told', { needs: wanted.needs }));
      case 'undo': {
        const { by, why } = wanted;
        return this.#done(this.#keep(person, 'shelter.undone', { ...arrival, by, why }));
      }
      case 'supply': {
        const { kind, by } = wanted;
        const day = dayInJapan(this.#parts.terminal.now());
        if (by === null && stay.supplied.has(supplyOf(day, kind))) return 'had';
        const again = by === null ? {} : { again: by };
        const body = { kind, day, count: stay.people, ...again };
        return this.#done(this.#keep(person, 'shelter.supplied', body));
      }
    }
  }

  #done(fact: Fact | null): Acted {
    return fact === null ? 'not-recorded' : 'done';
  }

  takeIn(given: FormGiven | null): TakenIn | null {
    const { form, unread, isFirst } = present(given, 'form');
    const { terminal, prints, options } = this.#parts;
    const mark = this.#newMark();
    const person: Person = { subject: markSubject(mark), id: { mark }, row: null, also: [] };
    if (isFirst) this.#go = newGo('');
    const { kana, year, people: count, needs } = form;
    const body = {
      ...{ group: this.#go.group, by: 'form', count },
      flags: [...(unread ? (['card-unreadable'] as const) : []), ...this.#flags(null, null)],
      sealed: this.#seal({ kana, ...(year === '' ? {} : { year }), people: count, needs }),
    };
    let planned: PlannedPaper | null = null;
    const facts = [
      this.#factOf(person, 'shelter.arrived', body),
      ...(needs.length === 0 ? [] : [this.#factOf(person, 'shelter.needs-told', { needs })]),
    ];
    const [fact] = this.#record(facts, {
      steps: (steps) => {
        if (prints) planned = terminal.papers.plan(steps, person.subject, { request: mark });
      },
    });
    if (fact === undefined) return null;
    this.#person = person;
    const nth = this.#go.nths.size + 1;
    this.#go.nths.set(person.subject, nth);
    const paper = planned as PlannedPaper | null;
    if (paper !== null) {
      const slip = { planned: paper, mark, shelter: options.name, people: count };
      const form = options.slip === 'band' ? shelterBand : shelterSlip;
      void terminal.papers.print(paper, form({ ...slip, at: Date.parse(fact.at) }));
    }
    const shown = this.#shown(person, nth, fact.at, 'arrived', count);
    return { number: slipNumber(mark), person: shown, paper: paper !== null };
  }

  /** Random, and of a number that nobody's slip here has. */
  #newMark(): string {
    for (;;) {
      const mark = randomBytes(MARK_BYTES).toString('hex');
      if (this.#parts.roster.subjectOf(slipNumber(mark)) === null) return mark;
    }
  }

  checkAttendant({ tap }: SensedTap): Promise<string | null> {
    return attendantOf(this.#parts.terminal, tap);
  }

  /** What this person agreed to have passed on; null: nothing, or their card has not proved that it is theirs. */
  get consented(): ConsentedData | null {
    return (this.#hasProved && this.#person?.row?.evacuee?.consented) || null;
  }

  /** Nobody of this visit is known any more. */
  forget(): void {
    this.#card = null;
    this.#person = null;
    this.#hasProved = false;
    this.#go = newGo('');
  }

  #cardOf(tap: number): ShelterCard {
    return present(this.#card?.tap === tap ? this.#card : null, 'card');
  }

  #seal(content: JournalFields): string {
    return this.#parts.seal.seal(Buffer.from(JSON.stringify(content), 'utf8'));
  }

  #factOf({ subject, id }: Person, event: EventName, body: JournalFields): NewFact {
    return { event, subject, body: { shelter: this.#parts.options.shelter, ...id, ...body } };
  }

  #keep(
    person: Person,
    event: EventName,
    body: JournalFields,
    card: ShelterCard | null = null,
  ): Fact | null {
    const journal = card === null ? {} : { journal: () => card.stages.journal() };
    return this.#record([this.#factOf(person, event, body)], journal)[0] ?? null;
  }

  /** Empty when the disk takes nothing more: paper takes over then. */
  #record(facts: NewFact[], options: Parameters<TerminalParts['recorder']['record']>[1]): Fact[] {
    const { recorder } = this.#parts.terminal;
    try {
      return recorder.record(facts, options);
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      recorder.note('card.ignored', { reason: 'disk-full' });
      return [];
    }
  }
}

function newGo(party: string): Go {
  return { group: randomBytes(GROUP_BYTES).toString('hex'), party, nths: new Map() };
}
