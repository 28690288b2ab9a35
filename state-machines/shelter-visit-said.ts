/** What the events of a visit at a shelter say, for the guards and actions of shelter-visit-setup.ts. */

import { NEEDS, type Need } from '../src/domain/evacuation.ts';
import type { ShelterAction } from '../src/domain/shelter-screen.ts';
import type { StaffAskedEnd } from './staff-asked.ts';
import { outputOf } from './step-result.ts';

interface Spoken {
  readonly type: string;
}

/** Who said that they are staff. */
export function attendantIn(event: Spoken): string | null {
  return outputOf<StaffAskedEnd>(event)?.by ?? null;
}

export function choiceOf<Choice extends string>(
  event: Spoken,
  choices: readonly Choice[],
): Choice | null {
  const choice = 'choice' in event ? event.choice : null;
  return choices.find((id) => id === choice) ?? null;
}

export function isChoice(
  event: Spoken,
  choice: ShelterAction | 'no-card' | 'new' | 'number',
): boolean {
  return 'choice' in event && event.choice === choice;
}

export function toggled(needs: readonly Need[], event: Spoken): readonly Need[] {
  const need = choiceOf(event, NEEDS);
  if (need === null) return needs;
  return NEEDS.filter((each) => (each === need ? !needs.includes(need) : needs.includes(each)));
}
