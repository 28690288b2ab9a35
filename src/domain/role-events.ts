/** The part of the table of events (events.ts) that is about what a terminal is for a while. */

export const ROLE_EVENTS = {
  'role.taken': {
    fact: true,
    says: 'A signed order makes this terminal the reader of a shelter, from the next start on and until then; `how` it came, and from a stick, `by` whom and `why`.',
    fields: [
      'command',
      'role',
      'shelter',
      'name',
      'capacity',
      'list',
      'municipality',
      'municipalityKey',
      'until',
      'how',
      'by',
      'why',
    ],
  },
  'role.ended': {
    fact: true,
    says: 'What the command `order` made of this terminal is over, `ended`: its time is past, another order ended it, or one replaced it. From the next start on it is what it is configured to be, or what the next order says.',
    fields: ['order', 'role', 'shelter', 'ended', 'command', 'how', 'by', 'why'],
  },
} as const;
