/**
 * Every message as it is read aloud. Japanese is written as it is heard: the particles は and へ as わ and え, long vowels
 * with ー (そーごー), a space between phrases. A message without a reading in one of the languages does not compile.
 *
 * Bystanders hear it too: a refusal says that the card is fine and what to do, and of the cause no more than that needs.
 */

import type { Language, Speech } from '../domain/screen.ts';
import { KIOSK_READINGS } from './kiosk/readings.ts';
import { SHELTER_READINGS } from './shelter/readings.ts';
import { TELEVISION_READINGS } from './television/readings.ts';

/** Ready to be read aloud. */
export interface Places {
  readonly information: string;
  /** Null: no other gate is known. */
  readonly otherGate: string | null;
}

type Reading = string | ((places: Places) => string);

const JA_STAFF = 'かかりいんが ごあんないします。';
const JA_UNHARMED = 'カードわ もんだいありません。';
const JA_TELL = 'かかりいんに おしらせください。';

const JA: Readonly<Record<Speech, Reading>> = {
  ...KIOSK_READINGS.ja,
  ...SHELTER_READINGS.ja,
  ...TELEVISION_READINGS.ja,
  waiting: 'カードを かざしてください。',
  hold: 'そのまま おまちください。',
  again: 'もーいちど かざしてください。おとが なるまで、そのままで おまちください。',
  welcome: 'おはいりください。ざせきけんが でます。おとりください。',
  'welcome-again': 'おはいりください。ざせきけんわ、さきほどの ものを おつかいください。',
  'receipt-owed':
    'おはいりください。ざせきけんわ、あとで おわたしします。のちほど、おなじ カードを もーいちど かざしてください。',
  'take-card': 'カードを おとりください。',
  closed: ({ otherGate }) =>
    `ただいま つかえません。${JA_UNHARMED}${otherGate === null ? JA_STAFF : `${otherGate}え おまわりください。`}`,
  pin: '4けたの ばんごーを いれてください。カードわ そのままに してください。',
  'pin-wrong': 'ばんごーが ちがいます。もーいちど いれてください。',
  'pin-last-try':
    'あと 1かいです。つぎに まちがえると、ばんごーが つかえなく なります。つづけるか、やめるかを えらんでください。',
  asking: 'たしかめています。カードを はなさずに おまちください。',
  'staff-leaving': 'まだ おつかいですか。まもなく がめんを とじます。',

  'not-on-list': ({ information }) =>
    `にゅーじょーの とーろくが みつかりません。${JA_UNHARMED}${information}え、チケットを おもちください。`,
  'already-entered': `この チケットわ、にゅーじょーずみです。${JA_UNHARMED}かかりいんに おこえがけください。`,
  'not-passed': `まだ おとおりに なっていません。${JA_UNHARMED}もーいちど かざして、おとおりください。`,
  'ticket-cancelled': ({ information }) =>
    `この チケットわ つかえません。${JA_UNHARMED}${information}で おたしかめください。`,
  'assurance-out-of-reach': `まだ じゅんびが できていません。${JA_UNHARMED}${JA_STAFF}`,
  'list-missing': `まだ じゅんびが できていません。${JA_UNHARMED}${JA_STAFF}`,
  'trust-missing': `まだ じゅんびが できていません。${JA_UNHARMED}${JA_STAFF}`,
  'list-expired': `ただいま たしかめられません。${JA_UNHARMED}${JA_STAFF}`,
  'list-damaged': `とーろくを たしかめられません。${JA_UNHARMED}${JA_STAFF}`,
  'certificate-expired': ({ information }) =>
    `でんししょーめーしょの きげんが きれています。カードの こしょーでわ ありません。きょーわ ${information}え おこしください。こーしんわ、しくちょーそんの まどぐちで できます。`,
  'certificate-not-yet-valid': ({ information }) =>
    `でんししょーめーしょわ、まだ つかえません。${JA_UNHARMED}${information}え おこしください。`,
  'certificate-revoked': ({ information }) =>
    `でんししょーめーしょが つかえません。カードの こしょーでわ ありません。きょーわ ${information}え おこしください。`,
  'certificate-untrusted': `カードを たしかめられません。${JA_UNHARMED}${JA_TELL}`,
  'certificate-not-for-authentication': `この でんししょーめーしょわ つかえません。${JA_UNHARMED}${JA_TELL}`,
  'revocation-unknown': `いまわ たしかめられません。${JA_UNHARMED}${JA_STAFF}`,
  'card-not-supported': `この カードわ つかえません。${JA_UNHARMED}マイナンバーカードを かざしてください。`,
  'phone-not-supported':
    'スマートフォンわ つかえません。スマートフォンに もんだいわ ありません。マイナンバーカードを かざしてください。',
  'card-unreadable': `よみとれませんでした。${JA_UNHARMED}もーいちど かざしてください。`,
  'card-removed': `カードが はなれました。${JA_UNHARMED}おとが なるまで、もーいちど かざしてください。`,
  'possession-not-proved': `カードの かくにんが できません。${JA_UNHARMED}${JA_TELL}`,
  'receipt-unsettled': `にゅーじょーわ きろくされています。${JA_UNHARMED}ざせきけんが でたか どーかを、${JA_TELL}`,
  'pin-blocked':
    'あんしょーばんごーが とまっています。カードの こしょーでわ ありません。しくちょーそんの まどぐちえ おもちください。',
  'platform-offline': `つーしんが とまっています。${JA_UNHARMED}${JA_STAFF}`,
  'platform-slow': `へんじが まにあいませんでした。${JA_UNHARMED}すこし まって、もーいちど かざしてください。`,
  'platform-refused': `へんじが ありません。${JA_UNHARMED}${JA_TELL}`,
  'age-check.over': 'たしかめました。カードを おとりください。',
  'release-lost': `ただいま つかえません。${JA_UNHARMED}${JA_STAFF}`,
  'age-check.stuck': `きかいが うごきません。${JA_UNHARMED}${JA_TELL}`,
  'age-check.under': `ごりよー いただけません。${JA_UNHARMED}カードを おとりください。`,
  'age-check.invalid':
    'でんししょーめーしょが つかえません。てつづきわ、しくちょーそんの まどぐちで できます。',
  'age-check.unknown': `たしかめられませんでした。${JA_UNHARMED}${JA_TELL}`,
  'exit.back': 'おとおりください。おなじ カードで、もーいちど おはいりに なれます。',
  'exit.done': 'おとおりください。この チケットでわ、もーいちど おはいりに なれません。',
  'exit.open': 'おとおりください。げーとわ あいています。',
  'registration.none': 'もーしこみわ みつかりません。がめんで ごよーけんを えらんでください。',
  'registration.pending': 'もーしこみを たしかめています。カードを おとりください。',
  'registration.accepted': 'とーろく できています。カードを おとりください。',
  'registration.refused': 'とーろく できませんでした。やくしょの まどぐちえ おといあわせください。',
  'disk-full': `ただいま つかえません。${JA_UNHARMED}${JA_STAFF}`,
  'role-changing': `うけつけを きりかえています。すこし おまちください。${JA_UNHARMED}`,
  'reader-lost': `ただいま つかえません。${JA_UNHARMED}${JA_STAFF}`,
};

