/** What is shown while staff type their PIN: how many digits there are, and none of them. */

import type { SnapshotFrom } from 'xstate';
import type { staffSignInMachine } from '../../state-machines/staff-sign-in.ts';
import type { ScreenBody } from '../domain/screen.ts';

export type SignInSnapshot = SnapshotFrom<typeof staffSignInMachine>;

export function pinScreenOf(snapshot: SignInSnapshot): ScreenBody {
  const { digits, pinWasWrong, waitSeconds } = snapshot.context;
  const isLocked = snapshot.matches({ asking: 'locked' });
  const isChecking = snapshot.matches({ asking: 'checking' });
  const asks = pinWasWrong ? 'wrong' : 'ask';
  const result = isLocked ? 'locked' : isChecking ? 'checking' : asks;
  return { screen: 'staff-pin', digits, result, waitSeconds: isLocked ? waitSeconds : 0 };
}
