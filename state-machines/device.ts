/**
 * One machine for every device, and for the link to the platform: open it, use it, and when it is lost close it and
 * open it again, for as long as the terminal runs. Nobody restarts anything by hand.
 */

import { assign, emit, setup } from 'xstate';
import { promiseNotProvided } from './not-provided.ts';

export const DEVICE_DELAYS = {
  firstMs: 250,
  /** A reader is back well within five seconds of its return. */
  longestMs: 2_000,
  /** A device that is lost sooner after it was opened counts as another failure: a loose plug is not tried four times a second. */
  steadyMs: 10_000,
} as const;

export type DeviceEvent =
  /** The driver says that its device is gone. */
  | { readonly type: 'device.lost'; readonly reason: string }
  /** The terminal ends. */
  | { readonly type: 'device.stop' };

export type DeviceEmitted =
  | { readonly type: 'device.ready' }
  | { readonly type: 'device.lost'; readonly reason: string };

function reasonOf(event: { readonly type: string }): string {
  if ('reason' in event && typeof event.reason === 'string') return event.reason;
  if ('error' in event) return event.error instanceof Error ? event.error.message : 'unknown error';
  return event.type;
}

export const deviceMachine = setup({
  types: {
    context: {} as { readonly failures: number; readonly reported: string | null },
    events: {} as DeviceEvent,
    emitted: {} as DeviceEmitted,
  },
  actors: {
    /** Opens the device; rejects with an error whose message people can read. */
    open: promiseNotProvided<void>('open'),
    /** Closes it, also half-open or dead; never rejects. */
    close: promiseNotProvided<void>('close'),
  },
  delays: {
    steady: DEVICE_DELAYS.steadyMs,
    backOff: ({ context }) =>
      Math.min(
        DEVICE_DELAYS.firstMs * 2 ** Math.min(context.failures, 16),
        DEVICE_DELAYS.longestMs,
      ),
  },
  guards: {
    saysSomethingNew: ({ context, event }) => context.reported !== reasonOf(event),
  },
  actions: {
    announceReady: emit({ type: 'device.ready' }),
    announceLost: emit(({ event }) => ({ type: 'device.lost', reason: reasonOf(event) })),
    rememberReason: assign({ reported: ({ event }) => reasonOf(event) }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    forgetReason: assign({ reported: null }),
  },
}).createMachine({
  id: 'device',
  context: { failures: 0, reported: null },
  initial: 'opening',
  states: {
    opening: {
      invoke: {
        id: 'open',
        src: 'open',
        onDone: { target: 'up', actions: ['forgetReason', 'announceReady'] },
        onError: [
          // The same failure again and again is said once.
          {
            guard: 'saysSomethingNew',
            target: 'closing',
            actions: ['announceLost', 'rememberReason'],
          },
          { target: 'closing' },
        ],
      },
      on: {
        // The driver gave up on a device that was still opening: `open` rejects, too, and says why.
        'device.lost': {},
        'device.stop': 'stopping',
      },
    },
    up: {
      after: { steady: { actions: 'forgetFailures' } },
      on: {
        'device.lost': { target: 'closing', actions: ['announceLost', 'rememberReason'] },
        'device.stop': 'stopping',
      },
    },
    closing: {
      invoke: {
        id: 'close',
        src: 'close',
        onDone: 'backingOff',
        onError: 'backingOff',
      },
      on: { 'device.lost': {}, 'device.stop': 'stopping' },
    },
    backingOff: {
      exit: 'countFailure',
      after: { backOff: 'opening' },
      on: { 'device.lost': {}, 'device.stop': 'stopped' },
    },
    stopping: {
      invoke: {
        id: 'closeForGood',
        src: 'close',
        onDone: 'stopped',
        onError: 'stopped',
      },
      on: { 'device.lost': {}, 'device.stop': {} },
    },
    stopped: { type: 'final' },
  },
});
