/** English: what a kiosk's screens say. */

import { staff } from './en-staff.ts';
import type { KioskTexts } from './words.ts';

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

export const KIOSK_TEXTS: KioskTexts = {
  staff,
  keys: {
    call: 'Call the staff',
    back: 'Back',
    stop: 'Stop',
    more: 'See others',
    next: 'Next',
    correct: 'Change it',
  },
  called: 'Our staff are coming',
  cardStays: 'Leave the card there',
  yen: ({ amount }) => `${amount} yen`,
  sheets: ({ sheets }) => counted(sheets, 'sheet', 'sheets'),
  municipality: 'Municipality',
  receipt: {
    printed: 'Take your receipt, too.',
    owed: 'The receipt did not come out. Please ask our staff.',
  },
  request: ({ request }) => `Request ${request}`,
  steps: {
    label: 'Progress',
    past: 'done',
    order: {
      choose: 'Choose',
      pin: 'PIN',
      confirm: 'Confirm',
      pay: 'Pay',
      print: 'Print',
      take: 'Take',
    },
    registration: {
      choose: 'Choose',
      write: 'Write',
      password: 'Password',
      review: 'Review',
      done: 'Done',
    },
  },
  days: {
    today: ({ time }) => `today ${time}`,
    tomorrow: ({ time }) => `tomorrow ${time}`,
    on: ({ day, time }) => `${day}, ${time}`,
  },
  openness: {
    until: ({ time }) => `until ${time}`,
    from: ({ when }) => `From ${when}`,
  },
  menu: {
    title: 'What would you like to do?',
    body: 'Keep your card with you for now.',
    offline: 'There is no connection. Certificates are not available now.',
    errands: {
      'resident-certificate': {
        title: 'Certificate',
        about: 'Residence, seal registration, taxation',
      },
      'family-certificate': {
        title: 'Family register certificate',
        about: 'From the municipality of your registered domicile',
      },
      registration: {
        title: 'Register once',
        about: 'If your registered domicile is not where you live',
      },
      status: {
        title: 'See your application',
        about: 'If you applied for the registration',
      },
    },
  },
  choose: {
    prefecture: {
      title: 'Which prefecture?',
      body: 'Where your registered domicile is.',
    },
    'kana-row': { title: 'First letter', body: 'The one with which its Japanese reading begins.' },
    municipality: { title: 'Which municipality?', body: 'Where your registered domicile is.' },
    town: { title: 'Which town?', body: 'The part of the municipality.' },
    document: { title: 'Which certificate?', body: 'You can get these here.' },
    option: { title: 'What should it contain?', body: 'This is what will stand on it.' },
    copies: { title: 'How many copies?', body: 'The fee is for each copy.' },
    pages: ({ page, pages }) => `Page ${page} of ${pages}`,
  },
  choices: {
    documents: {
      'family-register-full': 'Family register, everyone',
      'family-register-individual': 'Family register, one person',
      'family-register-addresses': 'Family register, addresses',
      'civil-status': 'Civil status certificate',
      'resident-record': 'Certificate of residence',
      'seal-registration': 'Seal registration certificate',
      taxation: 'Taxation certificate',
    },
    options: {
      plain: 'As it is',
      self: 'Only you, no domicile',
      'self-with-domicile': 'Only you, with domicile',
      household: 'Whole household, no domicile',
      'household-with-domicile': 'Whole household, with domicile',
      'this-year': 'This fiscal year',
      'last-year': 'Last fiscal year',
    },
    copies: ({ copies }) => counted(copies, 'copy', 'copies'),
    kanaRow: ({ row }) => `It begins with ${row}`,
  },
  placeCard: {
    title: 'Put your card here',
    body: 'Put your My Number Card on the round mark.',
    note: 'Leave it there until the end',
    again: 'Put it there again',
  },
  working: {
    reading: { title: 'Reading your card', body: 'Leave the card in its place.' },
    offers: { title: 'Looking up', body: 'Looking up which certificates you can get.' },
    signing: { title: 'Signing', body: 'Leave the card in its place.' },
    applying: { title: 'Sending your application', body: 'It goes to the municipality.' },
    issuing: {
      title: 'Getting your certificate',
      body: 'This can take 30 seconds. Leave the card in its place.',
    },
    checking: {
      title: 'Checking your certificate',
      body: 'Checking that it is what you asked for.',
    },
    settling: { title: 'Nearly done', body: 'Completing the payment.' },
  },
  pin: {
    title: 'Enter your PIN',
    body: 'The 4 digits for user authentication.',
    wrong: 'That PIN is not right. It is safe to stop here.',
    left: 'You can still enter it',
    tries: ({ tries }) => counted(tries, 'time', 'times'),
    secret: 'Your digits are neither shown nor spoken.',
  },
  password: {
    title: 'Enter your password',
    body: '6 to 16 letters and digits, for signatures.',
    wrong: 'That is not the password. It is safe to stop here.',
    checking: 'Checking.',
    typed: ({ characters }) => `${counted(characters, 'character', 'characters')} typed`,
  },
  passwordLastTry: {
    title: 'One try is left',
    body: 'With another wrong password your card can sign nothing any more.',
    note: 'Only your municipal office can undo that',
    go: 'Enter the password',
  },
  textEntry: {
    'domicile-number': {
      title: 'Number of the domicile',
      body: 'Digits, with a dash between them.',
    },
    'head-family-kana': {
      title: 'Head of the register: family name',
      body: 'In hiragana, as the register begins.',
    },
    'head-given-kana': {
      title: 'Head of the register: given name',
      body: 'In hiragana, as the register begins.',
    },
    problems: {
      empty: 'Nothing is entered yet.',
      'not-a-number': 'That is no number of a domicile. Digits and dashes only.',
      'too-long': 'That is too long. Please shorten it.',
    },
    mark: 'small',
    keyboard: 'Keyboard',
  },
  review: {
    title: 'Send this application?',
    body: 'Your card signs it next.',
    domicile: 'Domicile',
    head: 'Head',
    go: 'Yes, apply',
  },
  confirm: {
    title: 'You will get this. Is it right?',
    whose: 'For',
    document: 'Document',
    kind: 'Contents',
    copies: 'Copies',
    fee: 'Fee',
    warning: 'After printing there is no refund and no exchange.',
    go: ({ fee }) => `Yes, pay ${fee}`,
    free: 'Yes, print it',
  },
  paying: {
    choose: { title: 'How will you pay?', body: 'Choose one.' },
    cash: { name: 'Cash', title: 'Insert the money', body: 'Coins and 1,000 yen notes.' },
    'e-money': {
      name: 'Prepaid card',
      title: 'Hold your prepaid card',
      body: 'Hold it on the payment unit until you hear the sound.',
    },
    fee: 'Fee',
    inserted: 'Inserted',
    missing: 'Still needed',
  },
  printing: {
    title: 'Printing your certificate',
    body: 'This can take about 2 minutes. Please wait here.',
    sheet: ({ number }) => `Sheet ${number}`,
    done: 'Ready',
    now: 'Printing',
    waits: 'Next',
    held: 'Our staff are coming. Printing goes on where it stopped.',
    count: ({ done, sheets }) => `${done} of ${sheets} sheets are ready`,
  },
  takeCard: {
    paper: { title: 'Please take your card', body: 'Your certificate follows.' },
    nothing: { title: 'Please take your card', body: 'Do not leave it here.' },
    urgent: 'Your card is still here. Please take it.',
    slots: {
      card: 'Card',
      now: 'Now',
      paper: 'Certificate',
      after: 'After that',
      receipt: 'Receipt',
    },
  },
  takePaper: {
    title: 'Take your certificate',
    body: 'Please count the sheets.',
    end: 'Finish',
  },
  applied: {
    title: 'Application received',
    body: 'The municipality will check it.',
    number: 'Application number',
    expected: 'Expected by',
    status: 'Hold your card here to see where it stands.',
  },
  ended: {
    money: 'Money',
    'nothing-charged': 'Nothing was charged',
    returned: 'It was given back',
    charged: 'It was paid',
    asked: 'Our staff will check it',
  },
  stillThere: {
    title: 'Are you still there?',
    body: ({ seconds }) =>
      `In ${counted(seconds, 'second', 'seconds')} the first screen comes back.`,
  },
};
