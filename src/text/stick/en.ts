/** What a stick brings. */

import type { StickTexts } from './words.ts';

export const stick: StickTexts = {
  menu: 'Order on the USB stick',
  title: 'On the USB stick',
  shelter: ({ name, until }) => `This terminal becomes a reader of ${name}, until ${until}.`,
  end: 'This terminal is again what it was before.',
  list: ({ list, version }) => `Version ${version} of the list ${list} is put into use.`,
  accept: 'Take it',
  leave: 'Leave it',
  refused: 'It cannot be taken',
  unchanged: 'Nothing was changed.',
  listAlone: {
    title: 'The list alone',
    body: ({ list, version }) =>
      `Version ${version} of the list ${list} is in use. The order was not taken: this terminal stays what it is.`,
  },
  faults: {
    none: 'There is no order for this terminal on the stick.',
    'not-a-file': 'What stands in the place of the order is no plain file.',
    'too-large': 'What stands in the place of the order is too large for one.',
    unreadable: 'The stick cannot be read. See whether it was pulled.',
    'bad-signature': 'The order is not signed by the platform that this terminal knows.',
    'not-named': 'The key that signed the order is not named for orders.',
    'no-order': 'This is signed, but it is no order.',
    'other-terminal': 'The order is for another terminal.',
    'clock-unset':
      'The clock of this terminal is not set, so nobody can tell whether the order is in time.',
    'signer-expired': 'The certificate of the key that signed the order has expired.',
    damaged: 'The order is damaged, or cut off.',
    repeated: 'This very order was taken, or refused, before.',
    'disk-full': 'The disk of this terminal is full.',
    'older-number': 'This terminal has had a newer order already.',
    expired: 'The order has expired.',
    'future-dated': 'The order is dated later than the clock of this terminal.',
    'unknown-command': 'The software of this terminal does not know such an order.',
    busy: 'Somebody is at this terminal.',
    'no-role': 'This terminal is what it is configured to be. There is nothing to end.',
    'not-suited': 'This terminal cannot become the reader of a shelter.',
    'role-over': 'The time for which it was ordered is past.',
    'other-municipality':
      'The order is of another municipality than this terminal is configured for.',
    'municipality-key': 'The certificate of the municipality cannot be used.',
    'list-older': 'This terminal has a newer version of the list already.',
    'list-other': 'The list is not for this terminal.',
    'list-keys':
      'The keys of the list cannot be used. The stick has to be prepared anew, for this terminal.',
    'list-expired': 'The list has expired.',
    'list-signature': 'The list is not signed by the platform that this terminal knows.',
    'list-incomplete':
      'Parts of the list are missing or cannot be read. See whether the stick was pulled.',
    'list-damaged': 'The list is damaged.',
    'list-busy': 'The same list is coming over the link at this moment.',
  },
  done: {
    'stick-list-taken': {
      title: 'List taken',
      body: 'This version decides from now on. The stick may be pulled.',
    },
    'stick-order-taken': {
      title: 'Order taken',
      body: 'Close the staff menu. The terminal changes over as soon as nobody is served. The stick may be pulled.',
    },
  },
};
