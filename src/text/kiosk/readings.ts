/**
 * What a kiosk says aloud; ../readings.ts has the rules. What only a counter may settle sounds the same whatever the
 * cause: others are listening.
 */

import type { KIOSK_SPEECHES } from '../../domain/kiosk-screen.ts';
import type { Language } from '../../domain/screen.ts';
import type { KioskReason } from './words.ts';

type KioskReadings = Readonly<Record<(typeof KIOSK_SPEECHES)[number] | KioskReason, string>>;

const JA_UNHARMED = 'カードわ もんだいありません。';
const JA_CALL = 'てんいんを およびください。';
const JA_LATER = 'あとで、もーいちど おこしください。';
const JA_OFFICE = 'しくちょーそんの まどぐちで おとりください。';
const JA_COUNTER =
  'ここでわ おだしできません。カードわ もんだいありません。しくちょーそんの まどぐちに おたずねください。';

const JA: KioskReadings = {
  menu: 'ごよーけんを えらんでください。カードわ、まだ おてもとに おもちください。',
  choose: 'がめんの なかから、1つ えらんでください。',
  'place-card': 'まるい しるしに、カードを おいてください。おわるまで、そのままに してください。',
  working: 'しらべています。カードを はなさずに おまちください。しょーしょー おまちください。',
  password:
    'しょめーよーの パスワードを いれてください。いれた もじわ、がめんにも こえにも でません。',
  'password-wrong': 'パスワードが ちがいます。ここで やめても だいじょーぶです。',
  'password-last-try':
    'あと 1かいです。つぎに まちがえると、しょめーが できなく なります。つづけるか、やめるかを えらんでください。',
  'text-entry': 'がめんの きーで、もじを いれてください。おわったら、つぎえを おしてください。',
  review: 'ないよーを おたしかめください。よろしければ、しんせーを えらんでください。',
  'confirm-order': 'がめんの ないよーと りょーきんを おたしかめください。よろしいですか。',
  paying: 'おしはらいを おねがいします。しはらいの きかいを ごらんください。',
  printing:
    'しょーめーしょを いんさつしています。2ふんほど かかる ことが あります。この ばで おまちください。',
  'take-card-then-paper': 'カードを おとりください。おとりに なると、しょーめーしょが でます。',
  'take-card-now': 'カードが のこっています。カードを おとりください。',
  'take-paper': 'しょーめーしょを おとりください。まいすーを おたしかめください。',
  applied: 'しんせーを うけつけました。カードを おとりください。',
  'still-there': 'まだ おつかいですか。まもなく、はじめの がめんに もどります。',
  'staff-called': 'てんいんが まいります。このまま おまちください。',
  'outside-hours': `いまわ うけつけじかんの そとです。${JA_UNHARMED}うけつけじかんに おこしください。`,
  maintenance: `ただいま てんけんちゅーです。${JA_UNHARMED}${JA_LATER}`,
  'year-end': `ねんまつねんしの おやすみです。${JA_UNHARMED}やすみが あけてから、おこしください。`,
  'municipality-not-taking-part': `とりあつかいの ない しくちょーそんです。${JA_UNHARMED}まどぐちに おたずねください。`,
  'registration-missing': `りよーとーろくが まだ ありません。${JA_UNHARMED}はじめの がめんから、とーろくできます。`,
  'registration-pending': `りよーとーろくの しんさちゅーです。${JA_UNHARMED}とーろくが すんでから、おこしください。`,
  'registration-refused': `りよーとーろくが できませんでした。${JA_UNHARMED}まどぐちに おたずねください。`,
  'under-fifteen': JA_COUNTER,
  'moving-out': JA_COUNTER,
  'counter-only': JA_COUNTER,
  'holder-deceased': JA_COUNTER,
  'filing-in-progress': `とどけでの しょりちゅーです。${JA_UNHARMED}しょりが すんでから、おこしください。`,
  'card-too-new': `あしたから つかえる カードです。${JA_UNHARMED}あした、もーいちど おこしください。`,
  'character-not-covered': `ここでわ かけない もじが あります。${JA_UNHARMED}${JA_OFFICE}`,
  'name-too-long': `ここでわ いんさつできません。${JA_UNHARMED}${JA_OFFICE}`,
  'not-recorded-there': `きろくが みつかりません。${JA_UNHARMED}えらんだ しくちょーそんを おたしかめください。`,
  'certificate-not-valid':
    'でんししょーめーしょが つかえません。カードの こしょーでわ ありません。しくちょーそんの まどぐちで、てつづきを してください。',
  'already-registered': `りよーとーろくわ すんでいます。${JA_UNHARMED}こせきの しょーめーしょを おえらびください。`,
  'application-refused': `しんせーを うけとれませんでした。${JA_UNHARMED}もーいちど、はじめから おためしください。`,
  'centre-stopped': `ただいま つかえません。${JA_UNHARMED}${JA_LATER}`,
  'centre-silent': `へんじが ありませんでした。りょーきんわ いただいていません。${JA_UNHARMED}すこし まって、もーいちど おためしください。`,
  'document-differs': `はっこーを とめました。${JA_UNHARMED}${JA_CALL}`,
  'document-unusable': `しょーめーしょを いんさつできません。${JA_UNHARMED}${JA_CALL}`,
  'kiosk-stopped': `ただいま つかえません。${JA_UNHARMED}${JA_CALL}`,
  'payment-declined': `しはらいが できませんでした。${JA_UNHARMED}べつの しはらいかたを おためしください。`,
  'payment-lost': `しはらいを たしかめられません。${JA_UNHARMED}${JA_CALL}`,
  'payment-timeout': `しはらいの じかんが すぎました。${JA_UNHARMED}もーいちど、はじめから おためしください。`,
  'page-printer-lost': `いまわ いんさつできません。${JA_UNHARMED}${JA_CALL}`,
  'page-paper-out': `かみが なくなりました。${JA_UNHARMED}${JA_CALL}`,
  'page-jam': `かみが つまりました。${JA_UNHARMED}${JA_CALL}`,
  'printing-unknown': `いんさつを たしかめられません。${JA_UNHARMED}${JA_CALL}`,
  'order-cancelled': `とりやめました。${JA_UNHARMED}`,
  'card-left-behind': `カードが のこっています。カードに さわらず、${JA_CALL}`,
  'no-signing-certificate': `しょめーよーの しょーめーしょが ありません。${JA_UNHARMED}しくちょーそんの まどぐちで、いれる ことが できます。`,
  'password-blocked':
    'パスワードが とまっています。カードの こしょーでわ ありません。しくちょーそんの まどぐちえ おもちください。',
  'topology-differs': `ただいま つかえません。${JA_UNHARMED}${JA_CALL}`,
};

