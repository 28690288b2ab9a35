/** English: short, plain, no contractions. Rows of a table and titles end without a full stop, sentences with it. */

import type { Catalogue } from './catalogue.ts';
import { KIOSK_TEXTS } from './kiosk/en.ts';
import { KIOSK_REASONS } from './kiosk/en-reasons.ts';
import { LANGUAGE_NAMES } from './languages.ts';
import type { ReasonText } from './reason-text.ts';
import { SERVICE_REASONS, SERVICE_TEXTS } from './services/en.ts';
import { SHELTER_TEXTS } from './shelter/en.ts';
import { stick } from './stick/en.ts';
import { TELEVISION_REASONS, television } from './television/en.ts';

const UNHARMED = 'Nothing is wrong with it';
const STAFF_COMES: ReasonText['next'] = () => 'Our staff will help you';
const TELL_STAFF: ReasonText['next'] = () => 'Please speak to our staff';
const HOLD_MY_NUMBER_CARD: ReasonText['next'] = () => 'Please hold a My Number Card here';
const TELL_ADMINISTRATOR = 'Tell the administrator';

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

export const en: Catalogue = {
  languages: LANGUAGE_NAMES,
  bar: {
    languages: 'Language',
    sound: { normal: 'Sound', loud: 'Loud', off: 'Silent' },
    starts: ({ time }) => `Starts ${time}`,
    staff: 'Staff',
  },
  silent: {
    title: 'One moment, please',
    body: 'Nothing is wrong with your card. This screen comes back by itself.',
  },
  elsewhere: {
    title: 'This screen is not in use',
    body: 'Another screen is showing this terminal. To use it here, reload the page.',
  },

  waiting: {
    title: 'Hold your card here',
    body: 'Hold your My Number Card on the round mark.',
    note: 'No PIN is needed',
    here: {
      down: 'Down here',
      right: 'On the right',
      left: 'On the left',
      up: 'Up here',
    },
    offline: 'The network is down. You can still enter',
    list: ({ time }) => `List of ${time}`,
    oldList: ({ time }) => `Old list of ${time}`,
  },
  hold: { title: 'Keep holding', body: 'Please do not move your card yet.' },
  again: {
    title: 'Please hold it again',
    body: ({ why }) => `${why}.`,
    note: 'Until the ring closes and you hear the sound',
  },
  welcome: {
    title: 'Please go in',
    name: ({ name }) => name,
    body: 'Your seat ticket is coming out. Take it with you.',
    hasPaper: 'Please use the seat ticket that you have.',
  },
  passage: { passed: 'Walked through', notPassed: 'Did not' },
  receiptOwed: {
    title: 'Please go in',
    owed: 'Your seat ticket will follow later.',
    body: ({ minutes }) =>
      `Hold the same card here again within ${counted(minutes, 'minute', 'minutes')}.`,
  },
  refused: {
    card: 'Card',
    why: 'Why',
    next: 'Next',
    checkedWith: ({ time }) => `Checked against the ${time} list`,
    first: ({ time, gate }) => `Entered at ${time}, ${gate}`,
  },
  takeCard: { title: 'Please take your card', body: 'Your card is still on the reader.' },
  closed: {
    title: 'Out of service',
    card: UNHARMED,
    starting: 'It is starting up',
    wait: 'It is ready in a moment. Please wait here',
    next: ({ otherGate }) => `Please use ${otherGate}`,
    otherGate: 'Our staff will help you',
  },

  ...SERVICE_TEXTS,
  reasons: {
    ...SERVICE_REASONS,
    ...KIOSK_REASONS,
    ...TELEVISION_REASONS,
    'not-on-list': {
      title: 'Entry not found',
      card: UNHARMED,
      why: 'It is not on the entry list for today',
      next: ({ information }) => `Please take your ticket to ${information}`,
    },
    'already-entered': {
      title: 'Ticket already used',
      card: UNHARMED,
      why: 'An entry with this ticket is on record',
      next: () => 'Please speak to our staff. They will check your ticket',
    },
    'not-passed': {
      title: 'Not gone in',
      card: UNHARMED,
      why: 'Nobody went through the gate',
      next: () => 'Please hold it here again, then go in',
    },
    'ticket-cancelled': {
      title: 'Ticket cancelled',
      card: UNHARMED,
      why: 'The organiser has cancelled this ticket',
      next: ({ information }) => `Please ask at ${information}`,
    },
    'assurance-out-of-reach': {
      title: 'Not ready yet',
      card: UNHARMED,
      why: 'This entrance cannot check cards yet',
      next: STAFF_COMES,
    },
    'list-missing': {
      title: 'Not ready yet',
      card: UNHARMED,
      why: 'The entry list has not arrived yet',
      next: STAFF_COMES,
    },
    'trust-missing': {
      title: 'Not ready yet',
      card: UNHARMED,
      why: 'What cards are checked with has not arrived yet',
      next: STAFF_COMES,
    },
    'list-expired': {
      title: 'Cannot check entries now',
      card: UNHARMED,
      why: 'The entry list is not valid at this time',
      next: STAFF_COMES,
    },
    'list-damaged': {
      title: 'Entry not confirmed',
      card: UNHARMED,
      why: 'The part of the entry list for this card cannot be read',
      next: STAFF_COMES,
    },
    'certificate-expired': {
      title: 'Certificate expired',
      card: 'It is not broken',
      why: 'It has an expiry date of its own',
      next: ({ information }) =>
        `Your municipal office can renew it. Today, please go to ${information}`,
    },
    'certificate-not-yet-valid': {
      title: 'Certificate not valid yet',
      card: UNHARMED,
      why: 'Its certificate is not valid yet',
      next: ({ information }) => `Please go to ${information}`,
    },
    'certificate-revoked': {
      title: 'Certificate not usable',
      card: 'It is not broken',
      why: 'Its certificate has been revoked',
      next: ({ information }) =>
        `Your municipal office can replace it. Today, please go to ${information}`,
    },
    'certificate-untrusted': {
      title: 'Card not confirmed',
      card: UNHARMED,
      why: 'Its certificate cannot be checked here',
      next: TELL_STAFF,
    },
    'certificate-not-for-authentication': {
      title: 'Certificate not accepted',
      card: UNHARMED,
      why: 'Its certificate is not the kind that opens this gate',
      next: TELL_STAFF,
    },
    'revocation-unknown': {
      title: 'Cannot be checked now',
      card: UNHARMED,
      why: 'The list that certificates are checked with has not come yet',
      next: STAFF_COMES,
    },
    'card-not-supported': {
      title: 'Card not accepted',
      card: UNHARMED,
      why: 'It is not a My Number Card, or it holds no certificate',
      next: HOLD_MY_NUMBER_CARD,
    },
    'phone-not-supported': {
      title: 'Phones are not accepted',
      card: 'Nothing is wrong with your phone',
      why: 'The certificate in a phone opens only with its PIN',
      next: HOLD_MY_NUMBER_CARD,
    },
    'card-unreadable': {
      title: 'Card not read',
      card: UNHARMED,
      why: 'The card could not be read',
      next: () => 'Please hold it here again',
    },
    'card-removed': {
      title: 'Card moved away',
      card: UNHARMED,
      why: 'The card moved away too soon',
      next: () => 'Please hold it here again until the ring closes',
    },
    'possession-not-proved': {
      title: 'Card not verified',
      card: UNHARMED,
      why: 'The key inside the card could not be confirmed',
      next: TELL_STAFF,
    },
    'receipt-unsettled': {
      title: 'Seat ticket to be checked',
      card: UNHARMED,
      why: 'Your entry is on record. Your seat ticket may be missing',
      next: () => 'Please tell our staff whether you have it',
    },
    'disk-full': {
      title: 'Out of service',
      card: UNHARMED,
      why: 'This terminal cannot record entries',
      next: STAFF_COMES,
    },
    'role-changing': {
      title: 'Changing over',
      card: UNHARMED,
      why: 'This terminal is about to be used for something else',
      next: () => 'Please wait, and hold your card when the screen has changed',
    },
    'reader-lost': {
      title: 'Out of service',
      card: UNHARMED,
      why: 'The card reader is not working',
      next: STAFF_COMES,
    },
  },
  revoked: {
    renew: {
      title: 'Certificate needs renewal',
      card: 'It is not broken',
      why: 'A newer certificate has taken its place',
      next: ({ information }) =>
        `Your municipal office renews it. Today, please go to ${information}`,
    },
    'on-hold': {
      title: 'Certificate suspended',
      card: 'It is not broken',
      why: 'Its use was suspended on request',
      next: ({ information }) =>
        `Your municipal office can resume it. Today, please go to ${information}`,
    },
  },
  kiosk: KIOSK_TEXTS,
  shelter: SHELTER_TEXTS,
  television,
  stick,
  information: 'Information',

  staff: {
    keys: {
      enter: 'Enter',
      erase: 'Erase one',
      back: 'Back',
      close: 'Close',
      stay: 'Continue',
      digits: '123',
      letters: 'ABC',
    },
    pin: {
      title: 'Staff PIN',
      body: 'Type your PIN and press Enter.',
      typed: ({ digits }) => `${counted(digits, 'digit', 'digits')} typed`,
      wrong: 'That PIN is not right. Type it again.',
      locked: ({ seconds }) =>
        `Several PINs were not right. Try again in ${counted(seconds, 'second', 'seconds')}.`,
      checking: 'Checking',
    },
    menu: {
      title: 'Staff menu',
      by: ({ by }) => `Signed in: ${by}`,
      entry: 'Entry without a card',
      undo: 'Take an entry back',
      papers: ({ count }) => (count === 0 ? 'Seat tickets' : `Seat tickets: ${count} open`),
      health: ({ count }) => (count === 0 ? 'Terminal' : `Terminal: ${count} to mend`),
    },
    ticket: {
      entry: {
        title: 'Type the ticket number',
        body: 'This records the entry of a person without a card.',
      },
      undo: {
        title: 'Type the ticket number',
        body: 'This takes back the entry of this ticket.',
      },
    },
    confirm: {
      entry: {
        title: 'Record this entry?',
        warning: 'This ticket has already been used',
        go: 'Record the entry',
      },
      undo: {
        title: 'Take this entry back?',
        warning: 'No entry of this ticket is on record here',
        go: 'Go on',
      },
      ticket: ({ ticket }) => `Ticket ${ticket}`,
      entered: ({ time, gate }) => `Entered at ${time}, ${gate}`,
      notEntered: 'No entry is on record here',
      unchecked:
        'This terminal cannot tell whether the number is right. Look at the ticket itself.',
    },
    why: {
      title: 'Why is it taken back?',
      'wrong-ticket': 'Wrong ticket number',
      'went-out': 'The person went out',
      test: 'It was a test',
      other: 'Another reason',
    },
    done: {
      entered: { title: 'Entry recorded', body: 'You can let this person in.' },
      'already-entered': {
        title: 'Ticket already used',
        body: 'Nothing was changed. Check the number.',
      },
      undone: { title: 'Entry taken back', body: 'This ticket can be used again.' },
      'nothing-to-undo': {
        title: 'No entry to take back',
        body: 'Nothing was changed. Check the number.',
      },
      settled: { title: 'Seat ticket recorded', body: 'It is on record as you said.' },
      'not-recorded': {
        title: 'Not recorded',
        body: 'Nothing was changed. Look at the state of the terminal.',
      },
    },
    papers: {
      title: 'Seat tickets',
      none: 'No seat ticket needs an answer',
      more: ({ count }) => `${count} more`,
      owed: 'Not handed out',
      unknown: 'Outcome unknown',
      since: ({ time }) => `Since ${time}`,
    },
    paper: {
      title: 'Was it handed out?',
      owed: 'The printer gave no seat ticket. Once you have handed one out, choose “Handed out”.',
      unknown: 'It is not known whether the seat ticket came out. Ask the visitor.',
      printed: 'Handed out',
      notPrinted: 'Did not come out',
    },
    health: {
      title: 'Terminal',
      allWell: 'All is well',
      states: { ok: 'Well', 'not-well': 'To mend', unknown: 'Unknown' },
    },
    checks: {
      node: { name: 'Runtime', remedy: TELL_ADMINISTRATOR },
      configuration: { name: 'Configuration', remedy: TELL_ADMINISTRATOR },
      daemon: { name: 'Terminal program', remedy: 'Restart the terminal' },
      'card-service': { name: 'Card service', remedy: 'Restart the terminal' },
      'card-reader': { name: 'Card reader', remedy: 'Check its cable' },
      'receipt-printer': { name: 'Receipt printer', remedy: 'Check power, paper and cover' },
      'page-printer': { name: 'Certificate printer', remedy: 'Check power, paper and covers' },
      turnstile: { name: 'Turnstile', remedy: 'Check its power and wires. Open by hand' },
      'payment-unit': { name: 'Payment unit', remedy: 'Check its power and cable' },
      remote: { name: 'Remote control', remedy: 'Plug in its receiver. Change its batteries' },
      disk: { name: 'Storage space', remedy: TELL_ADMINISTRATOR },
      clock: { name: 'Clock', remedy: TELL_ADMINISTRATOR },
      list: { name: 'Entry list', remedy: 'Check the network' },
      trust: { name: 'Certificate data', remedy: 'Check the network' },
      root: { name: 'Signing keys', remedy: TELL_ADMINISTRATOR },
      revocation: { name: 'Revocation lists', remedy: 'Check the network' },
      keys: { name: 'Keys of the terminal', remedy: TELL_ADMINISTRATOR },
      certificate: { name: 'Certificate of the terminal', remedy: 'Check the network' },
      ledger: { name: 'Entry records', remedy: 'Stop using it and tell the administrator' },
      'facts-waiting': {
        name: 'Records to send',
        remedy: 'They are sent when the network is back',
      },
      papers: { name: 'Papers owed', remedy: 'Answer for them in this menu' },
      link: { name: 'Link to the centre', remedy: 'Entry goes on. Check the network' },
      neighbours: { name: 'Link to other gates', remedy: 'Entry goes on. Check the network' },
      alerts: { name: 'Evacuation alerts', remedy: TELL_ADMINISTRATOR },
      role: { name: 'Change to a shelter', remedy: TELL_ADMINISTRATOR },
      fonts: { name: 'Fonts', remedy: TELL_ADMINISTRATOR },
      voice: { name: 'Voice', remedy: 'Entry goes on. Tell the administrator' },
      screen: { name: 'Screen page', remedy: TELL_ADMINISTRATOR },
    },
    leaving: {
      title: 'Are you still there?',
      body: ({ seconds }) => `This screen closes in ${counted(seconds, 'second', 'seconds')}.`,
    },
  },
};
