/** What the walk through all machines gives them: events that carry something, outputs of their effects, inputs. */

import type { Answer, StepResult } from '../src/domain/answer.ts';
import { STAFF_ERRANDS } from '../src/domain/screen.ts';
import type { Told } from '../src/domain/told.ts';
import { ORDER_CHOICES, ORDER_PAYLOADS } from './certificate-order/payloads.ts';
import { SHELTER_CHOICES, SHELTER_INPUTS, SHELTER_PAYLOADS } from './shelter/payloads.ts';
import { CASE_CHOICES, CASE_PAYLOADS } from './staff/payloads.ts';
import {
  TELEVISION_CHOICES,
  TELEVISION_INPUTS,
  TELEVISION_PAYLOADS,
} from './television/payloads.ts';
import { REGISTRATION_INPUTS, REGISTRATION_PAYLOADS } from './usage-registration/payloads.ts';

const TOLD: Told = { text: 'age-check.over', given: { age: 20 } };

export const STEP_RESULTS: readonly StepResult[] = [
  { next: 'go-on' },
  { next: 'claim-receipt' },
  { next: 'ask-pin' },
  ...[0, 1, 3].map((tries) => ({ next: 'pin', tries }) as const),
  { next: 'tell', told: TOLD },
  { next: 'attendant', by: 'Yamada' },
  { next: 'refuse', reason: 'not-on-list' },
  { next: 'hold-again', reason: 'card-removed' },
  { next: 'not-recorded', reason: 'disk-full' },
];

export const ANSWERS = [
  { answer: 'granted' },
  { answer: 'granted', passage: 'attendant' },
  { answer: 'granted', passage: 'turnstile' },
  { answer: 'claimed' },
  { answer: 'refused', reason: 'not-on-list' },
  { answer: 'hold-again', reason: 'card-removed' },
  { answer: 'not-recorded', reason: 'disk-full' },
  { answer: 'told', told: TOLD },
  { answer: 'told', told: { text: 'age-check.under', given: { age: 20 } } },
  { answer: 'cancelled' },
  { answer: 'attendant', by: 'Yamada' },
  { answer: 'defect', error: new Error('seeded') },
] as const satisfies readonly Answer[];

/** Events that carry something a guard looks at. */
export const PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'conditions.changed': [{ obstacles: [] }, { obstacles: ['disk-full'] }],
  'card.present': [{ tap: 2 }],
  'device.lost': [{ reason: 'seeded' }],
  'key.language': [{ language: 'en' }],
  // Taking an entry back goes through every state that letting somebody in does, and one more.
  'key.choose': [
    ...['undo', 'papers', 'health', 'other', 'gate-1-000001', 'printed', 'nonsense'],
    ...CASE_CHOICES,
    ...ORDER_CHOICES,
    ...SHELTER_CHOICES,
    ...TELEVISION_CHOICES,
  ].map((choice) => ({ choice })),
  'pin.typed': [{ digits: 4 }],
  'secret.typed': [{ length: 6 }],
  'xstate.done.actor.askLock': [0, 30].map((waitSeconds) => ({ output: { waitSeconds } })),
  'xstate.done.actor.checkPin': [
    { pin: 'right', by: 'PIN' },
    { pin: 'wrong' },
    { pin: 'too-short' },
    { pin: 'locked', waitSeconds: 30 },
  ].map((output) => ({ output })),
  'xstate.done.actor.overview': [
    {
      output: {
        errands: STAFF_ERRANDS,
        papers: [{ paper: 'gate-1-000001', state: 'unknown' }],
        cases: [{ is: 'stop', request: 'r', differs: [] }],
        more: 0,
        stick: { is: 'brings', order: { does: 'end-role' }, list: null },
        checks: [],
      },
    },
  ],
  'xstate.done.actor.lookUp': ['0042-7781', null].map((ticket) => ({
    output: { ticket, entered: ticket && { at: '', gate: '' } },
  })),
  ...ORDER_PAYLOADS,
  ...REGISTRATION_PAYLOADS,
  ...CASE_PAYLOADS,
  ...SHELTER_PAYLOADS,
  ...TELEVISION_PAYLOADS,
  'xstate.done.actor.record': [{ output: { result: 'undone', subject: '', first: null } }],
  'xstate.done.actor.settle': [
    { output: { result: 'settled', subject: '', first: null } },
    { output: null },
  ],
};

/** By the id of the machine; all others are given nothing that matters. */
export const INPUTS: Readonly<Record<string, readonly object[]>> = {
  // A terminal that begins with a choice has other states of waiting than one that begins with a card.
  terminal: [{ hasErrands: false }, { hasErrands: true }, { hasErrands: true, hasHome: true }],
  ...REGISTRATION_INPUTS,
  ...SHELTER_INPUTS,
  ...TELEVISION_INPUTS,
};

/** What a machine remembers of why it ends, and which decides how. */
export const KEPT = ['reason', 'isAsked'];

/** As well, and of few values: each of them leads elsewhere. */
export const KEPT_WORDS = ['asked'];
