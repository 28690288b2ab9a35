/**
 * Invented people who live alone and are the only ones in their family register: most are there for their name or for what
 * a kiosk must refuse them. A name's variation selectors are written out, since nobody sees them: U+E0102 and after choose
 * a form of the Moji_Joho collection, as IPAmj Mincho has them; U+E0100 one of Adobe-Japan1, which that font does not have.
 */

import { member, register } from './family-entries.ts';
import { municipalityOf, placeOf } from './municipalities.ts';
import type { FamilyRegister, Household, HouseholdMember } from './records.ts';
import { lotNumber } from './wording.ts';

interface LonePerson {
  /** As platform-sim/people.ts calls them, and the kiosk's part of the street. */
  readonly person: string;
  readonly family: string;
  readonly given: string;
  /** Hiragana, a space between both. */
  readonly kana: string;
  /** YYYY-MM-DD */
  readonly born: string;
  readonly gender: '男' | '女';
  /** 本籍: municipality, town, number. */
  readonly domicile: readonly [municipality: string, town: string, number: string];
  /** Where and since when they live. */
  readonly home: readonly [municipality: string, address: string, since: string];
  readonly standing?: HouseholdMember['standing'];
  /** YYYY-MM-DD */
  readonly died?: string;
  readonly filing?: boolean;
  readonly seal?: HouseholdMember['seal'];
  /** Yen, in a year. */
  readonly income?: number;
}

const KAZASU = '990037';
/** To the third part, as taxes of this simulation go. */
const DEDUCTED = 3;
const CITY_TAX = 0.06;
const PREFECTURE_TAX = 0.04;
const LATER = '2019-05-01';
const HIRAGANA = /[\u3041-\u3096]/gu;
const KATAKANA_AFTER = 0x60;

export const LONE_PEOPLE: readonly LonePerson[] = [
  {
    ...{ person: 'nagihara-midori', family: '凪原', given: 'みどり', kana: 'なぎはら みどり' },
    ...{ born: '1958-05-04', gender: '女', domicile: ['990045', '大字凪', '8-2'] },
    home: [KAZASU, '輪の里11番地', '1981-04-01'],
    seal: { number: '004417', on: '1999-06-07' },
    income: 1_560_000,
  },
  {
    ...{ person: 'sarashina-arata', family: '更科', given: '新', kana: 'さらしな あらた' },
    ...{ born: '1979-01-01', gender: '男', domicile: [KAZASU, '輪の里', '5'] },
    home: [KAZASU, '輪の里5番地', '1979-01-01'],
    seal: { number: '010533', on: '2009-02-03' },
  },
  {
    ...{ person: 'futada-kae', family: '二田', given: 'かえ', kana: 'ふただ かえ' },
    ...{ born: '1988-02-02', gender: '女', domicile: [KAZASU, '駅前一丁目', '3'] },
    home: [KAZASU, '駅前一丁目3番9号', '2010-10-01'],
    filing: true,
  },
  {
    ...{ person: 'rusu-iemi', family: '留守', given: '家美', kana: 'るす いえみ' },
    ...{ born: '1994-08-15', gender: '女', domicile: ['990011', '字湯ノ口', '140'] },
    home: [KAZASU, '風見町2番2号', '2017-04-01'],
    standing: 'moving-out',
  },
  {
    ...{ person: 'nakatsugi-yuku', family: '中継', given: 'ゆく', kana: 'なかつぎ ゆく' },
    ...{ born: '1977-12-31', gender: '男', domicile: ['990061', '字北雪', '1'] },
    home: [KAZASU, '駅前二丁目4番4号', '2011-03-28'],
  },
  {
    ...{ person: 'kuzuhara-sae', family: '葛\u{E0102}原', given: '冴', kana: 'くずはら さえ' },
    ...{ born: '1986-03-14', gender: '女', domicile: ['990029', '港一丁目', '9'] },
    home: ['990029', '港一丁目9番3号', '2008-04-01'],
    seal: { number: '020101', on: '2012-12-12' },
  },
  {
    ...{ person: 'kuzumi-ren', family: '葛\u{E0100}見', given: '蓮', kana: 'くずみ れん' },
    ...{ born: '1992-07-01', gender: '男', domicile: ['990029', '港二丁目', '10-4'] },
    home: [KAZASU, '風見町9番1号', '2016-09-01'],
  },
  {
    ...{ person: 'takasaki-hiro', family: '髙﨑', given: '洋', kana: 'たかさき ひろ' },
    ...{ born: '1969-11-11', gender: '男', domicile: ['990053', '岬', '2'] },
    home: ['990029', '浜通17番地', '1995-04-01'],
    seal: { number: '001969', on: '1995-04-10' },
    income: 5_340_000,
  },
  {
    ...{ person: 'yoshino-kei', family: '𠮷野', given: '圭', kana: 'よしの けい' },
    ...{ born: '2001-09-09', gender: '男', domicile: [KAZASU, '風見町', '18'] },
    home: [KAZASU, '風見町18番地', '2001-09-09'],
    seal: { number: '031818', on: '2022-09-09' },
  },
  {
    ...{ person: 'watanabe-ikuno', family: '渡邉\u{E0110}', given: '郁乃' },
    ...{ kana: 'わたなべ いくの', born: '1975-10-10', gender: '女' },
    domicile: ['990011', '大字鷹ノ沢', '306'],
    home: ['990011', '大字鷹ノ沢306番地', '1975-10-10'],
    seal: { number: '000306', on: '1996-10-11' },
  },
  {
    // Unicode's normalisation would make the first character U+795E, which is another form of it.
    ...{ person: 'kamiya-toru', family: '\u{FA19}谷', given: '透', kana: 'かみや とおる' },
    ...{ born: '1983-06-21', gender: '男', domicile: [KAZASU, '輪の里', '40'] },
    home: [KAZASU, '輪の里40番地', '1983-06-21'],
    seal: { number: '014040', on: '2003-07-01' },
  },
  {
    ...{ person: 'byanda-men', family: '𰻞田', given: 'めん', kana: 'びゃんだ めん' },
    ...{ born: '1995-05-25', gender: '女', domicile: ['990053', '浜中', '7'] },
    home: [KAZASU, '駅前二丁目8番8号', '2018-04-01'],
  },
  {
    person: 'jugemu-nagasuke',
    family: '寿限無',
    given: '寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子',
    ...{ kana: 'じゅげむ ながすけ', born: '1990-01-01', gender: '男' },
    domicile: [KAZASU, '輪の里', '77'],
    home: [KAZASU, '輪の里77番地', '1990-01-01'],
  },
  {
    ...{ person: 'nakii-hitoshi', family: '亡井', given: '人志', kana: 'なきい ひとし' },
    ...{ born: '1940-02-11', gender: '男', domicile: [KAZASU, '駅前二丁目', '12'] },
    home: [KAZASU, '駅前二丁目12番1号', '1970-04-01'],
    standing: 'holder-deceased',
    died: '2026-10-30',
  },
  {
    ...{ person: 'kakurega-shizuka', family: '隠家', given: '静', kana: 'かくれが しずか' },
    ...{ born: '1987-04-04', gender: '女', domicile: [KAZASU, '風見町', '61'] },
    home: [KAZASU, '風見町61番地', '2024-02-01'],
    standing: 'counter-only',
  },
  {
    ...{ person: 'arai-kado', family: '新井', given: 'かど', kana: 'あらい かど' },
    ...{ born: '1999-12-01', gender: '男', domicile: [KAZASU, '輪の里', '2'] },
    home: [KAZASU, '輪の里2番地', '1999-12-01'],
    standing: 'card-too-new',
  },
];

