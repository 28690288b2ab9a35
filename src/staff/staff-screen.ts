/** The staff's machine as a screen: the state says which one, the context what is on it. */

import type { SnapshotFrom } from 'xstate';
import type { staffMachine } from '../../state-machines/staff.ts';
import type { StaffContext } from '../../state-machines/staff-setup.ts';
import { present } from '../domain/present.ts';
import type { ScreenBody, StateMeta } from '../domain/screen.ts';
import { childOf } from '../screen/child-machine.ts';
import { pinScreenOf, type SignInSnapshot } from './pin-screen.ts';

export type StaffSnapshot = SnapshotFrom<typeof staffMachine>;

/** What is shown in this state. An ended machine shows that it leaves. */
export function staffScreenOf(snapshot: StaffSnapshot): ScreenBody {
  const signIn = childOf<SignInSnapshot>(snapshot, 'signIn');
  if (signIn !== null) return pinScreenOf(signIn);
  const metas: (StateMeta | undefined)[] = Object.values(snapshot.getMeta());
  const screen = metas.find((meta) => meta !== undefined)?.screen;
  const { context } = snapshot;
  switch (screen) {
    case 'staff-menu':
      return menuScreen(context);
    case 'staff-ticket':
      return { screen, errand: context.errand, typed: context.typed };
    case 'staff-confirm': {
      const { ticket, entered } = context.known;
      return { screen, errand: context.errand, ticket: ticket ?? '', entered };
    }
    case 'staff-why':
      return { screen, ticket: context.known.ticket ?? '' };
    case 'staff-done':
      return { screen, ...context.outcome };
    case 'staff-papers': {
      const { papers, more } = context.overview;
      return { screen, papers, more };
    }
    case 'staff-paper':
      return { screen, paper: present(context.paper, 'paper') };
    case 'staff-cases': {
      const { cases, more } = context.overview;
      return { screen, cases, more };
    }
    case 'staff-case':
      return { screen, shown: present(context.shown, 'case') };
    case 'staff-case-why': {
      const { shown, decision } = context;
      return {
        screen,
        shown: present(shown, 'case'),
        decision: present(decision, 'decision'),
      };
    }
    case 'staff-stick':
      return { screen, shown: present(context.overview.stick, 'stick') };
    case 'staff-health':
      return { screen, checks: context.overview.checks };
    default:
      return {
        screen: 'staff-leaving',
        seconds: snapshot.matches('leaving') ? context.seconds : 0,
      };
  }
}

function menuScreen({ by, overview }: StaffContext): ScreenBody {
  const { errands, papers, cases, more, checks } = overview;
  return {
    screen: 'staff-menu',
    by: by ?? '',
    errands,
    owed: papers.length + cases.length + more,
    notWell: checks.filter(({ state }) => state === 'not-well').length,
  };
}
