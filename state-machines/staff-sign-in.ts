/**
 * Who is there, for whom no card of their own has spoken: a PIN, tried as often as the lock allows. A child of the staff's
 * machine; the digits never come here.
 */

import type { KeyName, StateMeta } from '../src/domain/screen.ts';
import { type SIGN_IN_DELAYS, signInSetup } from './staff-sign-in-setup.ts';

function asks(keys: readonly KeyName[], timeout: keyof typeof SIGN_IN_DELAYS): StateMeta {
  return { screen: 'staff-pin', voice: null, tone: null, keys, timeout, secret: true };
}

const FAILS = { target: '#staff-sign-in.over', actions: 'endFailed' } as const;
const GIVES_UP = { ownStep: { target: '#staff-sign-in.over', actions: 'endTooSlow' } } as const;

export const staffSignInMachine = signInSetup.createMachine({
  id: 'staff-sign-in',
  context: { digits: 0, pinWasWrong: false, waitSeconds: 0, seconds: 0, end: { end: 'left' } },
  initial: 'asking',
  on: {
    'session.cancel': { target: '.over', actions: 'endStopped' },
    // Pressed on a screen that has just gone, or twice.
    'key.*': {},
  },
  states: {
    asking: {
      initial: 'opening',
      invoke: { id: 'pinPad', src: 'pinPad', onError: FAILS },
      on: { 'pin.typed': { actions: 'keepDigits' }, 'key.back': 'over' },
      states: {
        opening: {
          meta: asks(['back'], 'ownStep'),
          invoke: {
            id: 'askLock',
            src: 'askLock',
            onDone: [
              { guard: 'mustWait', target: 'locked', actions: 'keepWait' },
              { target: 'typing' },
            ],
            onError: FAILS,
          },
          after: GIVES_UP,
        },
        typing: {
          meta: asks(['character', 'erase', 'enter', 'back'], 'idle'),
          after: { idle: { target: '#staff-sign-in.over', actions: 'endQuiet' } },
          on: {
            'key.character': { target: 'typing', reenter: true, actions: 'countDigit' },
            'key.erase': { target: 'typing', reenter: true, actions: 'eraseDigit' },
            'key.enter': 'checking',
          },
        },
        checking: {
          meta: asks([], 'ownStep'),
          invoke: {
            id: 'checkPin',
            src: 'checkPin',
            onDone: [
              { guard: 'isRight', target: '#staff-sign-in.known', actions: 'endSignedIn' },
              { guard: 'mustWait', target: 'locked', actions: 'keepWait' },
              { target: 'typing', actions: 'askAgain' },
            ],
            onError: FAILS,
          },
          after: GIVES_UP,
        },
        locked: {
          meta: asks(['back'], 'second'),
          after: {
            second: [
              { guard: 'waitIsOver', target: 'typing' },
              {
                guard: 'wasShownLongEnough',
                target: '#staff-sign-in.over',
                actions: 'endIdle',
              },
              { target: 'locked', reenter: true, actions: 'countDown' },
            ],
          },
        },
      },
    },
    known: { type: 'final' },
    over: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