const SIMPLE_UNHARMED = 'カードわ だいじょーぶです。';
const SIMPLE_CALL = 'みせの ひとを よんでください。';
const SIMPLE_LATER = 'あとで もーいちど きてください。';
const SIMPLE_OFFICE = 'やくしょで とってください。';
const SIMPLE_COUNTER = 'ここでわ でません。カードわ だいじょーぶです。やくしょで きいてください。';

const SIMPLE: KioskReadings = {
  menu: 'なにを しますか。カードわ まだ おかないでください。',
  choose: 'がめんから 1つ えらんでください。',
  'place-card': 'まるい しるしに カードを おいてください。おわるまで そのままで。',
  working: 'しらべています。カードを はなさないで、すこし まってください。',
  password: 'パスワードを いれてください。もじわ がめんに でません。こえも でません。',
  'password-wrong': 'パスワードが ちがいます。やめても いいです。',
  'password-last-try':
    'あと 1かいです。つぎに まちがえると、パスワードが つかえなく なります。いれるか、やめるか、えらんでください。',
  'text-entry': 'がめんの きーで じを いれてください。おわったら、つぎえを おしてください。',
  review: 'がめんを みて ください。よかったら、もーしこんでください。',
  'confirm-order': 'がめんの しょーめーしょと おかねを みてください。いいですか。',
  paying: 'おかねを はらってください。おかねの きかいを みてください。',
  printing: 'しょーめーしょを いんさつしています。2ふんくらい かかります。ここで まってください。',
  'take-card-then-paper': 'カードを とってください。つぎに かみが でます。',
  'take-card-now': 'カードが のこっています。カードを とってください。',
  'take-paper': 'しょーめーしょを とってください。ぜんぶ あるか かぞえてください。',
  applied: 'もーしこみが できました。カードを とってください。',
  'still-there': 'まだ つかいますか。もーすぐ はじめの がめんに もどります。',
  'staff-called': 'みせの ひとが きます。ここで まってください。',
  'outside-hours': `いまわ やすみです。${SIMPLE_UNHARMED}あいている ときに きてください。`,
  maintenance: `いま てんけんちゅーです。${SIMPLE_UNHARMED}${SIMPLE_LATER}`,
  'year-end': `ねんまつねんしの やすみです。${SIMPLE_UNHARMED}やすみの あとで きてください。`,
  'municipality-not-taking-part': `この まちの ものわ でません。${SIMPLE_UNHARMED}まちの やくしょで きいてください。`,
  'registration-missing': `りよーとーろくが まだです。${SIMPLE_UNHARMED}はじめの がめんで えらんでください。`,
  'registration-pending': `とーろくわ まだです。${SIMPLE_UNHARMED}おわってから きてください。`,
  'registration-refused': `とーろくできませんでした。${SIMPLE_UNHARMED}やくしょで きいてください。`,
  'under-fifteen': SIMPLE_COUNTER,
  'moving-out': SIMPLE_COUNTER,
  'counter-only': SIMPLE_COUNTER,
  'holder-deceased': SIMPLE_COUNTER,
  'filing-in-progress': `とどけを しらべています。${SIMPLE_UNHARMED}おわってから きてください。`,
  'card-too-new': `あしたから つかえます。${SIMPLE_UNHARMED}あした きてください。`,
  'character-not-covered': `かけない じが あります。${SIMPLE_UNHARMED}${SIMPLE_OFFICE}`,
  'name-too-long': `ここで いんさつできません。${SIMPLE_UNHARMED}${SIMPLE_OFFICE}`,
  'not-recorded-there': `きろくが ありません。${SIMPLE_UNHARMED}えらんだ まちを たしかめてください。`,
  'certificate-not-valid':
    'しょーめーしょが つかえません。カードわ こわれていません。やくしょで きいてください。',
  'already-registered': `もー とーろくして あります。${SIMPLE_UNHARMED}こせきの しょーめーしょを えらんでください。`,
  'application-refused': `もーしこみが できません。${SIMPLE_UNHARMED}もーいちど はじめから してください。`,
  'centre-stopped': `いま つかえません。センターが とまっています。${SIMPLE_UNHARMED}${SIMPLE_LATER}`,
  'centre-silent': `へんじが ありません。おかねわ とっていません。${SIMPLE_UNHARMED}すこし まって、もーいちど してください。`,
  'document-differs': `だすのを とめました。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'document-unusable': `いんさつが できません。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'kiosk-stopped': `いま つかえません。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'payment-declined': `おかねが はらえません。${SIMPLE_UNHARMED}ほかの はらいかたで してください。`,
  'payment-lost': `おかねを たしかめます。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'payment-timeout': `じかんが すぎました。${SIMPLE_UNHARMED}もーいちど はじめから してください。`,
  'page-printer-lost': `いま いんさつできません。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'page-paper-out': `かみが ありません。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'page-jam': `かみが つまりました。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'printing-unknown': `かみを たしかめます。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
  'order-cancelled': `やめました。${SIMPLE_UNHARMED}`,
  'card-left-behind': `まえの ひとの カードが あります。${SIMPLE_CALL}`,
  'no-signing-certificate': `しょめーの しょーめーしょが ありません。${SIMPLE_UNHARMED}やくしょで きいてください。`,
  'password-blocked':
    'パスワードが とまっています。カードわ こわれていません。やくしょえ もっていってください。',
  'topology-differs': `いま つかえません。${SIMPLE_UNHARMED}${SIMPLE_CALL}`,
};

