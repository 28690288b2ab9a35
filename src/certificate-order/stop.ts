/**
 * The kiosk stops when what came is not what was asked for, and stays stopped, through restarts, until staff says who has
 * looked and why it may go on. A step of the ledger, so that a command of staff beside the running daemon ends it.
 */

import type { Recorder } from '../recorder.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Step, Steps } from '../store/steps.ts';
import type { Difference } from './issue-check.ts';

const STOP = 'kiosk-stop';

export interface KioskStop {
  readonly request: string;
  readonly differs: readonly string[];
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
  return openStops(steps).map(({ subject, detail }) => ({
    request: subject ?? '',
    differs: detail['differs'] as string[],
  }));
}

/**
 * Staff has looked: each stop is cleared, as a fact with who and why. Empty when it was not stopped. Throws
 * `DiskFullError`, having changed nothing.
 */
export function clearKiosk(
  ledger: Ledger,
  { by, why }: { readonly by: string; readonly why: string },
): KioskStop[] {
  const stops = kioskStops(ledger);
  if (stops.length === 0) return [];
  const facts = stops.map(({ request }) => ({
    event: 'kiosk.cleared' as const,
    subject: request,
    body: { request, by, why },
  }));
  ledger.record(facts, (steps) => {
    for (const { id } of openStops(steps)) steps.move(id, 'done', { by, why });
  });
  return stops;
}

function openStops(steps: Steps): Step[] {
  return steps.open(STOP);
}
