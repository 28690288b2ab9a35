/** The part of the table of events (events.ts) that is about money. */

export const PAYMENT_EVENTS = {
  'payment.authorised': {
    fact: true,
    says: 'The payment unit holds the money for a request, and has not taken it. `payment`: what the unit knows it by.',
    fields: ['request', 'payment', 'yen', 'means', 'modelled'],
  },
  'payment.captured': {
    fact: true,
    says: 'The payment unit took the money, after what it is for came out.',
    fields: ['request', 'payment', 'yen', 'means', 'modelled'],
  },
  'payment.voided': {
    fact: true,
    says: 'Nothing was taken, and what was held went back; under this `payment` nothing is ever taken any more.',
    fields: ['request', 'payment', 'yen', 'means', 'reason', 'modelled'],
  },
  'payment.unknown': {
    fact: true,
    says: 'It cannot be known whether the money was taken, or it was taken and nothing came out for it; staff is asked.',
    fields: ['request', 'payment', 'yen', 'means', 'reason', 'modelled'],
  },
  'payment.settled': {
    fact: true,
    says: 'Staff said whether the money was taken.',
    fields: ['request', 'payment', 'yen', 'means', 'charged', 'by', 'why', 'modelled'],
  },
  'payment.dropped': {
    fact: false,
    says: 'The payment unit said something that is no answer to what it was asked: it came late or twice (`not-asked`), is about another payment (`other-request`), or is damaged. Nothing was done with it.',
    fields: ['reason'],
  },
} as const;