const EN_UNHARMED = 'Nothing is wrong with your card.';
const EN_CALL = 'Please call the staff.';
const EN_LATER = 'Please come back later.';
const EN_OFFICE = 'Please go to your municipal office.';
const EN_COUNTER =
  'This is not available here. Nothing is wrong with your card. Please ask at your municipal office.';

const EN: KioskReadings = {
  menu: 'What would you like to do? Keep your card with you for now.',
  choose: 'Please choose one on the screen.',
  'place-card': 'Put your card on the round mark. Leave it there until the end.',
  working: 'One moment. Leave the card in its place.',
  password: 'Enter your password for signatures. It is neither shown nor spoken.',
  'password-wrong': 'That is not the password. It is safe to stop here.',
  'password-last-try':
    'One try is left. With another wrong password your card can sign nothing any more. Choose to go on or to stop.',
  'text-entry': 'Enter it with the keys on the screen. Then press Next.',
  review: 'Please check what you entered. If it is right, choose to apply.',
  'confirm-order': 'Is this right? Please check the document and the fee on the screen.',
  paying: 'Please pay. Look at the payment unit.',
  printing: 'Printing your certificate. This can take about 2 minutes. Please wait here.',
  'take-card-then-paper': 'Please take your card. Your certificate follows.',
  'take-card-now': 'Your card is still here. Please take it.',
  'take-paper': 'Take your certificate. Please count the sheets.',
  applied: 'Your application was received. Please take your card.',
  'still-there': 'Are you still there? The first screen comes back soon.',
  'staff-called': 'Our staff are coming. Please wait here.',
  'outside-hours': `Closed at this hour. ${EN_UNHARMED} Please come back during its hours.`,
  maintenance: `Under maintenance. ${EN_UNHARMED} ${EN_LATER}`,
  'year-end': `Closed for the New Year. ${EN_UNHARMED} Please come back after the holidays.`,
  'municipality-not-taking-part': `This municipality is not included. ${EN_UNHARMED} Please ask at its office.`,
  'registration-missing': `You are not registered yet. ${EN_UNHARMED} You can register on the first screen.`,
  'registration-pending': `Your registration is in progress. ${EN_UNHARMED} Please come back when it is done.`,
  'registration-refused': `Your registration was not accepted. ${EN_UNHARMED} Please ask at the office.`,
  'under-fifteen': EN_COUNTER,
  'moving-out': EN_COUNTER,
  'counter-only': EN_COUNTER,
  'holder-deceased': EN_COUNTER,
  'filing-in-progress': `A filing is being handled. ${EN_UNHARMED} Please come back when it is done.`,
  'card-too-new': `Your card is usable from tomorrow. ${EN_UNHARMED} Please come back tomorrow.`,
  'character-not-covered': `A character cannot be printed. ${EN_UNHARMED} ${EN_OFFICE}`,
  'name-too-long': `It does not fit the form. ${EN_UNHARMED} ${EN_OFFICE}`,
  'not-recorded-there': `No record was found. ${EN_UNHARMED} Please check the municipality that you chose.`,
  'certificate-not-valid':
    'The certificate in your card is not valid. The card is not broken. Please go to your municipal office.',
  'already-registered': `You are already registered. ${EN_UNHARMED} Please choose the family register certificate.`,
  'application-refused': `The application was not accepted. ${EN_UNHARMED} Please try again from the start.`,
  'centre-stopped': `Out of service. ${EN_UNHARMED} ${EN_LATER}`,
  'centre-silent': `There was no answer. Nothing was charged. ${EN_UNHARMED} Please wait a little and try again.`,
  'document-differs': `The issue was stopped. ${EN_UNHARMED} ${EN_CALL}`,
  'document-unusable': `Your certificate cannot be printed. ${EN_UNHARMED} ${EN_CALL}`,
  'kiosk-stopped': `Out of service. ${EN_UNHARMED} ${EN_CALL}`,
  'payment-declined': `The payment was not accepted. ${EN_UNHARMED} Please try another way to pay.`,
  'payment-lost': `The payment is not confirmed. ${EN_UNHARMED} ${EN_CALL}`,
  'payment-timeout': `The time to pay has passed. ${EN_UNHARMED} Please try again from the start.`,
  'page-printer-lost': `Printing is not possible now. ${EN_UNHARMED} ${EN_CALL}`,
  'page-paper-out': `The printer is out of paper. ${EN_UNHARMED} ${EN_CALL}`,
  'page-jam': `A sheet is stuck in the printer. ${EN_UNHARMED} ${EN_CALL}`,
  'printing-unknown': `The printing is not confirmed. ${EN_UNHARMED} ${EN_CALL}`,
  'order-cancelled': `Cancelled. ${EN_UNHARMED}`,
  'card-left-behind': `A card was left here. Please leave it there. ${EN_CALL}`,
  'no-signing-certificate': `There is no signing certificate. ${EN_UNHARMED} Please ask at your municipal office.`,
  'password-blocked':
    'The password is blocked. The card is not broken. Please take it to your municipal office.',
  'topology-differs': `Out of service. ${EN_UNHARMED} ${EN_CALL}`,
};

export const KIOSK_READINGS: Readonly<Record<Language, KioskReadings>> = {
  ja: JA,
  'ja-simple': SIMPLE,
  en: EN,
};
