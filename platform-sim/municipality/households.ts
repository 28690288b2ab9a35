/** The residents' records (住民票) of the simulation, household by household. All of them are invented. */

import { householdOf, LONE_PEOPLE, taxOn } from './lone-people.ts';
import { placeOf } from './municipalities.ts';
import type { Household, HouseholdMember } from './records.ts';

const NO_INCOME = taxOn(0);

/** Of a family whose register is elsewhere. */
const KAZAMI: Pick<HouseholdMember, 'domicile' | 'domicileHead' | 'standing'> = {
  domicile: `${placeOf('990011')}字上ノ原十二番地`,
  domicileHead: '風見 太郎',
  standing: null,
};
const TOMOSHINO: typeof KAZAMI = {
  domicile: `${placeOf('990053')}燈町三十一番地`,
  domicileHead: '灯野 誠',
  standing: null,
};

const FAMILIES: readonly Household[] = [
  {
    municipality: '990037',
    address: '駅前一丁目6番2号',
    head: '佐藤 花子',
    members: [
      {
        ...{ id: 'resident/sato-hanako', name: '佐藤 花子', kana: 'サトウ ハナコ' },
        ...{ born: '1990-04-01', gender: '女', relation: '世帯主', since: '2014-03-25' },
        domicile: `${placeOf('990029')}浜通二百四番地`,
        domicileHead: '佐藤 健',
        seal: { number: '021187', on: '2014-04-02' },
        tax: taxOn(3_960_000),
        standing: null,
      },
    ],
  },
  {
    municipality: '990037',
    address: '風見町3番8号',
    head: '風見 太郎',
    members: [
      {
        ...{ id: 'resident/kazami-taro', name: '風見 太郎', kana: 'カザミ タロウ' },
        ...{ born: '1985-04-18', gender: '男', relation: '世帯主', since: '2019-04-01' },
        ...KAZAMI,
        seal: { number: '022504', on: '2019-04-08' },
        tax: taxOn(4_620_000),
      },
      {
        ...{ id: 'resident/kazami-minami', name: '風見 美波', kana: 'カザミ ミナミ' },
        ...{ born: '1987-09-30', gender: '女', relation: '妻', since: '2019-04-01' },
        ...KAZAMI,
        seal: null,
        tax: taxOn(2_100_000),
      },
      {
        ...{ id: 'resident/kazami-nagi', name: '風見 凪', kana: 'カザミ ナギ' },
        ...{ born: '2018-07-07', gender: '女', relation: '子', since: '2019-04-01' },
        ...KAZAMI,
        seal: null,
        tax: NO_INCOME,
      },
    ],
  },
  // One household whose members are in two family registers: the wife's brother is in that of their father.
  {
    municipality: '990037',
    address: '駅前二丁目1番5号',
    head: '灯野 誠',
    members: [
      {
        ...{ id: 'resident/tomoshino-makoto', name: '灯野 誠', kana: 'トモシノ マコト' },
        ...{ born: '1982-08-13', gender: '男', relation: '世帯主', since: '2015-04-01' },
        ...TOMOSHINO,
        seal: { number: '018213', on: '2015-04-03' },
        tax: taxOn(5_100_000),
      },
      {
        ...{ id: 'resident/tomoshino-yuko', name: '灯野 夕子', kana: 'トモシノ ユウコ' },
        ...{ born: '1984-10-20', gender: '女', relation: '妻', since: '2015-04-01' },
        ...TOMOSHINO,
        seal: { number: '018214', on: '2015-04-03' },
        tax: taxOn(4_440_000),
      },
      {
        ...{ id: 'resident/tomoshino-sora', name: '灯野 そら', kana: 'トモシノ ソラ' },
        ...{ born: '2016-05-05', gender: '男', relation: '子', since: '2016-05-05' },
        ...TOMOSHINO,
        seal: null,
        tax: NO_INCOME,
      },
      {
        ...{ id: 'resident/shioji-fui', name: '潮路 ふい', kana: 'シオジ フイ' },
        ...{ born: '1991-02-28', gender: '男', relation: '妻の弟', since: '2022-04-01' },
        domicile: `${placeOf('990045')}大字風待七十七番地`,
        domicileHead: '潮路 かなめ',
        seal: null,
        tax: taxOn(2_700_000),
        standing: null,
      },
    ],
  },
  {
    municipality: '990037',
    address: '輪の里60番地',
    head: '多田 満',
    members: [
      {
        ...{ id: 'resident/tada-mitsuru', name: '多田 満', kana: 'タダ ミツル' },
        ...{ born: '1946-11-22', gender: '男', relation: '世帯主', since: '2020-06-01' },
        domicile: `${placeOf('990053')}浜中五十五番地`,
        domicileHead: '多田 満',
        seal: null,
        tax: taxOn(1_440_000),
        standing: null,
      },
    ],
  },
];

export const HOUSEHOLDS: readonly Household[] = [...FAMILIES, ...LONE_PEOPLE.map(householdOf)];
