/** Screens as they can be: the short and the longest, the empty and the full, every reason. */

import { CHECK_IDS } from '../../src/domain/check.ts';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import type { RevocationAdvice } from '../../src/domain/revocation.ts';
import {
  type KeyName,
  type Language,
  PAPERS_SHOWN_MAX,
  type PaperShown,
  type ScreenBody,
  type ScreenFrame,
  type ScreenName,
  type StaffResult,
  type Tone,
  TYPED_MAX,
} from '../../src/domain/screen.ts';
import { RING_ENDS, TOLD_TEXTS, type Told } from '../../src/domain/told.ts';
import { coloursOf } from '../../src/screen/colours.ts';
import { KIOSK_REASONS } from '../../src/text/kiosk/ja-reasons.ts';
import { TELEVISION_REASONS } from '../../src/text/television/ja.ts';
import {
  LAST_TRY_AT_KIOSK,
  PIN_AT_KIOSK,
  REFUSED_AT_KIOSK,
  TAKE_CARD_AT_KIOSK,
} from './at-kiosk.ts';
import { CASE_SAMPLES } from './case-samples.ts';
import { KIOSK_KEYS, KIOSK_SAMPLES, KIOSK_TONES } from './kiosk-samples.ts';
import { SHELTER_KEYS, SHELTER_SAMPLES, SHELTER_TONES } from './shelter-samples.ts';
import { STICK_SAMPLES } from './stick-samples.ts';
import { TELEVISION_KEYS, TELEVISION_SAMPLES, TELEVISION_TONES } from './television-samples.ts';

type BodyOf<Name extends ScreenName> = Extract<ScreenBody, { readonly screen: Name }>;

/** 14:05 and 17:00 in Japan. */
const MORNING = '2026-11-25T05:05:00Z';
const EVENING = '2026-11-25T08:00:00Z';

/** When the samples are shown: what is said of days is said from here. */
export const AT = '2026-11-25T07:12:00Z';

const reasons = Object.keys(REASONS) as Reason[];
/** A kiosk says its own on `ended`, and of a service whose answer is no on `refused`. */
const everyTerminals = reasons.filter(
  (reason) => !Object.hasOwn({ ...KIOSK_REASONS, ...TELEVISION_REASONS }, reason),
);
const CLOSING = ['kiosk-stopped', 'topology-differs', 'page-printer-lost', 'payment-lost'] as const;
const freshList = { issuedAt: MORNING, age: 'fresh' } as const;
const oldList = { issuedAt: MORNING, age: 'old' } as const;
const entry = { service: 'event-entry' } as const;
const first = { at: EVENING, gate: '西ゲート' } as const;

const ADVICE: readonly RevocationAdvice[] = ['renew', 'on-hold'];

/** From no seat at all to as many full-width characters as fit on a paper. */
const SEATS = [
  'B 12列 34番',
  '1塁側 A列 12番',
  '自由席',
  'S',
  '2階スタンド北側ブロック 108列 1234番',
  'アリーナ南ブロック特別招待席車いすスペース第十二番',
  'Section 114 Row AA Seat 1234-A',
];

const paper = (ticket: string, state: PaperShown['state'], number = 1): PaperShown => ({
  paper: `gate-1-${String(number).padStart(6, '0')}`,
  ticket,
  state,
  since: MORNING,
});

const AT_GATE = ['entry', 'undo', 'papers', 'health'] as const;
const WITH_STICK = ['entry', 'undo', 'papers', 'stick', 'health'] as const;

const RESULTS: Readonly<Record<StaffResult, true>> = {
  entered: true,
  'already-entered': true,
  undone: true,
  'nothing-to-undo': true,
  settled: true,
  cleared: true,
  'order-settled': true,
  'money-settled': true,
  'receipt-settled': true,
  reissued: true,
  'reissue-waits': true,
  'decided-already': true,
  'stick-order-taken': true,
  'stick-list-taken': true,
  'not-recorded': true,
};

