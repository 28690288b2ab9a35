/** The part of the table of events (events.ts) that is about certificates of municipalities and the kiosk that prints them. */

export const CERTIFICATE_EVENTS = {
  'certificate.issued': {
    fact: true,
    says: 'The centre issued what was ordered, and every field of it and of each of its pages is that of the order.',
    fields: ['request', 'document', 'municipality', 'pages'],
  },
  'certificate.printed': {
    fact: true,
    says: 'Every sheet of the order came out; the centre forgets the document.',
    fields: ['request', 'sheets'],
  },
  'certificate.voided': {
    fact: true,
    says: 'The order ended after so many sheets and what came out is void; the centre forgets the document. `reason` "interrupted": the terminal was cut off in it.',
    fields: ['request', 'sheets', 'reason'],
  },
  'certificate.settled': {
    fact: true,
    says: 'Staff said whether all sheets of an order came out, of which that could not be known.',
    fields: ['request', 'printed', 'by', 'why'],
  },
  'sheet.intent': {
    fact: true,
    says: 'A sheet is about to be sent to the page printer.',
    fields: ['request', 'sheet', 'of'],
  },
  'sheet.done': {
    fact: true,
    says: 'The page printer itself said that the sheet came out.',
    fields: ['request', 'sheet', 'of', 'modelled'],
  },
  'sheet.unknown': {
    fact: true,
    says: 'It cannot be known whether the sheet came out, or came out whole; staff is asked.',
    fields: ['request', 'sheet', 'of', 'reason'],
  },
  'document.unusable': {
    fact: false,
    says: 'What came as a document is none that is printed: no PDF, encrypted, with something that acts, too large, too long or not A4.',
    fields: ['request', 'reason'],
  },
  'kiosk.stopped': {
    fact: true,
    says: 'What came is not what was ordered: `differs` names the fields. Nothing is issued here until staff clears it, also after a restart.',
    fields: ['request', 'differs'],
  },
  'kiosk.cleared': {
    fact: true,
    says: 'Staff has looked, and the kiosk may go on.',
    fields: ['request', 'by', 'why'],
  },
  'registration.applied': {
    fact: true,
    says: 'The centre has received an application for usage registration, signed by a card; `number` stands on its receipt.',
    fields: ['request', 'municipality', 'number'],
  },
  'registration.asked': {
    fact: true,
    says: "Somebody asked where their application stands. What the answer was is nobody else's business.",
    fields: ['assurance'],
  },
} as const;
