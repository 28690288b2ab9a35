/** The town in the words of the page. What nobody is told of somebody leaves the server nowhere but here, and here it does not. */

import { crowdingOf } from '../../src/domain/evacuation.ts';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import type { Contact } from '../contacts.ts';
import type { Evacuee, Shelter } from '../evacuation/evacuee.ts';
import type { Assignments } from './assignments.ts';
import type { PersonShown, RowShown, ShelterShown, SignShown } from './messages.ts';
import type { TimedFact } from './person-fold.ts';
import type { Standings } from './standings.ts';

export function rowOf(standings: Standings, assignments: Assignments, resident: Evacuee): RowShown {
  const { ref, name, address, support, needs } = resident;
  const { standing, last } = standings.stateOf(ref);
  const age = standings.ageOf(resident);
  const assigned = assignments.whoOf(ref);
  const isTold = !resident.protected;
  return {
    ...{ ref, standing, name, age, last, assigned },
    address: isTold ? address : null,
    support: isTold ? support : '',
    needs: isTold ? needs : [],
  };
}

/** `nameOf`: of a shelter by its id. */
export function personOf(
  standings: Standings,
  assignments: Assignments,
  resident: Evacuee,
  nameOf: (shelter: string) => string,
): PersonShown {
  const { ref, kana, born } = resident;
  const isTold = !resident.protected;
  const { stays } = standings.stateOf(ref);
  const assigned = assignments.of(ref);
  return {
    ...rowOf(standings, assignments, resident),
    ...{ kana, born, protected: resident.protected },
    household: isTold ? householdOf(standings, resident) : [],
    stays: isTold
      ? stays.map(({ shelter, since, out }) => ({ shelter: nameOf(shelter), since, out }))
      : [],
    course: standings.courseOf(ref).map((fact) => signOf(fact, isTold, nameOf)),
    assignedBy: assigned && { by: assigned.by, at: assigned.at },
  };
}

function householdOf(standings: Standings, resident: Evacuee): PersonShown['household'] {
  const others = standings.householdOf(resident).filter((other) => !other.protected);
  return others.map(({ ref, name }) => ({ ref, name, standing: standings.stateOf(ref).standing }));
}

function signOf(
  { time, event, answer, shelter }: TimedFact,
  isTold: boolean,
  nameOf: (shelter: string) => string,
): SignShown {
  const where = shelter !== null && isTold ? nameOf(shelter) : null;
  return { at: time, event, answer, shelter: where };
}

export function shelterOf(
  standings: Standings,
  { id, name, capacity }: Shelter,
  contacts: ReadonlyMap<string, Contact>,
  now: number,
): ShelterShown {
  const { people, out, unlisted, needs, handed } = standings.tallies.shelter(id);
  return {
    ...{ id, name, capacity, people, out, unlisted, needs },
    crowding: crowdingOf(people, capacity),
    contact: contactOf(standings.terminalsAt(id), contacts, now),
    handed: handed.get(dayInJapan(now)) ?? {},
  };
}

/** There as long as one of its readers is; else since the last of them was heard, or told something that came another way. */
function contactOf(
  heard: ReadonlyMap<string, number>,
  contacts: ReadonlyMap<string, Contact>,
  now: number,
): ShelterShown['contact'] {
  let at: number | null = null;
  for (const [terminal, toldAt] of heard) {
    const contact = contacts.get(terminal);
    if (contact?.linked) return { linked: true, at: null };
    at = Math.max(at ?? 0, contact?.at ?? 0, Math.min(toldAt, now));
  }
  return { linked: false, at };
}