const LONG_TICKET = 'TICKET-2026-ABCDEFGH-012'.slice(0, TYPED_MAX);

/** Of every screen at least one. */
const TOLD_GIVEN = { age: 120, municipality: '燈ヶ浜市', month: 12, day: 28 };

export const SAMPLES: {
  readonly [Name in ScreenName]: readonly [BodyOf<Name>, ...BodyOf<Name>[]];
} = {
  waiting: [
    { screen: 'waiting', purpose: entry, list: freshList, offline: false },
    { screen: 'waiting', purpose: entry, list: oldList, offline: true },
    { screen: 'waiting', purpose: entry, list: null, offline: false },
    { screen: 'waiting', purpose: { service: 'event-exit' }, list: freshList, offline: true },
    ...[true, false].map(
      (pin) =>
        ({
          screen: 'waiting',
          purpose: { service: 'age-check', age: 20, pin },
          list: null,
          offline: false,
        }) as const,
    ),
  ],
  hold: [{ screen: 'hold' }],
  again: [
    { screen: 'again', reason: 'card-removed' },
    ...everyTerminals.map((reason) => ({ screen: 'again', reason }) as const),
  ],
  welcome: [
    { screen: 'welcome', name: '佐＊ 花＊', seat: 'B 12列 34番', paper: true, list: freshList },
    { screen: 'welcome', name: '佐＊ 花＊', seat: 'B 12列 34番', paper: false, list: freshList },
    { screen: 'welcome', name: 'ア＊ ヴ＊ デ＊ ラ＊ ク＊', seat: 'S', paper: false, list: oldList },
    ...SEATS.map(
      (seat) => ({ screen: 'welcome', name: null, seat, paper: true, list: oldList }) as const,
    ),
    {
      screen: 'welcome',
      name: 'ア＊ ヴ＊ デ＊ ラ＊ ク＊',
      seat: 'B 12列 34番',
      paper: true,
      list: { issuedAt: MORNING, age: 'too-old' },
    },
  ],
  'receipt-owed': [
    { screen: 'receipt-owed', seat: 'B 12列 34番', minutes: 15 },
    ...SEATS.map((seat) => ({ screen: 'receipt-owed', seat, minutes: 120 }) as const),
  ],
  refused: [
    { screen: 'refused', reason: 'not-on-list', advice: null, first: null, list: freshList },
    ...everyTerminals.map(
      (reason) =>
        ({
          screen: 'refused',
          reason,
          advice: null,
          first: reason === 'already-entered' ? first : null,
          list: oldList,
        }) as const,
    ),
    ...REFUSED_AT_KIOSK,
    ...ADVICE.map(
      (advice) =>
        ({
          screen: 'refused',
          reason: 'certificate-revoked',
          advice,
          first: null,
          list: oldList,
        }) as const,
    ),
  ],
  'take-card': [{ screen: 'take-card' }, ...TAKE_CARD_AT_KIOSK],
  closed: [
    { screen: 'closed', reason: 'list-missing' },
    { screen: 'closed', reason: 'starting' },
    ...[...everyTerminals, ...CLOSING].map((reason) => ({ screen: 'closed', reason }) as const),
  ],
  pin: [
    { screen: 'pin', digits: 2, result: 'ask', tries: 3 },
    { screen: 'pin', digits: 0, result: 'wrong', tries: 2 },
    { screen: 'pin', digits: 4, result: 'checking', tries: 1 },
    ...PIN_AT_KIOSK,
  ],
  'pin-last-try': [{ screen: 'pin-last-try' }, ...LAST_TRY_AT_KIOSK],
  asking: [{ screen: 'asking' }],
  result: [
    { screen: 'result', ring: 'done', told: { text: 'age-check.over', given: { age: 20 } } },
    ...TOLD_TEXTS.map(
      (text) =>
        ({
          screen: 'result',
          ring: RING_ENDS[text],
          // Everything that any of them mentions.
          told: { text, given: TOLD_GIVEN } as Told,
        }) as const,
    ),
  ],
  'staff-pin': [
    { screen: 'staff-pin', digits: 2, result: 'ask', waitSeconds: 0 },
    { screen: 'staff-pin', digits: 0, result: 'wrong', waitSeconds: 0 },
    { screen: 'staff-pin', digits: 0, result: 'locked', waitSeconds: 300 },
    { screen: 'staff-pin', digits: 12, result: 'checking', waitSeconds: 0 },
  ],
  'staff-menu': [
    { screen: 'staff-menu', by: '山田', errands: AT_GATE, owed: 0, notWell: 0 },
    {
      screen: 'staff-menu',
      by: '東ゲート夜間責任者（臨時）',
      errands: AT_GATE,
      owed: 128,
      notWell: 18,
    },
    { screen: 'staff-menu', by: '山田', errands: ['cases', 'health'], owed: 2, notWell: 0 },
    { screen: 'staff-menu', by: '山田', errands: WITH_STICK, owed: 128, notWell: 18 },
  ],
  'staff-ticket': [
    { screen: 'staff-ticket', errand: 'entry', typed: '0042-77' },
    { screen: 'staff-ticket', errand: 'undo', typed: '' },
    { screen: 'staff-ticket', errand: 'undo', typed: LONG_TICKET },
  ],
  'staff-confirm': [
    { screen: 'staff-confirm', errand: 'entry', ticket: '0042-7781', entered: null },
    { screen: 'staff-confirm', errand: 'entry', ticket: LONG_TICKET, entered: first },
    { screen: 'staff-confirm', errand: 'undo', ticket: '0042-7781', entered: first },
    { screen: 'staff-confirm', errand: 'undo', ticket: LONG_TICKET, entered: null },
  ],
  'staff-why': [
    { screen: 'staff-why', ticket: '0042-7781' },
    { screen: 'staff-why', ticket: LONG_TICKET },
  ],
  'staff-done': [
    { screen: 'staff-done', result: 'entered', subject: '0042-7781', first: null },
    ...(Object.keys(RESULTS) as StaffResult[]).map(
      (result) =>
        ({
          screen: 'staff-done',
          result,
          subject: LONG_TICKET,
          first: result === 'already-entered' ? first : null,
        }) as const,
    ),
  ],
  'staff-papers': [
    {
      screen: 'staff-papers',
      papers: [
        paper('0042-7781', 'owed', 1),
        paper('0042-7790', 'unknown', 2),
        paper(LONG_TICKET, 'owed', 3),
        paper('7', 'unknown', 4),
      ].slice(0, PAPERS_SHOWN_MAX),
      more: 124,
    },
    { screen: 'staff-papers', papers: [paper('0042-7781', 'owed')], more: 0 },
    { screen: 'staff-papers', papers: [], more: 0 },
  ],
  'staff-paper': [
    { screen: 'staff-paper', paper: paper('0042-7781', 'unknown') },
    { screen: 'staff-paper', paper: paper(LONG_TICKET, 'owed') },
  ],
  ...CASE_SAMPLES,
  'staff-health': [
    {
      screen: 'staff-health',
      checks: CHECK_IDS.map((id) => ({
        id,
        state: id === 'receipt-printer' ? 'not-well' : id === 'daemon' ? 'unknown' : 'ok',
      })),
    },
    { screen: 'staff-health', checks: CHECK_IDS.map((id) => ({ id, state: 'ok' })) },
    { screen: 'staff-health', checks: CHECK_IDS.map((id) => ({ id, state: 'not-well' })) },
    { screen: 'staff-health', checks: CHECK_IDS.map((id) => ({ id, state: 'unknown' })) },
    { screen: 'staff-health', checks: [] },
  ],
  'staff-stick': STICK_SAMPLES,
  'staff-leaving': [{ screen: 'staff-leaving', seconds: 20 }],
  ...KIOSK_SAMPLES,
  ...SHELTER_SAMPLES,
  ...TELEVISION_SAMPLES,
};

