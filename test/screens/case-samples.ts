/** Screens of a kiosk's staff as they can be. */

import { DIFFERENCES } from '../../src/domain/difference.ts';
import type { ScreenBody } from '../../src/domain/screen.ts';
import { CASE_WHYS, type CaseDecision, type CaseShown } from '../../src/domain/staff-case.ts';

const request = '4f2a90c1-7d63-4a0e-9b51-2c8e6f1d0a37';

const STOP: CaseShown = { is: 'stop', request, differs: ['subject', 'sha256', 'code-subject'] };
const SHEETS: CaseShown = { is: 'sheets', request, done: 1, of: 3 };
const MONEY: CaseShown = { is: 'money', request, yen: 450 };
const OWED: CaseShown = { is: 'receipt', request, paper: 'kiosk-2-000318', state: 'owed' };
const UNKNOWN: CaseShown = { ...OWED, state: 'unknown' };
const LONG: CaseShown = { is: 'stop', request, differs: DIFFERENCES };
const EVERY = [STOP, SHEETS, MONEY, OWED];

const ABOUT: Readonly<Record<CaseDecision, CaseShown>> = {
  clear: STOP,
  'all-printed': SHEETS,
  'not-all-printed': SHEETS,
  charged: MONEY,
  'not-charged': MONEY,
  'handed-out': UNKNOWN,
  'not-handed-out': UNKNOWN,
  reissue: OWED,
};
const decisions = Object.keys(CASE_WHYS) as CaseDecision[];

type Samples<Name extends ScreenBody['screen']> = readonly [
  Extract<ScreenBody, { readonly screen: Name }>,
  ...Extract<ScreenBody, { readonly screen: Name }>[],
];

export const CASE_SAMPLES: {
  readonly [Name in 'staff-cases' | 'staff-case' | 'staff-case-why']: Samples<Name>;
} = {
  'staff-cases': [
    { screen: 'staff-cases', cases: EVERY, more: 12 },
    { screen: 'staff-cases', cases: [STOP], more: 0 },
    { screen: 'staff-cases', cases: [], more: 0 },
  ],
  'staff-case': [
    { screen: 'staff-case', shown: STOP },
    ...[SHEETS, MONEY, OWED, UNKNOWN, LONG].map(
      (shown) => ({ screen: 'staff-case', shown }) as const,
    ),
  ],
  'staff-case-why': [
    { screen: 'staff-case-why', shown: STOP, decision: 'clear' },
    ...decisions.map(
      (decision) => ({ screen: 'staff-case-why', shown: ABOUT[decision], decision }) as const,
    ),
  ],
};
