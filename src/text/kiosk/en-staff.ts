/** The screens of a kiosk's staff. */

import type { KioskStaffTexts } from './staff-words.ts';

export const staff: KioskStaffTexts = {
  menu: ({ count }) => (count === 0 ? 'To be checked' : `To be checked: ${count}`),
  cases: { title: 'To be checked', none: 'Nothing needs to be checked' },
  request: ({ request }) => `Request ${request}`,
  kinds: {
    stop: {
      title: 'Kiosk stopped',
      body: 'The certificate that came was not the one that was ordered. It was stopped there. Check with the centre before you go on.',
    },
    sheets: {
      title: 'Printing unknown',
      body: 'The printer cannot tell whether all sheets came out. Count those in the tray and inside. The money goes back.',
    },
    money: {
      title: 'Payment unknown',
      body: 'The payment unit cannot tell whether it took the money. Look at its records.',
    },
    receipt: { title: 'Receipt', body: 'Say whether the person has it.' },
  },
  sheets: ({ done, of }) => `${done} of ${of} printed`,
  papers: { owed: 'Not handed out', unknown: 'Outcome unknown' },
  differs: 'What differed',
  differences: {
    request: 'Request number',
    terminal: 'Terminal',
    subject: 'Person who ordered',
    municipality: 'Municipality',
    document: 'Kind of certificate',
    option: 'What it contains',
    copies: 'Number of copies',
    fee: 'Fee',
    pages: 'Number of sheets',
    sha256: 'Data of the certificate',
    code: 'Code on the paper',
    'code-request': 'Request on the paper',
    'code-subject': 'Person on the paper',
    'code-municipality': 'Municipality on the paper',
    'code-document': 'Kind on the paper',
    'code-page': 'Page on the paper',
    'code-issued-at': 'Time of issue on the paper',
    manifest: 'Signature of the municipality',
    seal: 'Seal of the data',
    sheet: 'Sheet before printing',
  },
  more: ({ count }) => `${count} more`,
  decisions: {
    clear: 'Checked: let it go on',
    'all-printed': 'All sheets came out',
    'not-all-printed': 'Sheets are missing',
    charged: 'The money was taken',
    'not-charged': 'It was not taken',
    'handed-out': 'The person has it',
    'not-handed-out': 'The person does not have it',
    reissue: 'Print another, with a new number',
  },
  why: {
    title: 'Choose the reason',
    'checked-with-centre': 'Checked with the centre',
    counted: 'The paper was looked at',
    'unit-checked': 'The payment unit was looked at',
    'person-said': 'The person said so',
    'never-came': 'It never came out',
    unreadable: 'It cannot be read',
    test: 'It was a test',
    other: 'Another reason',
  },
  done: {
    cleared: {
      title: 'Recorded: it may go on',
      body: 'This stop is cleared. If there is no other, the kiosk opens in a moment.',
    },
    'order-settled': {
      title: 'Printing recorded',
      body: 'This order is over. Whoever still needs the certificate can order it again.',
    },
    'money-settled': {
      title: 'Payment recorded',
      body: 'If money was taken and no certificate came out, pay it back at the counter.',
    },
    'receipt-settled': { title: 'Receipt recorded', body: 'It is on record as you said.' },
    reissued: { title: 'Receipt printed', body: 'Please hand it to the person.' },
    'reissue-waits': {
      title: 'Receipt not printed',
      body: 'The new receipt waits to be checked. Look at the receipt printer.',
    },
    'decided-already': {
      title: 'Recorded already',
      body: 'Somebody else of the staff answered first. Nothing was changed.',
    },
  },
};