const TONES: Partial<Record<ScreenName, Tone>> = {
  hold: 'hold',
  welcome: 'done',
  'receipt-owed': 'done',
  refused: 'problem',
  result: 'done',
  'take-card': 'take',
  ...KIOSK_TONES,
  ...SHELTER_TONES,
  ...TELEVISION_TONES,
};

const TYPING = ['character', 'erase', 'enter', 'back'] as const;
const KEYS: Partial<Record<ScreenName, readonly KeyName[]>> = {
  waiting: ['staff'],
  closed: ['staff'],
  refused: ['staff'],
  pin: TYPING,
  'pin-last-try': ['enter', 'back'],
  'staff-pin': TYPING,
  'staff-menu': ['choose', 'back'],
  'staff-ticket': TYPING,
  'staff-confirm': ['enter', 'back'],
  'staff-why': ['choose', 'back'],
  'staff-done': ['back'],
  'staff-papers': ['choose', 'back'],
  'staff-paper': ['choose', 'back'],
  'staff-cases': ['choose', 'back'],
  'staff-case': ['choose', 'back'],
  'staff-case-why': ['choose', 'back'],
  'staff-health': ['back'],
  'staff-stick': ['choose', 'back'],
  'staff-leaving': ['stay', 'back'],
  ...KIOSK_KEYS,
  ...SHELTER_KEYS,
  ...TELEVISION_KEYS,
};

