/** What is refused again and again for the same reason is journaled once an hour: what else is there must be found. */

import type { EventName } from '../domain/events.ts';

type Journal = (event: EventName, fields: Readonly<Record<string, unknown>>) => void;

/** What comes again with every attempt and every head, and the event that ends it. */
const ENDED_BY: Readonly<Partial<Record<EventName, EventName>>> = {
  'list.rejected': 'list.activated',
  'list.delta-discarded': 'list.activated',
  'list.not-mended': 'list.mended',
  'trust.rejected': 'trust.activated',
  'institution.rejected': 'institution.activated',
};
const AGAIN_AFTER_MS = 3_600_000;
/** Of different ones; the oldest is forgotten first, and may then be said again. */
const REMEMBERED = 256;

/** Whatever else is journaled goes through as it is. `now`: monotonic, ms. */
export function saidOnce(journal: Journal, now: () => number): Journal {
  const said = new Map<string, { readonly by: EventName; readonly list: unknown; at: number }>();
  return (event, fields) => {
    const { list } = fields;
    for (const [key, one] of said) if (one.by === event && one.list === list) said.delete(key);
    const by = ENDED_BY[event];
    if (by !== undefined) {
      // Not by its detail, which may be another each time: so many bytes are free.
      const key = JSON.stringify([event, list, fields['version'], fields['reason']]);
      const last = said.get(key);
      if (last !== undefined && now() - last.at < AGAIN_AFTER_MS) return;
      said.delete(key);
      said.set(key, { by, list, at: now() });
      const [oldest] = said.keys();
      if (said.size > REMEMBERED && oldest !== undefined) said.delete(oldest);
    }
    journal(event, fields);
  };
}
