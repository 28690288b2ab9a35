/**
 * From the money to the paper: what an order costs is held, the card goes back to its owner, the sheets come out one by one,
 * and only when the last is out is the money taken. The steps that can't be undone are in the ledger
 * (src/certificate-order/sheets.ts, src/charges.ts); no snapshot of this machine is ever resumed.
 *
 * A child of certificate-order.ts, which closes whatever ends here without paper.
 */

import type { StateMeta } from '../src/domain/screen.ts';
import { certificateHandoverSetup, type HandoverContext } from './certificate-handover-setup.ts';
import { shows } from './shown.ts';

const calls = (voice: StateMeta['voice'], timeout: string): StateMeta =>
  shows('take-card', voice, [], timeout, 'take');
/** Silent: whoever waits for paper is not asked to leave a card there. */
const SETTLES = shows('working', null, [], null);
const STILL_THERE = shows('still-there', 'still-there', ['stay', 'back'], 'payLeaving');

const FAILS = { target: '#handover.ended', actions: 'endDefect' } as const;
const REFUSED = { target: '#handover.ended', actions: 'endRefused' } as const;
const CANCELS = { target: '#handover.ended', actions: 'endCancelled' } as const;

export const certificateHandoverMachine = certificateHandoverSetup.createMachine({
  id: 'handover',
  context: ({ input }) => ({
    ...input,
    means: null,
    inserted: 0,
    done: 0,
    held: null,
    end: { end: 'not-issued', reason: null, error: null },
  }),
  initial: 'paying',
  on: {
    // From here on the order is the session's (src/certificate-order/session.ts), not the card's: what is begun ends well or
    // is given back, whoever comes or goes.
    'card.gone': {},
    'session.cancel': {},
  },
  states: {
    paying: {
      always: { guard: 'isFree', target: 'takingCard' },
      initial: 'choosing',
      states: {
        choosing: {
          meta: shows('paying', 'paying', ['choose', 'back'], 'payIdle'),
          after: { payIdle: 'waiting' },
          on: {
            'key.choose': { guard: 'isMeans', target: 'collecting', actions: 'keepMeans' },
            'key.back': CANCELS,
          },
        },
        /** Nothing was put in yet. */
        waiting: {
          meta: STILL_THERE,
          after: { payLeaving: CANCELS },
          on: { 'key.stay': 'choosing', 'key.back': CANCELS },
        },
        collecting: {
          invoke: [
            { id: 'watchMoney', src: 'watchMoney' },
            {
              id: 'authorise',
              src: 'authorise',
              input: ({ context }: { readonly context: HandoverContext }) => ({
                means: context.means ?? 'cash',
              }),
              onDone: [{ guard: 'goesOn', target: '#handover.takingCard' }, REFUSED],
              onError: FAILS,
            },
          ],
          on: {
            'money.inserted': { target: '.inserting', actions: 'keepInserted' },
          },
          initial: 'inserting',
          states: {
            inserting: {
              meta: shows('paying', 'paying', ['back'], 'payIdle'),
              after: { payIdle: 'stillThere' },
              on: { 'key.back': 'stopping' },
            },
            stillThere: {
              meta: STILL_THERE,
              after: { payLeaving: 'stopping' },
              on: { 'key.stay': 'inserting', 'key.back': 'stopping' },
            },
            /** The unit is asked to give it back; its answer is waited for, for only the unit knows. */
            stopping: {
              meta: SETTLES,
              entry: 'stopMoney',
              on: { 'money.inserted': { actions: 'keepInserted' } },
            },
          },
        },
      },
    },
    takingCard: {
      invoke: {
        id: 'watchCard',
        src: 'watchCard',
        input: ({ context }: { readonly context: HandoverContext }) => context.seen,
      },
      on: { 'card.gone': 'printing' },
      initial: 'asked',
      states: {
        asked: { meta: calls('take-card-then-paper', 'cardWaits'), after: { cardWaits: 'louder' } },
        louder: { meta: calls('take-card-now', 'cardWaits'), after: { cardWaits: 'calling' } },
        calling: {
          meta: calls('take-card-now', 'cardLimit'),
          after: { cardLimit: { target: '#handover.ended', actions: 'endCardLeft' } },
        },
      },
    },
    printing: {
      invoke: [
        { id: 'watchPrinting', src: 'watchPrinting' },
        {
          id: 'printSheets',
          src: 'printSheets',
          onDone: [{ guard: 'goesOn', target: 'settling' }, REFUSED],
          onError: FAILS,
        },
      ],
      on: {
        'sheet.done': { actions: 'keepDone' },
        'printer.waits': { target: '.held', actions: 'keepHeld' },
        'printer.goes-on': { target: '.going', actions: 'keepHeld' },
      },
      initial: 'going',
      states: {
        going: { meta: shows('printing', 'printing', [], null) },
        /** Staff mends it and it goes on by itself; or the person goes without the rest, which is void then. */
        held: {
          meta: shows('printing', 'by-reason', ['back'], 'heldLimit', 'problem'),
          after: { heldLimit: 'stopping' },
          on: { 'key.back': 'stopping' },
        },
        stopping: {
          meta: SETTLES,
          entry: 'stopPrinting',
          on: { 'printer.waits': {}, 'printer.goes-on': {} },
        },
      },
    },
    settling: {
      meta: SETTLES,
      invoke: {
        id: 'settle',
        src: 'settle',
        onDone: { target: 'takingPaper' },
        onError: FAILS,
      },
    },
    takingPaper: {
      meta: shows('take-paper', 'take-paper', ['enter'], 'paperStays', 'done'),
      after: { paperStays: { target: 'issued', actions: 'endIssued' } },
      on: { 'key.enter': { target: 'issued', actions: 'endIssued' } },
    },
    issued: { type: 'final' },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
