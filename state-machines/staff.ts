/**
 * Staff at the terminal's own screen: who they are, then one errand after the other, until they leave or nobody presses a
 * key any more. Which errands there are, the terminal says: tickets and papers at a gate, what waits for a person at a kiosk.
 * Cards and devices do nothing here; every decision is durable before it is shown as done.
 */

import { present } from '../src/domain/present.ts';
import type { KeyName, ScreenName, StateMeta } from '../src/domain/screen.ts';
import type { CaseSaid, PaperSaid, StaffDecision } from '../src/domain/staff-answer.ts';
import { NOTHING_YET, type STAFF_DELAYS, type StaffContext, staffSetup } from './staff-setup.ts';

interface Work {
  readonly context: StaffContext;
}

const by = ({ context }: Work) => context.by ?? '';
const decision = ({ context }: Work): StaffDecision => ({
  errand: context.errand,
  ticket: context.known.ticket ?? '',
  why: context.why,
  by: context.by ?? '',
});
const said = ({ context }: Work): PaperSaid => ({
  paper: context.paper?.paper ?? '',
  printed: context.printed,
  by: context.by ?? '',
});

const caseSaid = ({ context }: Work): CaseSaid => ({
  shown: present(context.shown, 'case'),
  decision: present(context.decision, 'decision'),
  why: present(context.caseWhy, 'reason'),
  by: context.by ?? '',
});

function shows(
  screen: ScreenName,
  keys: readonly KeyName[],
  timeout: keyof typeof STAFF_DELAYS | null,
): StateMeta {
  return { screen, voice: null, tone: null, keys, timeout };
}
const LEAVES_WHEN_IDLE = { idle: { target: '#staff.leaving', actions: 'warn' } } as const;
const GIVES_UP = { ownStep: { target: '#staff.closing', actions: 'endTooSlow' } } as const;
const FAILS = { target: '#staff.closing', actions: 'endFailed' } as const;

