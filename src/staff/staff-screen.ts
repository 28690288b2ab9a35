/** The staff's machine as a screen: the state says which one, the context what is on it. */

import type { SnapshotFrom } from 'xstate';
import type { staffMachine } from '../../state-machines/staff.ts';
import type { StaffContext } from '../../state-machines/staff-setup.ts';
import type { PaperShown, ScreenBody, StateMeta } from '../domain/screen.ts';

export type StaffSnapshot = SnapshotFrom<typeof staffMachine>;

/** What is shown in this state. An ended machine shows that it leaves. */
export function staffScreenOf(snapshot: StaffSnapshot): ScreenBody {
  const metas: (StateMeta | undefined)[] = Object.values(snapshot.getMeta());
  const screen = metas.find((meta) => meta !== undefined)?.screen;
  const { context } = snapshot;
  switch (screen) {
    case 'staff-pin':
      return pinScreen(snapshot);
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
      return { screen, paper: chosen(context.paper) };
    case 'staff-health':
      return { screen, checks: context.overview.checks };
    default:
      return {
        screen: 'staff-leaving',
        seconds: snapshot.matches('leaving') ? context.seconds : 0,
      };
  }
}

function pinScreen(snapshot: StaffSnapshot): ScreenBody {
  const { digits, pinWasWrong, waitSeconds } = snapshot.context;
  const isLocked = snapshot.matches({ open: { asking: 'locked' } });
  const isChecking = snapshot.matches({ open: { asking: 'checking' } });
  const asks = pinWasWrong ? 'wrong' : 'ask';
  const result = isLocked ? 'locked' : isChecking ? 'checking' : asks;
  return { screen: 'staff-pin', digits, result, waitSeconds: isLocked ? waitSeconds : 0 };
}

function menuScreen({ by, overview }: StaffContext): ScreenBody {
  const { papers, more, checks } = overview;
  return {
    screen: 'staff-menu',
    by: by ?? '',
    owed: papers.length + more,
    notWell: checks.filter(({ state }) => state === 'not-well').length,
  };
}

/** The machine's order guarantees it; were it wrong, it is a defect and must be loud. */
function chosen(paper: PaperShown | null): PaperShown {
  if (paper === null) throw new Error('a paper is shown before one was chosen');
  return paper;
}