export function registerOf(person: LonePerson): FamilyRegister {
  const { family, given, kana, born, died } = person;
  const [municipality, town, number] = person.domicile;
  const [familyKana = '', givenKana = ''] = kana.split(' ');
  const place = municipalityOf(municipality).name;
  const parents = { father: `${family} 太一`, mother: `${family} 和子` };
  const alone = member(
    `family/${person.person}`,
    given,
    { ...parents, born, relation: person.gender === '男' ? '長男' : '長女', place },
    {
      addresses: [[`${placeOf(person.home[0])}${person.home[1]}`, person.home[2]]],
      ...(died !== undefined && { died: { on: died, at: place, by: '親族' } }),
    },
  );
  const head = { family, given, familyKana, givenKana };
  const dates = born < LATER ? { reformed: '2004-03-13' } : { compiled: born };
  return register({ municipality, town, number, head }, dates, [alone], person.filing);
}

export function householdOf(person: LonePerson): Household {
  const { family, given, kana, born, gender, income = 2_880_000, seal = null } = person;
  const [municipality, address, since] = person.home;
  const [at, town, number] = person.domicile;
  const name = `${family} ${given}`;
  return {
    ...{ municipality, address, head: name },
    members: [
      {
        ...{
          id: `resident/${person.person}`,
          name,
          kana: katakana(kana),
          born,
          gender,
          since,
          seal,
        },
        relation: '世帯主',
        domicile: `${placeOf(at)}${town}${lotNumber(number)}`,
        domicileHead: name,
        tax: taxOn(income),
        standing: person.standing ?? null,
      },
    ],
  };
}

/** `income`: yen. */
export function taxOn(income: number): HouseholdMember['tax'] {
  const deductions = Math.round(income / DEDUCTED);
  const taxed = income - deductions;
  return {
    ...{ income, deductions },
    cityTax: hundreds(taxed * CITY_TAX),
    prefectureTax: hundreds(taxed * PREFECTURE_TAX),
  };
}

export function katakana(hiragana: string): string {
  return hiragana.replaceAll(HIRAGANA, (sound) =>
    String.fromCodePoint((sound.codePointAt(0) ?? 0) + KATAKANA_AFTER),
  );
}

function hundreds(amount: number): number {
  return Math.floor(amount / 100) * 100;
}
