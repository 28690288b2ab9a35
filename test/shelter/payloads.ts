/** What the walk through all machines gives those of a shelter. */

import type { PersonShown } from '../../src/domain/shelter-screen.ts';
import type { ShelterFormEnd } from '../../state-machines/shelter-form.ts';
import type { PersonFound, TakenIn } from '../../state-machines/shelter-visit-setup.ts';
import type { StaffAskedEnd } from '../../state-machines/staff-asked.ts';

const PERSON: PersonShown = { nth: 1, name: null, at: '', how: 'arrived', people: 1 };
const TAKEN: TakenIn = { number: '0482135', person: PERSON, paper: false };
const FOUND: readonly PersonFound[] = [
  { is: 'here', person: { name: null, since: null, supplies: [], needs: [], consented: true } },
  { is: 'to-admit' },
  { is: 'nobody' },
];
const FORM: readonly ShelterFormEnd[] = [
  { of: 'form', form: { kana: 'はつ', year: '', people: 1, needs: [] } },
  { of: 'number', number: '0482135' },
  null,
];
const SEEN = { tap: 2, sensedAt: 0 };
const ASKED: readonly StaffAskedEnd[] = [
  { by: 'Yamada', isBack: false, seen: SEEN, error: null },
  { by: null, isBack: true, seen: SEEN, error: null },
  { by: null, isBack: false, seen: SEEN, error: null },
  { by: null, isBack: false, seen: SEEN, error: new Error('seeded') },
];
const outputs = (all: readonly unknown[]) => all.map((output) => ({ output }));

export const SHELTER_CHOICES = [
  ...['out', 'supplies', 'needs', 'leave', 'undo', 'consented', 'water', 'medicine', 'mistake'],
  ...['no-card', 'new', 'number', '3'],
];

export const SHELTER_PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'xstate.done.actor.findPerson': outputs(FOUND),
  'xstate.done.actor.findSlip': outputs(FOUND),
  'xstate.done.actor.admit': outputs([{ person: PERSON, begins: false }, null]),
  'xstate.done.actor.actHere': outputs(['done', 'had', 'not-recorded']),
  'xstate.done.actor.takeIn': outputs([TAKEN, null]),
  'xstate.done.actor.checkAttendant': outputs(['Yamada', null]),
  'xstate.done.actor.shelterForm': outputs(FORM),
  'xstate.done.actor.staffAsked': outputs(ASKED),
};

export const SHELTER_INPUTS: Readonly<Record<string, readonly object[]>> = {
  shelterVisit: [{}, { errand: 'without-card' }],
  staffAsked: [{ what: 'undo' }, { what: 'consented' }],
  shelterForm: [{ of: 'form' }, { of: 'number', problem: 'no-slip' }],
};
