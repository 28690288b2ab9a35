/** What the journal says of the other gates of the venue, counted; for metrics.ts. */

import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventName } from './domain/events.ts';
import type { JournalFields } from './journal.ts';

/** Hears every line of the journal. */
export type Count = (event: EventName, fields: JournalFields) => void;

export function countNeighbours(
  registers: Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>[],
): Count {
  const heard = new Gauge({
    name: 'kazasu_neighbours_heard',
    help: 'Other gates of the venue that are heard.',
    registers,
  });
  const held = new Gauge({
    name: 'kazasu_neighbours_held',
    help: 'Other gates of which nothing more is believed until staff has looked, since the start.',
    registers,
  });
  const losses = new Counter({
    name: 'kazasu_neighbour_losses_total',
    help: 'How often another gate was not heard any more.',
    registers,
  });
  const doubles = new Counter({
    name: 'kazasu_double_entries_total',
    help: 'Tickets that this gate and another one both let in while they did not hear each other.',
    registers,
  });
  const supplies = new Counter({
    name: 'kazasu_double_supplies_total',
    help: 'How often two readers of one shelter gave the same thing to the same person on one day while they did not hear each other.',
    registers,
  });
  return (event) => {
    if (event === 'neighbour.up') heard.inc();
    if (event === 'neighbour.down') heard.dec();
    if (event === 'neighbour.down') losses.inc();
    if (event === 'neighbour.held') held.inc();
    if (event === 'neighbour.released') held.dec();
    if (event === 'neighbour.double-entry') doubles.inc();
    if (event === 'neighbour.double-supply') supplies.inc();
  };
}
