/**
 * The terminal as a whole: it settles what an earlier run left open, serves one card after the other, opens the staff's
 * menu, and says whenever something stands in the way of serving. It is never restored from a snapshot.
 */

import type { StateMeta } from '../src/domain/screen.ts';
import { type TerminalContext, terminalSetup } from './terminal-setup.ts';

const SILENT = { voice: null, tone: null } as const;
const CLOSED: StateMeta = {
  screen: 'closed',
  voice: 'closed',
  tone: null,
  keys: ['staff'],
  timeout: null,
};
const WAITING: StateMeta = { screen: 'waiting', ...SILENT, keys: ['staff'], timeout: null };

const HOME: StateMeta = {
  screen: 'shelter-waiting',
  ...SILENT,
  keys: ['choose', 'staff'],
  timeout: 'chooserStays',
};

const MENU: StateMeta = {
  screen: 'menu',
  ...SILENT,
  keys: ['choose', 'staff'],
  timeout: 'chooserStays',
};

/**
 * Serving a card means keeping a fact of it: without room for one, and while the terminal is about to be something else, the
 * card is told apart as ignored.
 */
const NEXT_CARD = [
  { guard: 'takesCards', target: 'serving', actions: 'keepTap' },
  { actions: 'announceIgnored' },
] as const;

