/** The part of the table of events (events.ts) that is about facts which go by stick, and not over the link. */

export const TRANSFER_EVENTS = {
  'stick.written': {
    fact: false,
    says: 'Whatever the platform has not acknowledged is on this stick, in so many parcels. It may be pulled.',
    fields: ['stick', 'facts', 'parcels', 'left'],
  },
  'stick.full': {
    fact: false,
    says: 'The stick had no room for all: so many facts are `left`. What is on it is whole.',
    fields: ['stick', 'facts', 'parcels', 'left'],
  },
  'stick.gone': {
    fact: false,
    says: 'The stick was pulled or failed while it was written to. What was on it before is whole; put it in again.',
    fields: ['reason'],
  },
  'stick.foreign': {
    fact: false,
    says: 'A stick that was not prepared for this terminal ("kazasu-platform stick prepare"): nothing was written to it.',
    fields: ['reason'],
  },
  'stick.not-signed': {
    fact: false,
    says: 'Nothing was written to the stick: this terminal is not enrolled, or its key can not be used now.',
    fields: ['reason'],
  },
  'stick.accepted': {
    fact: false,
    says: "Staff took what a stick brought, at the terminal's own screen: an order (`does`), this version of a list, or both. With a `reason`: the list alone, and why the order beside it was not taken.",
    fields: ['by', 'does', 'list', 'version', 'reason'],
  },
  'stick.declined': {
    fact: false,
    says: 'Staff wanted to take what a stick brought, and nothing of it was taken: why.',
    fields: ['by', 'reason'],
  },
  'facts.carried': {
    fact: true,
    says: 'Of the platform: facts of this terminal came by stick. `stored` of them were new, `quarantined` contradict what is held; `by` whom, and `why`.',
    fields: ['terminal', 'stored', 'repeated', 'quarantined', 'by', 'why'],
  },
} as const;
