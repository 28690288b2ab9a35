/** The part of the table of events (events.ts) that is about the remote control of a television and its power. */

export const REMOTE_EVENTS = {
  'remote.held': {
    fact: false,
    says: 'Nothing but this terminal gets the keys of the remote control from now on.',
    fields: ['name'],
  },
  'remote.exposed': {
    fact: false,
    says: 'Keys of the remote control could reach something else (a console, another program). It works on, but no digit of a secret is taken from it.',
    fields: ['name', 'reason'],
  },
  'remote.digit-refused': {
    fact: false,
    says: 'Somebody typed a secret on a remote control whose keys could reach something else. Written once, until they can not.',
    fields: [],
  },
  'remote.dropped': {
    fact: false,
    says: 'So many `reports` of the remote control, or keys in them, were not used, by `reasons`: of the wrong length, not understood, or faster than any thumb. Written at most once a minute.',
    fields: ['reports', 'reasons'],
  },
  'tv-power.asked': {
    fact: false,
    says: 'The television was told to switch on and to show this terminal. `outcome`: "told", which no television confirms, "not-told", or "absent".',
    fields: ['outcome', 'reason', 'modelled'],
  },
} as const;