const PASSAGE = ['passed', 'not-passed'] as const;

/** In these samples an attendant is asked: the card is gone, there is no new paper, or it comes late. */
function keysOf(body: ScreenBody): readonly KeyName[] {
  const isAttended =
    (body.screen === 'welcome' && (body.name === null || !body.paper)) ||
    (body.screen === 'receipt-owed' && body.minutes > 60);
  return isAttended ? PASSAGE : (KEYS[body.screen] ?? []);
}

const WAYS: Readonly<Record<Language, ScreenFrame['ways']>> = {
  ja: { information: '右手の「総合案内」', otherGate: '左手の「西ゲート」' },
  'ja-simple': {
    information: '右《みぎ》の「案内《あんない》」',
    otherGate: '左《ひだり》の「西《にし》ゲート」',
  },
  en: { information: 'Information, on your right', otherGate: 'the West Gate, on your left' },
};

const SHELTER = { title: '汐見小学校 避難所', gate: '', startsAt: null };
const SHOP = { title: 'ひなた商店 汐見駅前店', gate: '証明書コーナー', startsAt: null };

export type FrameGiven = Partial<Omit<ScreenFrame, 'look'>> & {
  readonly look?: Partial<ScreenFrame['look']>;
};

function placeOf(screen: ScreenName, isKiosk: boolean): ScreenFrame['place'] {
  if (screen.startsWith('shelter-')) return SHELTER;
  return isKiosk ? SHOP : { title: '春の音楽祭', gate: '東ゲート', startsAt: EVENING };
}

/** What is around a sample, in Japanese on a small screen unless told otherwise. */
export function frameOf(body: ScreenBody, given: FrameGiven = {}): ScreenFrame {
  const { screen } = body;
  const isKiosk = given.look?.profile === 'kiosk';
  const keys = keysOf(body);
  // A kiosk waits with its menu.
  const canCall = isKiosk && screen !== 'waiting' && !screen.startsWith('staff-');
  return {
    number: 1,
    language: 'ja',
    sound: 'normal',
    tone: TONES[screen] ?? null,
    speech: null,
    keys: canCall && !keys.includes('call') ? [...keys, 'call'] : keys,
    called: false,
    place: placeOf(screen, isKiosk),
    ways: WAYS[given.language ?? 'ja'],
    colours: coloursOf(body),
    ...given,
    look: { profile: 'small', reader: 'down', ...given.look },
  };
}
