/**
 * Invented residents of 汐見市, as many as like: the same for the same seed. Ages, households and needs are as they are in a town by
 * the sea whose young people have left; names are common ones, put together by chance, and nobody's.
 */

import type { Need } from '../../src/domain/evacuation.ts';
import type { District } from './evacuee.ts';
import type { RegisterEntry } from './residents.ts';

/** Kanji and katakana. */
type Named = readonly [name: string, kana: string];

const named = (text: string): readonly Named[] =>
  text.split(' ').map((pair) => pair.split('/') as [string, string]);

const FAMILY_NAMES = named(
  '森川/モリカワ 津田/ツダ 古川/フルカワ 青木/アオキ 今泉/イマイズミ 北/キタ 杉浦/スギウラ 早瀬/ハヤセ 原口/ハラグチ 戸田/トダ ' +
    '浜田/ハマダ 磯部/イソベ 岸本/キシモト 大西/オオニシ 佐野/サノ 宮本/ミヤモト 谷口/タニグチ 松尾/マツオ 島田/シマダ 竹内/タケウチ ' +
    '川上/カワカミ 坂本/サカモト 西田/ニシダ 藤原/フジワラ 石井/イシイ 岡本/オカモト 三好/ミヨシ 多田/タダ 近藤/コンドウ 橋本/ハシモト ' +
    '吉田/ヨシダ 片山/カタヤマ 篠原/シノハラ 中川/ナカガワ 山口/ヤマグチ 小野/オノ 植田/ウエダ 久保/クボ 平野/ヒラノ 和田/ワダ',
);
const WOMEN = {
  old: named(
    'ハツ/ハツ シゲ/シゲ トミ/トミ 栄/サカエ 千代/チヨ ヤス/ヤス 文子/フミコ 節子/セツコ 和子/カズコ 幸子/サチコ 敏子/トシコ 芳江/ヨシエ',
  ),
  middle: named(
    '由紀子/ユキコ 恵子/ケイコ 真由美/マユミ 裕子/ユウコ 久美子/クミコ 明美/アケミ 直美/ナオミ 智子/トモコ 香織/カオリ 美穂/ミホ',
  ),
  young: named(
    '葵/アオイ 陽菜/ヒナ 結衣/ユイ さくら/サクラ 美咲/ミサキ 凛/リン 芽依/メイ 紬/ツムギ',
  ),
} as const;
const MEN = {
  old: named(
    '義一/ギイチ 実/ミノル 進/ススム 勝/マサル 清/キヨシ 茂/シゲル 正雄/マサオ 勇/イサム 昭二/ショウジ 武/タケシ',
  ),
  middle: named(
    '誠/マコト 健一/ケンイチ 浩/ヒロシ 隆/タカシ 修/オサム 聡/サトシ 大輔/ダイスケ 学/マナブ 剛/ツヨシ 和也/カズヤ',
  ),
  young: named(
    '蓮/レン 陽翔/ハルト 湊/ミナト 樹/イツキ 大和/ヤマト 颯太/ソウタ 悠真/ユウマ 新/アラタ',
  ),
} as const;
/** Those who came from elsewhere, and the language that helps them. */
const FROM_ELSEWHERE: readonly (readonly [...Named, language: string])[] = [
  ['ディアス マリア', 'ディアス マリア', 'ポルトガル語'],
  ['グエン ティ ラン', 'グエン ティ ラン', 'ベトナム語'],
  ['サントス ジョセフ', 'サントス ジョセフ', '英語'],
  ['王 偉', 'ワン ウェイ', '中国語'],
];

interface Household {
  readonly ages: readonly number[];
  /** Of a hundred. */
  readonly share: number;
}

/** Ages are years before a spread of a few years is laid over them. */
const HOUSEHOLDS: readonly Household[] = [
  { ages: [82], share: 17 },
  { ages: [58], share: 8 },
  { ages: [31], share: 9 },
  { ages: [76, 74], share: 20 },
  { ages: [54, 52], share: 10 },
  { ages: [41, 39, 9], share: 10 },
  { ages: [38, 36, 7, 4], share: 8 },
  { ages: [34, 32, 0], share: 5 },
  { ages: [60, 86], share: 6 },
  { ages: [49, 47, 16, 79], share: 7 },
];

export interface InventOptions {
  readonly count: number;
  readonly districts: readonly District[];
  /** A whole number; the same people for the same one. */
  readonly seed?: number;
  /** Ages are of this day; YYYY-MM-DD. */
  readonly today?: string;
}