const SIMPLE_STAFF = 'かかりの ひとが あんないします。';
const SIMPLE_UNHARMED = 'カードわ だいじょーぶです。';
const SIMPLE_TELL = 'かかりの ひとに いってください。';

const JA_SIMPLE: Readonly<Record<Speech, Reading>> = {
  ...KIOSK_READINGS['ja-simple'],
  ...SHELTER_READINGS['ja-simple'],
  ...TELEVISION_READINGS['ja-simple'],
  waiting: 'カードを かざしてください。',
  hold: 'そのまま まってください。',
  again: 'もーいちど かざしてください。おとが するまで、そのままで。',
  welcome: 'はいってください。せきの かみが でます。とってください。',
  'welcome-again': 'はいってください。せきの かみわ、もー でました。それを つかってください。',
  'receipt-owed':
    'はいってください。せきの かみわ あとで でます。あとで、おなじ カードを もーいちど かざしてください。',
  'take-card': 'カードを とってください。',
  closed: ({ otherGate }) =>
    `いま つかえません。${SIMPLE_UNHARMED}${otherGate === null ? SIMPLE_STAFF : `${otherGate}え いってください。`}`,
  pin: '4つの すーじを いれてください。カードわ そのままで。',
  'pin-wrong': 'すーじが ちがいます。もーいちど いれてください。',
  'pin-last-try':
    'あと 1かいです。つぎに まちがえると、つかえなく なります。いれるか、やめるか、えらんでください。',
  asking: 'しらべています。カードを はなさないで まってください。',
  'staff-leaving': 'まだ つかいますか。もーすぐ がめんを とじます。',

  'not-on-list': ({ information }) =>
    `ここからわ はいれません。${SIMPLE_UNHARMED}${information}え いってください。チケットを みせてください。`,
  'already-entered': `もー はいっています。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'not-passed': `まだ はいっていません。${SIMPLE_UNHARMED}もーいちど かざして、とおってください。`,
  'ticket-cancelled': ({ information }) =>
    `チケットが つかえません。${SIMPLE_UNHARMED}${information}で きいてください。`,
  'assurance-out-of-reach': `まだ じゅんびちゅーです。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'list-missing': `まだ じゅんびちゅーです。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'trust-missing': `まだ じゅんびちゅーです。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'list-expired': `いま たしかめられません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'list-damaged': `リストが よめません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'certificate-expired': ({ information }) =>
    `カードの しょーめーしょが ふるいです。カードわ こわれていません。きょーわ ${information}え いってください。しょーめーしょわ、しやくしょで あたらしく できます。`,
  'certificate-not-yet-valid': ({ information }) =>
    `カードの しょーめーしょわ まだ つかえません。${SIMPLE_UNHARMED}${information}え いってください。`,
  'certificate-revoked': ({ information }) =>
    `カードの しょーめーしょが つかえません。カードわ こわれていません。きょーわ ${information}え いってください。`,
  'certificate-untrusted': `ここでわ たしかめられません。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'certificate-not-for-authentication': `しょーめーしょが ちがいます。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'revocation-unknown': `いま たしかめられません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'card-not-supported': `この カードわ つかえません。${SIMPLE_UNHARMED}マイナンバーカードを かざしてください。`,
  'phone-not-supported':
    'スマホわ つかえません。スマホわ だいじょーぶです。マイナンバーカードを かざしてください。',
  'card-unreadable': `よめませんでした。${SIMPLE_UNHARMED}もーいちど かざしてください。`,
  'card-removed': `カードが はやく はなれました。${SIMPLE_UNHARMED}おとが するまで かざしてください。`,
  'possession-not-proved': `カードを たしかめられません。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'receipt-unsettled': `もー はいっています。${SIMPLE_UNHARMED}せきの かみが でましたか。${SIMPLE_TELL}`,
  'pin-blocked':
    'あんしょーばんごーが とまっています。カードわ こわれていません。しやくしょえ もっていってください。',
  'platform-offline': `インターネットが とまっています。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'platform-slow': `へんじが おそいです。${SIMPLE_UNHARMED}すこし まって、もーいちど かざしてください。`,
  'platform-refused': `へんじが ありません。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'age-check.over': 'わかりました。カードを とってください。',
  'release-lost': `いま つかえません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'age-check.stuck': `きかいが うごきません。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'age-check.under': `ここでわ つかえません。${SIMPLE_UNHARMED}カードを とってください。`,
  'age-check.invalid': 'カードの しょーめーしょが つかえません。しやくしょで あたらしく できます。',
  'age-check.unknown': `わかりませんでした。${SIMPLE_UNHARMED}${SIMPLE_TELL}`,
  'exit.back': 'とおって ください。おなじ カードで また はいれます。',
  'exit.done': 'とおって ください。この チケットでわ、もー はいれません。',
  'exit.open': 'とおって ください。ゲートわ あいています。',
  'registration.none': 'もーしこみわ ありません。がめんで えらんで ください。',
  'registration.pending': 'しらべて います。カードを とって ください。',
  'registration.accepted': 'とーろく できました。カードを とって ください。',
  'registration.refused': 'とーろく できません。やくしょで きいて ください。',
  'disk-full': `いま つかえません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
  'role-changing': `じゅんびを しています。すこし まって ください。${SIMPLE_UNHARMED}`,
  'reader-lost': `いま つかえません。${SIMPLE_UNHARMED}${SIMPLE_STAFF}`,
};

const EN_STAFF = 'Our staff will help you.';
const EN_UNHARMED = 'Nothing is wrong with your card.';
const EN_TELL = 'Please speak to our staff.';

const EN: Readonly<Record<Speech, Reading>> = {
  ...KIOSK_READINGS.en,
  ...SHELTER_READINGS.en,
  ...TELEVISION_READINGS.en,
  waiting: 'Hold your card on the round mark.',
  hold: 'Keep holding.',
  again: 'Please hold it again. Keep it there until you hear the sound.',
  welcome: 'Please go in. Your seat ticket is coming out. Take it with you.',
  'welcome-again': 'Please go in. Use the seat ticket that you have.',
  'receipt-owed':
    'Please go in. Your seat ticket will follow later. Hold the same card here again in a while.',
  'take-card': 'Please take your card.',
  closed: ({ otherGate }) =>
    `Out of service. ${EN_UNHARMED} ${otherGate === null ? EN_STAFF : `Please use ${otherGate}.`}`,
  pin: 'Enter your 4 digits. Leave the card in its place.',
  'pin-wrong': 'That is not the PIN. Enter it again.',
  'pin-last-try':
    'One try is left. With another wrong PIN your card takes none any more. Choose to go on or to stop.',
  asking: 'Checking. Leave the card in its place.',
  'staff-leaving': 'Are you still there? This screen closes soon.',

  'not-on-list': ({ information }) =>
    `Entry not found. ${EN_UNHARMED} Please take your ticket to ${information}.`,
  'already-entered': `This ticket has already been used. ${EN_UNHARMED} ${EN_TELL}`,
  'not-passed': `Nobody went through the gate. ${EN_UNHARMED} Please hold it again, then go in.`,
  'ticket-cancelled': ({ information }) =>
    `This ticket cannot be used. ${EN_UNHARMED} Please ask at ${information}.`,
  'assurance-out-of-reach': `Not ready yet. ${EN_UNHARMED} ${EN_STAFF}`,
  'list-missing': `Not ready yet. ${EN_UNHARMED} ${EN_STAFF}`,
  'trust-missing': `Not ready yet. ${EN_UNHARMED} ${EN_STAFF}`,
  'list-expired': `Entries cannot be checked now. ${EN_UNHARMED} ${EN_STAFF}`,
  'list-damaged': `Your entry could not be confirmed. ${EN_UNHARMED} ${EN_STAFF}`,
  'certificate-expired': ({ information }) =>
    `The certificate in your card has expired. The card is not broken. Your municipal office can renew it. Today, please go to ${information}.`,
  'certificate-not-yet-valid': ({ information }) =>
    `The certificate in your card is not valid yet. ${EN_UNHARMED} Please go to ${information}.`,
  'certificate-revoked': ({ information }) =>
    `The certificate in your card cannot be used. The card is not broken. Today, please go to ${information}.`,
  'certificate-untrusted': `Your card could not be confirmed. ${EN_UNHARMED} ${EN_TELL}`,
  'certificate-not-for-authentication': `This certificate is of a different kind. ${EN_UNHARMED} ${EN_TELL}`,
  'revocation-unknown': `Your card cannot be checked now. ${EN_UNHARMED} ${EN_STAFF}`,
  'card-not-supported': `This card is not accepted here. ${EN_UNHARMED} Please hold a My Number Card here.`,
  'phone-not-supported':
    'Phones are not accepted here. Nothing is wrong with your phone. Please hold a My Number Card here.',
  'card-unreadable': `The card could not be read. ${EN_UNHARMED} Please hold it here again.`,
  'card-removed': `The card moved away too soon. ${EN_UNHARMED} Hold it again until you hear the sound.`,
  'possession-not-proved': `Your card could not be verified. ${EN_UNHARMED} ${EN_TELL}`,
  'receipt-unsettled': `Your entry is on record. ${EN_UNHARMED} Please tell our staff whether your seat ticket came out.`,
  'pin-blocked':
    'The PIN is blocked. The card is not broken. Please take it to your municipal office.',
  'platform-offline': `There is no connection. ${EN_UNHARMED} ${EN_STAFF}`,
  'platform-slow': `The answer took too long. ${EN_UNHARMED} Please wait a little and hold it again.`,
  'platform-refused': `The question could not be answered. ${EN_UNHARMED} ${EN_TELL}`,
  'age-check.over': 'Confirmed. Please take your card.',
  'release-lost': `Out of service. ${EN_UNHARMED} ${EN_STAFF}`,
  'age-check.stuck': `The machine does not work. ${EN_UNHARMED} ${EN_TELL}`,
  'age-check.under': `This is not available to you. ${EN_UNHARMED} Take your card.`,
  'age-check.invalid':
    'The certificate in your card is not valid. Your municipal office can renew it.',
  'age-check.unknown': `This could not be confirmed. ${EN_UNHARMED} ${EN_TELL}`,
  'exit.back': 'Goodbye. You can come in again with the same card.',
  'exit.done': 'Goodbye. This ticket does not let you in again.',
  'exit.open': 'Please go out. The gate is open.',
  'registration.none': 'There is no application. Choose an errand on the screen.',
  'registration.pending': 'Your application is being looked at. Please take your card.',
  'registration.accepted': 'You are registered. Please take your card.',
  'registration.refused': 'You are not registered. Please ask your municipal office.',
  'disk-full': `Out of service. ${EN_UNHARMED} ${EN_STAFF}`,
  'role-changing': `Changing over. Please wait. ${EN_UNHARMED}`,
  'reader-lost': `Out of service. ${EN_UNHARMED} ${EN_STAFF}`,
};

export const READINGS: Readonly<Record<Language, Readonly<Record<Speech, Reading>>>> = {
  ja: JA,
  'ja-simple': JA_SIMPLE,
  en: EN,
};
