/**
 * 利用登録 at a kiosk: whoever does not live where their family register is says once where that is, signs it with their
 * card, and is told when the municipality will have looked at it.
 *
 * The card lies there from the choice of the municipality to the signature; what was typed survives a card that slipped.
 */

import { present } from '../src/domain/present.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import { shows } from './shown.ts';
import { type RegistrationContext, registrationSetup } from './usage-registration-setup.ts';

type Context = { readonly context: RegistrationContext };

const working = (timeout: string): StateMeta => shows('working', 'working', [], timeout);
/** Each stage says its own of it. */
const TAKE_CARD: StateMeta = shows('take-card', 'take-card', [], 'cardLouder', 'take');

const seen = ({ context }: Context) => context.seen;
const WATCHES = { id: 'watchCard', src: 'watchCard', input: seen } as const;

const FAILS = { target: '#usageRegistration.forgetting', actions: 'endFailed' } as const;
const LEAVES = { target: '#usageRegistration.forgetting', actions: 'endLeft' } as const;
const REFUSED = { target: '#usageRegistration.refused', actions: 'keepReason' } as const;
const SILENT = { target: '#usageRegistration.refused', actions: 'saySilent' } as const;

export const usageRegistrationMachine = registrationSetup.createMachine({
  id: 'usageRegistration',
  context: ({ input }) => ({
    ...input,
    municipalities: [],
    municipality: null,
    form: null,
    seen: { tap: 0, sensedAt: 0 },
    again: null,
    reason: 'centre-silent',
    applied: null,
    receipt: 'none',
    end: { why: 'done', error: null },
  }),
  initial: 'listing',
  on: {
    'session.cancel': { target: '.forgetting', actions: 'endLeft' },
    // States that need the card watch it themselves.
    'card.gone': {},
  },
  states: {
    listing: {
      meta: working('centreAnswers'),
      invoke: {
        id: 'askMunicipalities',
        src: 'askMunicipalities',
        onDone: [{ guard: 'isListed', target: 'choosing', actions: 'keepMunicipalities' }, REFUSED],
        onError: FAILS,
      },
      after: { centreAnswers: SILENT },
    },
    choosing: {
      invoke: {
        id: 'choice',
        src: 'choice',
        input: ({ context }: Context) => ({ municipalities: context.municipalities }),
        onDone: [
          { guard: 'takesPart', target: 'registering', actions: 'keepMunicipality' },
          { guard: 'staysAway', target: 'refused', actions: 'sayNotTakingPart' },
          LEAVES,
        ],
        onError: FAILS,
      },
    },
    registering: {
      invoke: {
        id: 'form',
        src: 'form',
        input: ({ context }: Context) => ({
          municipality: present(context.municipality, 'municipality'),
          form: context.form,
        }),
        onDone: [{ guard: 'isComplete', target: '.preparing', actions: 'keepForm' }, LEAVES],
        onError: FAILS,
      },
      initial: 'placing',
      states: {
        placing: {
          meta: shows('place-card', 'place-card', ['back'], 'idle'),
          entry: 'restForm',
          invoke: { id: 'awaitCard', src: 'awaitCard' },
          on: {
            'card.present': { guard: 'isNewCard', target: 'reading', actions: 'keepCard' },
            'key.back': LEAVES,
          },
          after: { idle: 'stillThere' },
        },
        stillThere: {
          meta: shows('still-there', 'still-there', ['stay', 'back'], 'leaving'),
          on: { 'key.stay': 'placing', 'key.back': LEAVES },
          after: { leaving: LEAVES },
        },
        reading: {
          meta: working('cardStep'),
          invoke: {
            id: 'readCard',
            src: 'readCard',
            input: seen,
            onDone: [
              { guard: 'goesOn', target: 'writing', actions: 'forgetAgain' },
              { guard: 'asksAgain', target: 'placing', actions: 'askAgain' },
              REFUSED,
            ],
            onError: FAILS,
          },
          after: { cardStep: { target: 'placing', actions: 'sayUnreadable' } },
        },
        /** The form speaks. */
        writing: {
          entry: 'goOnWithForm',
          invoke: WATCHES,
          on: { 'card.gone': { target: 'placing', actions: 'askAgain' } },
        },
        preparing: {
          meta: working('cardStep'),
          invoke: {
            id: 'prepare',
            src: 'prepare',
            input: ({ context }: Context) => ({ seen: context.seen, form: context.form }),
            onDone: 'signing',
            onError: FAILS,
          },
          after: { cardStep: { target: 'placing', actions: 'sayUnreadable' } },
        },
        signing: {
          invoke: {
            id: 'secret',
            src: 'secret',
            input: seen,
            onDone: [
              { guard: 'isProved', target: '#usageRegistration.applying' },
              // What was written is looked at again.
              { guard: 'isLeft', target: '#usageRegistration.registering', reenter: true },
              { guard: 'isCardGone', target: 'placing', actions: 'askAgain' },
              { guard: 'isDefect', ...FAILS },
              REFUSED,
            ],
            onError: FAILS,
          },
        },
      },
    },
    /** The card has signed: it may be taken away. */
    applying: {
      meta: working('centreAnswers'),
      invoke: {
        id: 'apply',
        src: 'apply',
        onDone: [{ guard: 'isApplied', target: 'recording', actions: 'keepApplied' }, REFUSED],
        onError: FAILS,
      },
      after: { centreAnswers: SILENT },
    },
    recording: {
      meta: working('ownStep'),
      invoke: {
        id: 'record',
        src: 'record',
        onDone: { target: 'applied', actions: 'keepReceipt' },
        onError: FAILS,
      },
      after: { ownStep: 'applied' },
    },
    applied: {
      meta: shows('applied', 'applied', ['enter'], 'outcomeStays', 'done'),
      on: { 'key.enter': 'forgetting' },
      after: { outcomeStays: 'forgetting' },
    },
    refused: {
      meta: shows('ended', 'by-reason', ['enter'], 'outcomeStays', 'problem'),
      on: { 'key.enter': 'forgetting' },
      after: { outcomeStays: 'forgetting' },
    },
    forgetting: {
      meta: working('ownStep'),
      invoke: {
        id: 'forget',
        src: 'forget',
        input: ({ context }: Context) => ({
          reason: context.applied === null && context.end.why === 'done' ? context.reason : null,
        }),
        onDone: 'takingCard',
        onError: { target: 'takingCard', actions: 'endFailed' },
      },
      after: { ownStep: 'takingCard' },
    },
    takingCard: {
      invoke: WATCHES,
      on: { 'card.gone': 'ended', 'session.cancel': 'ended' },
      initial: 'asked',
      states: {
        asked: { meta: TAKE_CARD, after: { cardLouder: 'louder' } },
        louder: {
          meta: { ...TAKE_CARD, voice: null, timeout: 'cardCalled' },
          after: { cardCalled: 'called' },
        },
        /** For as long as it lies there: nobody else is served over a forgotten card. */
        called: { meta: { ...TAKE_CARD, voice: 'take-card-now', timeout: null } },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
