/** What is shown in each state of a visit at a shelter. */

import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import type { shelterFormMachine } from '../../state-machines/shelter-form.ts';
import type { shelterVisitMachine } from '../../state-machines/shelter-visit.ts';
import { SHELTER_DELAYS } from '../../state-machines/shelter-visit-setup.ts';
import type { staffAskedMachine } from '../../state-machines/staff-asked.ts';
import { NEEDS, type Need } from '../domain/evacuation.ts';
import type { ConsentedData } from '../domain/evacuee-data.ts';
import type { ScreenBody } from '../domain/screen.ts';
import { SHELTER_FIELDS } from '../domain/shelter-form.ts';
import { FAMILY_SHOWN_MAX } from '../domain/shelter-screen.ts';
import { childOf } from '../screen/child-machine.ts';
import { pinScreenOf, type SignInSnapshot } from '../staff/pin-screen.ts';

type Visit = SnapshotFrom<typeof shelterVisitMachine>;
type Form = SnapshotFrom<typeof shelterFormMachine>;
type Asked = SnapshotFrom<typeof staffAskedMachine>;

/** What no machine remembers. */
export interface ShelterKnows {
  readonly consented: ConsentedData | null;
  /** ms since the epoch */
  readonly now: number;
}

const DAY_MS = 86_400_000;

/** Null where a state shows nothing of its own. */
export function shelterScreenOf(
  snapshot: AnyMachineSnapshot,
  { consented, now }: ShelterKnows,
): ScreenBody | null {
  const visit = snapshot as Visit;
  const { value, context } = visit;
  switch (value) {
    case 'unread':
      return { screen: 'again', reason: context.reason };
    case 'gathering':
    case 'gathered':
      return familyScreen(visit);
    case 'menu':
      return {
        ...{ screen: 'shelter-menu', name: context.here?.name ?? null },
        since: context.here?.since ?? null,
        consented: context.here?.consented ?? false,
      };
    case 'consented': {
      if (consented === null) return null;
      const days = Math.max(0, Math.floor((now - Date.parse(consented.at)) / DAY_MS));
      return { screen: 'shelter-consented', said: consented, days };
    }
    case 'supplies':
      return { screen: 'shelter-supplies', supplies: context.here?.supplies ?? [] };
    case 'needs':
      return needsScreen(context.needs);
    case 'said':
      return context.said && { screen: 'shelter-done', ...context.said };
    case 'staff':
      return staffScreen(visit);
    case 'why':
      return { screen: 'shelter-why' };
    case 'noCard':
      return { screen: 'shelter-no-card', unread: context.unread > 0 };
    case 'form':
      return formScreen(visit);
    case 'slip': {
      const { taken } = context;
      if (taken === null) return null;
      const { number: slip, paper, person } = taken;
      return { screen: 'shelter-slip', slip, paper, people: person.people };
    }
    case 'paper':
      return { screen: 'shelter-paper' };
    case 'takingCard':
      return { screen: 'take-card' };
    default:
      return { screen: 'hold' };
  }
}

function familyScreen({ value, context: { people } }: Visit): ScreenBody {
  return {
    screen: 'shelter-family',
    people: people.slice(-FAMILY_SHOWN_MAX),
    count: people.reduce((sum, person) => sum + person.people, 0),
    seconds: value === 'gathering' ? SHELTER_DELAYS.moreCards / 1_000 : null,
  };
}

function staffScreen(visit: Visit): ScreenBody | null {
  const asked = childOf<Asked>(visit, 'staffAsked');
  if (asked === null) return null;
  if (asked.matches('checking')) return { screen: 'hold' };
  const { what, isRefused: refused } = asked.context;
  if (!asked.matches('signingIn')) return { screen: 'shelter-staff', asked: what, refused };
  const signIn = childOf<SignInSnapshot>(asked, 'signIn');
  return signIn && pinScreenOf(signIn);
}

function needsScreen(needs: readonly Need[]): ScreenBody {
  const shown = NEEDS.map((need) => ({ need, chosen: needs.includes(need) }));
  return { screen: 'shelter-needs', needs: shown };
}

function formScreen(visit: Visit): ScreenBody | null {
  const form = childOf<Form>(visit, 'shelterForm');
  if (form === null) return null;
  const { texts, problem, people, needs } = form.context;
  if (form.value === 'people') return { screen: 'shelter-people', people };
  if (form.value === 'needs') return needsScreen(needs);
  const field = SHELTER_FIELDS.find((name) => name === form.value);
  return field ? { screen: 'shelter-typing', field, typed: texts[field], problem } : null;
}
