/** English: what the plain services say, each its own words. */

import type { ServiceReasons, ServiceTexts } from '../catalogue.ts';

export const SERVICE_TEXTS: ServiceTexts = {
  ageCheck: {
    purpose: ({ age }) =>
      `Holding your card checks whether you are ${age} or older. Nothing else is looked up.`,
    pin: 'The 4 digit PIN is used too',
    noPin: 'No PIN is needed',
  },
  exit: {
    purpose: 'Hold your My Number Card on the round mark to go out.',
    note: 'The gate opens for everybody',
  },
  pin: {
    title: 'Your PIN',
    body: 'Enter the 4 digits for user authentication. Leave the card in its place.',
    wrong: 'That is not the PIN. Enter it again.',
    tries: ({ tries }) => `${tries} tries are left`,
    checking: 'Checking',
    stop: 'Stop',
  },
  pinLastTry: {
    title: 'One try is left',
    body: 'With another wrong PIN your card takes none any more.',
    note: 'Only your municipal office can undo that',
    go: 'Enter the PIN',
  },
  asking: {
    title: 'Keep holding',
    body: 'Checking. Leave the card in its place.',
  },
  told: {
    'age-check.over': {
      title: 'Confirmed',
      body: ({ age }) => `You are ${age} or older. Take your card.`,
    },
    'age-check.stuck': {
      title: 'Nothing came out',
      body: ({ age }) =>
        `You are ${age} or older, but the machine does not work. Please tell our staff.`,
    },
    'age-check.under': {
      title: 'Not available',
      body: ({ age }) => `This is for people of ${age} or older. Nothing is wrong with your card.`,
    },
    'age-check.invalid': {
      title: 'Certificate not valid',
      body: ({ age }) =>
        `Whether you are ${age} or older was not checked. Your municipal office can renew the certificate.`,
    },
    'age-check.unknown': {
      title: 'Not confirmed',
      body: ({ age }) =>
        `It is not known whether you are ${age} or older. Nothing is wrong with your card. Please speak to our staff.`,
    },
    'exit.back': {
      title: 'Goodbye',
      body: () => 'You can come in again with the same card.',
    },
    'exit.done': {
      title: 'Goodbye',
      body: () => 'This ticket does not let you in again.',
    },
    'exit.open': {
      title: 'Please go out',
      body: () => 'The gate is open.',
    },
    'registration.none': {
      title: 'No application',
      body: () => 'There is no application for this card. Choose an errand on the screen.',
    },
    'registration.pending': {
      title: 'Being looked at',
      body: ({ municipality, month, day }) =>
        `${municipality} is looking at your application. Please come again from day ${day} of month ${month}.`,
    },
    'registration.accepted': {
      title: 'You are registered',
      body: ({ municipality }) =>
        `You can get your family register certificates of ${municipality} here.`,
    },
    'registration.refused': {
      title: 'Not registered',
      body: ({ municipality }) =>
        `${municipality} could not match your application. Please ask its family register desk.`,
    },
  },
};

export const SERVICE_REASONS: ServiceReasons = {
  'pin-blocked': {
    title: 'The PIN is blocked',
    card: 'It is not broken',
    why: 'Too many wrong PINs were entered in a row',
    next: () => 'Please take it to your municipal office',
  },
  'release-lost': {
    title: 'Out of service',
    card: 'Nothing is wrong with it',
    why: 'The machine is not connected',
    next: () => 'Our staff will help you',
  },
  'platform-offline': {
    title: 'No connection',
    card: 'Nothing is wrong with it',
    why: 'There is no connection now',
    next: () => 'Our staff will help you',
  },
  'platform-slow': {
    title: 'No answer in time',
    card: 'Nothing is wrong with it',
    why: 'The answer took too long',
    next: () => 'Please wait a little and hold it again',
  },
  'platform-refused': {
    title: 'No answer',
    card: 'Nothing is wrong with it',
    why: 'The question could not be answered',
    next: () => 'Please speak to our staff',
  },
};