/** Nobody has a card: their certificates are not invented. */
export function inventResidents(options: InventOptions): RegisterEntry[] {
  const { count, districts, seed = 1, today = '2026-04-01' } = options;
  const chance = chanceOf(seed);
  const people: RegisterEntry[] = [];
  for (let household = 1; people.length < count; household += 1) {
    const home = {
      household: `S-${String(household).padStart(6, '0')}`,
      district: chance.oneOf(districts),
      block: chance.below(12) + 1,
    };
    for (const member of inventHousehold(chance)) {
      if (people.length === count) break;
      people.push(entryOf(member, home, people.length + 1, today, chance));
    }
  }
  return people;
}

interface Member {
  readonly name: string;
  readonly kana: string;
  readonly age: number;
  readonly isAlone: boolean;
  /** Null: Japanese will do. */
  readonly language: string | null;
}

function inventHousehold(chance: Chance): Member[] {
  const { ages } = chance.byShare(HOUSEHOLDS);
  const isAlone = ages.length === 1;
  if (isAlone && (ages[0] ?? 0) < 40 && chance.happens(0.12)) {
    const [name, kana, language] = chance.oneOf(FROM_ELSEWHERE);
    return [{ name, kana, age: 22 + chance.below(18), isAlone, language }];
  }
  const [family, familyKana] = chance.oneOf(FAMILY_NAMES);
  const spread = chance.below(11) - 5;
  return ages.map((typical, place) => {
    const age = typical < 18 ? chance.below(typical + 3) : typical + spread;
    const names = (isAlone ? chance.happens(0.62) : place % 2 === 1) ? WOMEN : MEN;
    const given = names[age >= 66 ? 'old' : age >= 30 ? 'middle' : 'young'];
    const [name, kana] = chance.oneOf(given);
    const whole = { name: `${family} ${name}`, kana: `${familyKana} ${kana}` };
    return { ...whole, age, isAlone, language: null };
  });
}

function entryOf(
  { name, kana, age, isAlone, language }: Member,
  home: { readonly household: string; readonly district: District; readonly block: number },
  number: number,
  today: string,
  chance: Chance,
): RegisterEntry {
  const { household, district, block } = home;
  return {
    number: `9${String(number).padStart(7, '0')}`,
    fingerprint: null,
    ...{ name, kana, household, district: district.id },
    born: bornFor(age, today, chance),
    address: `${district.name} ${block}`,
    ...supportOf(age, isAlone, language, chance),
    protected: chance.happens(0.002),
  };
}

function supportOf(
  age: number,
  isAlone: boolean,
  language: string | null,
  chance: Chance,
): { readonly needs: readonly Need[]; readonly support: string } {
  if (language !== null) return { needs: ['language'], support: language };
  if (age < 2) return { needs: ['infant'], support: '赤ちゃん' };
  if (age >= 80 && chance.happens(0.5)) {
    const [support, need] = chance.oneOf(FRAILTIES);
    return { needs: need === null ? [] : [need], support };
  }
  if (age >= 75 && isAlone && chance.happens(0.7)) return { needs: [], support: 'ひとり暮らし' };
  if (chance.happens(0.012)) return { needs: ['wheelchair'], support: '車いす' };
  if (chance.happens(0.006)) return { needs: ['medicine'], support: '透析' };
  if (age >= 30 && chance.happens(0.05)) return { needs: ['pet'], support: '犬 1匹' };
  return { needs: [], support: '' };
}

const FRAILTIES: readonly (readonly [support: string, need: Need | null])[] = [
  ['足が痛い', null],
  ['車いす', 'wheelchair'],
  ['認知症', null],
  ['酸素', 'medicine'],
  ['耳が遠い', null],
  ['目が見えにくい', null],
  ['寝たきり', 'wheelchair'],
];

/** Somebody of this age on that day. */
function bornFor(age: number, today: string, chance: Chance): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCFullYear(day.getUTCFullYear() - age);
  day.setUTCDate(day.getUTCDate() - chance.below(360));
  return day.toISOString().slice(0, 10);
}

interface Chance {
  /** A whole number from 0 to less than `limit`. */
  below(limit: number): number;
  happens(probability: number): boolean;
  oneOf<T>(choices: readonly T[]): T;
  byShare<T extends { readonly share: number }>(choices: readonly T[]): T;
}

/** mulberry32: 32 bits of state are enough for a town. */
function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const chosen = <T>(choice: T | undefined): T => {
    if (choice === undefined) throw new RangeError('nothing to choose from');
    return choice;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    happens: (probability) => next() < probability,
    oneOf: (choices) => chosen(choices[Math.floor(next() * choices.length)]),
    byShare(choices) {
      let rest = next() * choices.reduce((sum, { share }) => sum + share, 0);
      const choice = choices.find(({ share }) => {
        rest -= share;
        return rest < 0;
      });
      return chosen(choice ?? choices.at(-1));
    },
  };
}
