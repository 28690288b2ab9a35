/** The way out of an event: an exit gate of the same list (`direction = "out"` of event entry). */

import { fromPromise } from 'xstate';
import { eventExitMachine } from '../../state-machines/event-exit.ts';
import { listShown } from '../domain/entry-list.ts';
import { present } from '../domain/present.ts';
import type { SensedTap } from '../domain/tap.ts';
import { ExitVisit } from '../event-entry/exit-visit.ts';
import type { EventEntryOptions } from '../service-config.ts';
import type { Service, TerminalParts } from './service.ts';

export function eventExit(parts: TerminalParts, options: EventEntryOptions): Service {
  let latest: ExitVisit | null = null;

  const begin = (seen: SensedTap): ExitVisit => {
    latest = new ExitVisit(parts, options, seen);
    return latest;
  };
  const visit = ({ tap }: SensedTap): ExitVisit =>
    present(latest?.tap === tap ? latest : null, 'visit');

  return {
    id: 'event-exit',
    needs: ['card'],
    lists: [options.list],
    servesAlways: true,
    obstacle: () => null,

    machine: eventExitMachine.provide({
      actors: {
        readCard: fromPromise(({ input }) => begin(input).readCard()),
        lookUp: fromPromise(({ input }) => visit(input).lookUp()),
        open: fromPromise(async ({ input }) => visit(input).open()),
      },
    }),

    place() {
      const active = parts.shelf.active(options.list);
      const { title, startsAt } = active?.manifest ?? { title: '', startsAt: null };
      const list = active && listShown(active.manifest, active.confirmedAt, parts.now());
      const gate = options.gate ?? parts.terminal;
      return { title, startsAt, gate, list, purpose: { service: 'event-exit' } };
    },
  };
}