export const terminalMachine = terminalSetup.createMachine({
  id: 'terminal',
  context: ({ input }) => ({
    ...input,
    obstacles: ['reader-lost'],
    seen: { tap: 0, sensedAt: 0 },
    answer: null,
    language: input.speaks ?? 'ja',
    chosenSound: input.sound,
    errand: 'status',
    called: false,
  }),
  initial: 'recovering',
  on: {
    'key.language': { actions: 'chooseLanguage' },
    'key.sound': { actions: 'chooseSound' },
    'key.call': { actions: 'callStaff' },
  },
  states: {
    recovering: {
      meta: { ...CLOSED, voice: null, keys: [] },
      invoke: {
        id: 'recover',
        src: 'recover',
        onDone: 'operating',
        onError: { target: 'stopped', actions: 'reportDefect' },
      },
      on: { 'terminal.stop': 'stopped' },
    },
    operating: {
      type: 'parallel',
      invoke: { id: 'watchConditions', src: 'watchConditions' },
      on: { 'conditions.changed': { actions: 'keepObstacles' }, 'terminal.stop': 'stopped' },
      states: {
        availability: {
          initial: 'starting',
          states: {
            starting: {
              meta: { ...CLOSED, voice: null, keys: [], timeout: 'readyGrace' },
              always: { guard: 'nothingInTheWay', target: 'inService' },
              after: { readyGrace: 'outOfService' },
              exit: 'announceReady',
            },
            inService: {
              entry: 'announceIn',
              on: {
                'conditions.changed': [
                  { guard: 'obstaclesRemain', actions: 'keepObstacles', target: 'outOfService' },
                  { actions: 'keepObstacles' },
                ],
              },
            },
            outOfService: {
              meta: CLOSED,
              entry: 'announceOut',
              on: {
                'conditions.changed': [
                  {
                    guard: 'obstaclesRemain',
                    actions: 'keepObstacles',
                    target: 'outOfService',
                    reenter: true,
                  },
                  { actions: 'keepObstacles', target: 'inService' },
                ],
              },
            },
          },
        },
        visit: {
          initial: 'waiting',
          states: {
            waiting: {
              always: { guard: 'hasProgramme', target: 'onErrand', actions: 'keepProgramme' },
              invoke: { id: 'awaitCard', src: 'awaitCard' },
              on: {
                'card.present': NEXT_CARD,
                'key.staff': { guard: 'hasStaff', target: 'attending', actions: 'forgetAnswer' },
                'key.choose': { guard: 'isErrand', target: 'onErrand', actions: 'keepErrand' },
                'key.language': [
                  { guard: 'hasHome', target: '.home', actions: 'chooseLanguage' },
                  { guard: 'hasErrands', target: '.offering', actions: 'chooseLanguage' },
                  { target: '.guiding', actions: 'chooseLanguage' },
                ],
                'key.sound': [
                  { guard: 'hasHome', target: '.home', actions: 'chooseSound' },
                  { guard: 'hasErrands', target: '.offering', actions: 'chooseSound' },
                  { target: '.guiding', actions: 'chooseSound' },
                ],
                'key.call': [
                  { guard: 'hasErrands', target: '.offering', actions: 'callStaff' },
                  { target: '.guiding', actions: 'callStaff' },
                ],
              },
              initial: 'quiet',
              states: {
                /** Who chose a language and went away leaves it to nobody. */
                offering: { meta: MENU, after: { chooserStays: 'quiet' } },
                home: { meta: HOME, after: { chooserStays: 'quiet' } },
                quiet: {
                  meta: WAITING,
                  entry: 'forgetChoices',
                  always: [
                    { guard: 'hasHome', target: 'home' },
                    { guard: 'hasErrands', target: 'offering' },
                  ],
                },
                /** Somebody stands there and has not held a card yet: they are told how. */
                guiding: {
                  meta: { ...WAITING, voice: 'waiting', timeout: 'chooserStays' },
                  after: { chooserStays: 'quiet' },
                },
              },
            },
            serving: {
              invoke: {
                id: 'session',
                src: 'session',
                input: ({ context }) => context.seen,
                onDone: [
                  { guard: 'failed', target: 'waiting', actions: 'reportDefect' },
                  { guard: 'isAttendant', target: 'attending', actions: 'keepAnswer' },
                  { target: 'answered', actions: 'keepAnswer' },
                ],
                onError: { target: 'waiting', actions: 'reportDefect' },
              },
            },
            /** The card is gone, and so is the name of its holder; what to do stays to be read. */
            answered: {
              invoke: [
                { id: 'awaitNextCard', src: 'awaitCard' },
                { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
              ],
              on: { 'card.present': NEXT_CARD, 'receipt.owed': {} },
              initial: 'choosing',
              states: {
                choosing: {
                  always: [
                    { guard: 'isGranted', target: 'welcomed' },
                    { guard: 'isRefused', target: 'refused' },
                    { guard: 'isHoldAgain', target: 'askedAgain' },
                    { guard: 'isTold', target: 'told' },
                    { target: 'done' },
                  ],
                },
                welcomed: {
                  meta: { screen: 'welcome', ...SILENT, keys: [], timeout: 'welcomeStays' },
                  on: { 'receipt.owed': 'owed' },
                  after: { welcomeStays: 'done' },
                },
                owed: {
                  meta: {
                    screen: 'receipt-owed',
                    voice: 'receipt-owed',
                    tone: null,
                    keys: [],
                    timeout: 'owedStays',
                  },
                  after: { owedStays: 'done' },
                },
                refused: {
                  meta: { screen: 'refused', ...SILENT, keys: [], timeout: 'refusalStays' },
                  after: { refusalStays: 'done' },
                },
                askedAgain: {
                  meta: { screen: 'again', ...SILENT, keys: [], timeout: 'againStays' },
                  after: { againStays: 'done' },
                },
                told: {
                  meta: { screen: 'result', ...SILENT, keys: [], timeout: 'toldStays' },
                  after: { toldStays: 'done' },
                },
                done: { type: 'final' },
              },
              onDone: 'waiting',
            },
            onErrand: {
              entry: 'forgetAnswer',
              invoke: {
                id: 'errand',
                src: 'errand',
                input: ({
                  context: { errand, language },
                }: {
                  readonly context: TerminalContext;
                }) => ({
                  errand,
                  language,
                }),
                onDone: [
                  { guard: 'errandFailed', target: 'waiting', actions: 'reportDefect' },
                  { target: 'waiting' },
                ],
                onError: { target: 'waiting', actions: 'reportDefect' },
              },
            },
            attending: {
              invoke: {
                id: 'staff',
                src: 'staff',
                input: ({ context: { answer } }: { readonly context: TerminalContext }) => ({
                  by: answer?.answer === 'attendant' ? answer.by : null,
                }),
                onDone: [
                  {
                    guard: 'staffFailed',
                    target: 'waiting',
                    actions: ['forgetAnswer', 'reportDefect'],
                  },
                  { target: 'waiting', actions: 'forgetAnswer' },
                ],
                onError: { target: 'waiting', actions: ['forgetAnswer', 'reportDefect'] },
              },
            },
          },
        },
      },
    },
    stopped: { type: 'final' },
  },
});