export const staffMachine = staffSetup.createMachine({
  id: 'staff',
  context: ({ input }) => ({ ...NOTHING_YET, by: input.by }),
  initial: 'open',
  on: {
    'session.cancel': { target: '.closing', actions: 'endStopped' },
    'terminal.stop': { target: '.closing', actions: 'endStopped' },
    // Pressed on a screen that has just gone, or twice.
    'key.*': {},
  },
  states: {
    open: {
      initial: 'identifying',
      states: {
        identifying: {
          always: [{ guard: 'knowsWho', target: 'openingMenu' }, { target: 'signingIn' }],
        },
        signingIn: {
          invoke: {
            id: 'signIn',
            src: 'signIn',
            onDone: [
              { guard: 'isSignedIn', target: 'openingMenu', actions: 'keepWho' },
              { guard: 'isQuiet', target: '#staff.leaving', actions: 'warn' },
              { target: '#staff.closing', actions: 'keepWhyNot' },
            ],
            onError: FAILS,
          },
        },
        openingMenu: {
          meta: shows('staff-menu', [], 'ownStep'),
          invoke: {
            id: 'overview',
            src: 'overview',
            input: ({ context }) => ({ by: by({ context }), how: context.how }),
            onDone: { target: 'menu', actions: 'keepOverview' },
            onError: FAILS,
          },
          after: GIVES_UP,
        },
        menu: {
          meta: shows('staff-menu', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': [
              { guard: 'choosesTicket', target: 'typingTicket', actions: 'keepErrand' },
              { guard: 'choosesPapers', target: 'papers' },
              { guard: 'choosesCases', target: 'cases' },
              { guard: 'choosesStick', target: 'stick' },
              { guard: 'choosesHealth', target: 'health' },
            ],
            'key.back': '#staff.closing',
          },
        },
        typingTicket: {
          meta: shows('staff-ticket', ['character', 'erase', 'enter', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.character': { target: 'typingTicket', reenter: true, actions: 'type' },
            'key.erase': { target: 'typingTicket', reenter: true, actions: 'erase' },
            'key.enter': 'lookingUp',
            'key.back': 'openingMenu',
          },
        },
        lookingUp: {
          meta: shows('staff-ticket', [], 'ownStep'),
          invoke: {
            id: 'lookUp',
            src: 'lookUp',
            input: ({ context }) => context.typed,
            onDone: [
              { guard: 'isNumber', target: 'confirming', actions: 'keepKnown' },
              { target: 'typingTicket' },
            ],
            onError: FAILS,
          },
          after: GIVES_UP,
        },
        confirming: {
          meta: shows('staff-confirm', ['enter', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.enter': [
              { guard: 'cannotUndo', target: 'done', actions: 'keepNothingToUndo' },
              { guard: 'undoes', target: 'choosingWhy' },
              { target: 'recording' },
            ],
            'key.back': 'typingTicket',
          },
        },
        choosingWhy: {
          meta: shows('staff-why', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': { guard: 'choosesWhy', target: 'recording', actions: 'keepWhy' },
            'key.back': 'confirming',
          },
        },
        recording: {
          meta: shows('staff-confirm', [], null),
          invoke: {
            id: 'record',
            src: 'record',
            input: decision,
            onDone: { target: 'done', actions: 'keepOutcome' },
            onError: FAILS,
          },
        },
        done: {
          meta: shows('staff-done', ['enter', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: { 'key.enter': 'openingMenu', 'key.back': 'openingMenu' },
        },
        papers: {
          meta: shows('staff-papers', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': { guard: 'choosesPaper', target: 'paper', actions: 'keepPaper' },
            'key.back': 'openingMenu',
          },
        },
        paper: {
          meta: shows('staff-paper', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': [
              { guard: 'staysOwed', target: 'papers' },
              { guard: 'saysPrinted', target: 'settling', actions: 'keepPrinted' },
              { guard: 'saysNotPrinted', target: 'settling', actions: 'keepPrinted' },
            ],
            'key.back': 'papers',
          },
        },
        settling: {
          meta: shows('staff-paper', [], null),
          invoke: {
            id: 'settle',
            src: 'settle',
            input: said,
            onDone: [
              { guard: 'isSettled', target: 'done', actions: 'keepOutcome' },
              { target: 'openingMenu' },
            ],
            onError: FAILS,
          },
        },
        cases: {
          meta: shows('staff-cases', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': { guard: 'choosesCase', target: 'case', actions: 'keepCase' },
            'key.back': 'openingMenu',
          },
        },
        case: {
          meta: shows('staff-case', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': {
              guard: 'choosesDecision',
              target: 'sayingWhy',
              actions: 'keepDecision',
            },
            'key.back': 'cases',
          },
        },
        sayingWhy: {
          meta: shows('staff-case-why', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': { guard: 'choosesCaseWhy', target: 'deciding', actions: 'keepCaseWhy' },
            'key.back': 'case',
          },
        },
        deciding: {
          meta: shows('staff-case-why', [], null),
          invoke: {
            id: 'decide',
            src: 'decide',
            input: caseSaid,
            onDone: { target: 'done', actions: 'keepOutcome' },
            onError: FAILS,
          },
        },
        stick: {
          meta: shows('staff-stick', ['choose', 'back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: {
            'key.choose': { guard: 'acceptsStick', target: 'takingStick' },
            'key.back': 'openingMenu',
          },
        },
        takingStick: {
          meta: shows('staff-stick', [], null),
          invoke: {
            id: 'takeStick',
            src: 'takeStick',
            input: by,
            onDone: [
              { guard: 'isStickTaken', target: 'done', actions: 'keepStickTaken' },
              { target: 'stick', actions: 'keepStickNotTaken' },
            ],
            onError: FAILS,
          },
        },
        health: {
          meta: shows('staff-health', ['back'], 'idle'),
          after: LEAVES_WHEN_IDLE,
          on: { 'key.back': 'openingMenu' },
        },
        before: { type: 'history', history: 'deep' },
      },
    },
    leaving: {
      meta: { ...shows('staff-leaving', ['stay'], 'second'), voice: 'staff-leaving' },
      after: {
        second: [
          { guard: 'wasShownLongEnough', target: 'closing', actions: 'endIdle' },
          { target: 'leaving', reenter: true, actions: 'countDown' },
        ],
      },
      on: { 'key.stay': 'open.before' },
    },
    closing: {
      meta: shows('staff-leaving', [], 'ownStep'),
      invoke: {
        id: 'signOff',
        src: 'signOff',
        input: ({ context }) => ({ ...context.end, by: context.by }),
        onDone: 'closed',
        onError: { target: 'closed', actions: 'endFailed' },
      },
      after: { ownStep: 'closed' },
      on: { 'session.cancel': {}, 'terminal.stop': {} },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => ({ ...context.end, by: context.by }),
});
