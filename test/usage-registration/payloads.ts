/** What the machines of usage registration are given and told that their guards look at, for the walk through all machines. */

import type {
  ListedMunicipality,
  RegistrationForm,
} from '../../src/domain/municipal-certificate.ts';

const TOWNS = [...'あかさたなはま'].map((kana) => ({ name: `${kana}町`, kana: `${kana}まち` }));

/** One prefecture with more than fit a screen, and one with a single municipality that stays away. */
export const LISTED: readonly ListedMunicipality[] = [
  ...TOWNS.map(({ kana }, at) => ({
    code: `99000${at}`,
    name: `${kana}市`,
    kana,
    prefecture: '北県',
    towns: TOWNS,
    takesPart: true,
  })),
  {
    code: '990061',
    name: '北雪町',
    kana: 'きたゆきちょう',
    prefecture: '南県',
    towns: TOWNS.slice(0, 1),
    takesPart: false,
  },
];

const [FIRST] = LISTED;
const LAST = LISTED.at(-1);

const FORM: RegistrationForm = {
  municipality: '990000',
  domicile: { town: 'あ町', number: '12-3' },
  head: { familyKana: 'やまだ', givenKana: 'たろう' },
};

/** Of the children: one that asks for the row of a town, and one that does not. */
export const REGISTRATION_INPUTS: Readonly<Record<string, readonly object[]>> = {
  municipalityChoice: [{ municipalities: LISTED }],
  registrationForm: [
    { municipality: FIRST, form: null },
    { municipality: LAST, form: null },
    { municipality: FIRST, form: FORM },
  ],
};

export const REGISTRATION_PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'key.character': ['1', 'あ'].map((character) => ({ character })),
  'xstate.done.actor.askMunicipalities': [
    { listed: LISTED },
    { listed: null, reason: 'platform-offline' },
  ].map((output) => ({ output })),
  'xstate.done.actor.choice': [FIRST, LAST, null].map((output) => ({ output })),
  'xstate.done.actor.apply': [
    { applied: { number: '1', expected: '2026-12-02' } },
    { applied: null, reason: 'application-refused' },
  ].map((output) => ({ output })),
  'xstate.done.actor.record': [{ output: { receipt: 'printed' } }],
  'xstate.done.actor.form': [FORM, null].map((output) => ({ output })),
};
