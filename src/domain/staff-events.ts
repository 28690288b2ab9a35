/** The part of the table of events (events.ts) that is about the staff's screen. None is a fact: what staff decides is. */

export const STAFF_EVENTS = {
  'staff.called': {
    fact: false,
    says: 'Somebody at the terminal asks for whoever runs the place; once a visit.',
    fields: [],
  },
  'staff.opened': {
    fact: false,
    says: "Staff opened their screen, with an attendant's card or the PIN.",
    fields: ['by', 'how'],
  },
  'staff.closed': {
    fact: false,
    says: "The staff's screen closed. `by` is absent when nobody had said who they were.",
    fields: ['by', 'why'],
  },
  'staff.pin-wrong': {
    fact: false,
    says: 'A wrong PIN was typed; `tries` in a row.',
    fields: ['tries'],
  },
  'staff.pin-locked': {
    fact: false,
    says: 'After too many wrong PINs none is taken for so many `seconds`; also after a start, when they had been typed before it.',
    fields: ['seconds'],
  },
} as const;
