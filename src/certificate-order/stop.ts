/**
 * The kiosk stops when what came is not what was asked for, and stays stopped, through restarts, until staff says who has
 * looked and why it may go on. A step of the ledger, so that a command of staff beside the running daemon ends it.
 */

import type { Difference } from '../domain/difference.ts';
import type { Recorder } from '../recorder.ts';
import type { Ledger } from '../store/ledger.ts';
import { type Step, type Steps, unlessOvertaken } from '../store/steps.ts';

const STOP = 'kiosk-stop';

export interface KioskStop {
  readonly request: string;
  readonly differs: readonly Difference[];
}

export function stopKiosk(
  recorder: Recorder,
  request: string,
  differs: readonly Difference[],
): void {
  const body = { request, differs };
  recorder.record([{ event: 'kiosk.stopped', subject: request, body }], {
    steps: (steps) => {
      steps.move(steps.plan(STOP, request, { differs }).id, 'started');
    },
  });
}

/** Why it is stopped, oldest first; empty: it is not. */
export function kioskStops({ steps }: { readonly steps: Steps }): KioskStop[] {
  return openStops(steps).map(stopOf);
}

/**
 * Staff has looked: each stop, or the one of `request`, is cleared, as a fact with who and why. Empty when there was none
 * any more. Throws `DiskFullError`: what was cleared before that stays cleared.
 */
export function clearKiosk(
  ledger: Ledger,
  { by, why }: { readonly by: string; readonly why: string },
  request: string | null = null,
): KioskStop[] {
  const wanted = openStops(ledger.steps).filter(
    ({ subject }) => request === null || subject === request,
  );
  const cleared = wanted.filter((step) =>
    unlessOvertaken(() => {
      const body = { request: step.subject, by, why };
      ledger.record([{ event: 'kiosk.cleared', subject: step.subject, body }], (steps) => {
        steps.move(step.id, 'done', { by, why });
      });
    }),
  );
  return cleared.map(stopOf);
}

function openStops(steps: Steps): Step[] {
  return steps.open(STOP);
}

function stopOf({ subject, detail }: Step): KioskStop {
  return { request: subject ?? '', differs: detail['differs'] as Difference[] };
}
