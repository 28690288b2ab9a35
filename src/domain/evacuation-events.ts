/** The part of the table of events (events.ts) that is about alerts, televisions and shelters. */

export const EVACUATION_EVENTS = {
  'alert.taken': {
    fact: false,
    says: 'A signed alert of the municipality was verified and counts from now on, or changes one that does.',
    fields: ['alert', 'level', 'message', 'drill', 'districts'],
  },
  'alert.rejected': {
    fact: false,
    says: 'Something that was handed over as an alert was not believed; nothing is shown of it. `untold`: how many before it got no line of their own.',
    fields: ['alert', 'reason', 'detail', 'untold'],
  },
  'alert.over': {
    fact: false,
    says: 'The alert counts no more.',
    fields: ['alert', 'why'],
  },
  'alert.shown': {
    fact: true,
    says: 'A television drew this update of the alert, for these persons (`refs`), once. `ms`: since the terminal knew of it.',
    fields: ['alert', 'update', 'level', 'drill', 'refs', 'ms'],
  },
  'alert.seen': {
    fact: true,
    says: 'Somebody pressed a key before this update of the alert, for the first time: a person is there.',
    fields: ['alert', 'update', 'refs'],
  },
  'alert.answered': {
    fact: true,
    says: 'Somebody answered for this person by the remote control: "leaving", "safe" or "help".',
    fields: ['alert', 'ref', 'answer'],
  },
  'alert.answer-undone': {
    fact: true,
    says: 'The answer of fact number `answered` was taken back.',
    fields: ['alert', 'ref', 'answered'],
  },
  'television.linked': {
    fact: true,
    says: 'This person is called by this television from now on, with their consent, given by their card.',
    fields: ['ref', 'assurance'],
  },
  'television.unlinked': {
    fact: true,
    says: 'This person is not called by this television any more.',
    fields: ['ref', 'by'],
  },
  'television.where-agreed': {
    fact: true,
    says: 'This person agreed, by their card, that this television names the shelter that they are at, until then; again is anew.',
    fields: ['ref', 'until', 'assurance'],
  },
  'television.where-ended': {
    fact: true,
    says: 'This television does not name the shelter that this person is at any more.',
    fields: ['ref', 'by'],
  },
  'shelter.arrived': {
    fact: true,
    says: 'Somebody was taken in. `ref`: their row of the municipality’s list; without one `mark`, which finds duplicates within one shelter. What names them is sealed to the municipality. `flags`: what could not be checked.',
    fields: [
      'shelter',
      'group',
      'by',
      'ref',
      'mark',
      'list',
      'version',
      'assurance',
      'revocation',
      'listAge',
      'flags',
      'count',
      'ms',
    ],
  },
  'shelter.went-out': {
    fact: true,
    says: 'This person went out and means to come back.',
    fields: ['shelter', 'ref', 'mark', 'arrival', 'theirs'],
  },
  'shelter.came-back': {
    fact: true,
    says: 'This person came back.',
    fields: ['shelter', 'ref', 'mark', 'arrival', 'theirs'],
  },
  'shelter.left': {
    fact: true,
    says: 'This person left for good.',
    fields: ['shelter', 'ref', 'mark', 'arrival', 'theirs'],
  },
  'shelter.supplied': {
    fact: true,
    says: 'Something was handed to this person on this day (of Japan). `again`: by staff, although it had been.',
    fields: ['shelter', 'ref', 'mark', 'kind', 'day', 'count', 'again'],
  },
  'shelter.needs-told': {
    fact: true,
    says: 'What this person needs, as they said it; replaces what they said before.',
    fields: ['shelter', 'ref', 'mark', 'needs'],
  },
  'shelter.undone': {
    fact: true,
    says: 'Staff took the arrival of fact number `arrival` back; `theirs`: at another reader of the shelter, as terminal/epoch/number. `why` "same-card": the reader itself found that the same card had been taken in under another mark, or before its row was known, and counts it once.',
    fields: ['shelter', 'ref', 'mark', 'arrival', 'theirs', 'by', 'why'],
  },
} as const;
