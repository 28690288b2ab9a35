/** The family registers (戸籍) of the simulation. All of them are invented. */

import { member, register } from './family-entries.ts';
import { BIG_FAMILY } from './family-tada.ts';
import { LONE_PEOPLE, registerOf } from './lone-people.ts';
import type { FamilyRegister } from './records.ts';

const FAMILIES: readonly FamilyRegister[] = [
  register(
    {
      municipality: '990011',
      town: '字上ノ原',
      number: '12',
      head: { family: '風見', given: '太郎', familyKana: 'かざみ', givenKana: 'たろう' },
    },
    { compiled: '2012-06-03' },
    [
      member(
        'family/kazami-taro',
        '太郎',
        {
          born: '1985-04-18',
          father: '風見 正夫',
          mother: '風見 きよ子',
          relation: '長男',
          place: '鷹ノ沢町',
        },
        {
          married: { on: '2012-06-03', to: '山瀬 美波', from: '鷹ノ沢町字上ノ原四番地　風見正夫' },
          addresses: [
            ['北嶺県鷹ノ沢町字上ノ原12番地', '2012-06-03'],
            ['中津原県かざす市風見町3番8号', '2019-04-01'],
          ],
        },
      ),
      member(
        'family/kazami-minami',
        '美波',
        {
          born: '1987-09-30',
          father: '山瀬 渉',
          mother: '山瀬 のり子',
          relation: '二女',
          place: '汐見市',
        },
        {
          married: { on: '2012-06-03', to: '風見 太郎', from: '汐見市浜通二番地　山瀬渉' },
          addresses: [
            ['北嶺県鷹ノ沢町字上ノ原12番地', '2012-06-03'],
            ['中津原県かざす市風見町3番8号', '2019-04-01'],
          ],
        },
      ),
      member(
        'family/kazami-nagi',
        '凪',
        {
          born: '2018-07-07',
          father: '風見 太郎',
          mother: '風見 美波',
          relation: '長女',
          place: '鷹ノ沢町',
        },
        {
          addresses: [
            ['北嶺県鷹ノ沢町字上ノ原12番地', '2018-07-07'],
            ['中津原県かざす市風見町3番8号', '2019-04-01'],
          ],
        },
      ),
    ],
  ),
  register(
    {
      municipality: '990029',
      town: '浜通',
      number: '204',
      head: { family: '佐藤', given: '健', familyKana: 'さとう', givenKana: 'けん' },
    },
    { reformed: '2003-02-22' },
    [
      member(
        'family/sato-ken',
        '健',
        {
          born: '1957-01-12',
          father: '佐藤 義一',
          mother: '佐藤 ハル',
          relation: '二男',
          place: '汐見市',
        },
        { married: { on: '1986-11-03', to: '小川 道子', from: '汐見市浜通二百番地　佐藤義一' } },
      ),
      member(
        'family/sato-michiko',
        '道子',
        {
          born: '1960-03-03',
          father: '小川 進',
          mother: '小川 トメ',
          relation: '三女',
          place: '汐見市',
        },
        { married: { on: '1986-11-03', to: '佐藤 健', from: '汐見市汐見町十番地　小川進' } },
      ),
      member(
        'family/sato-hanako',
        '花子',
        {
          born: '1990-04-01',
          father: '佐藤 健',
          mother: '佐藤 道子',
          relation: '長女',
          place: '汐見市',
        },
        {
          addresses: [
            ['南潮県汐見市浜通204番地', '1990-04-01'],
            ['中津原県かざす市駅前一丁目6番2号', '2014-03-25'],
          ],
        },
      ),
      member(
        'family/sato-yui',
        '結衣',
        {
          born: '1993-12-24',
          father: '佐藤 健',
          mother: '佐藤 道子',
          relation: '二女',
          place: '汐見市',
        },
        {
          marriedOut: { on: '2020-02-22', to: '浜田 海斗', into: '汐見市港一丁目四番地' },
        },
      ),
    ],
  ),
  register(
    {
      municipality: '990053',
      town: '燈町',
      number: '31',
      head: { family: '灯野', given: '誠', familyKana: 'ともしの', givenKana: 'まこと' },
    },
    { compiled: '2013-05-05' },
    [
      member(
        'family/tomoshino-makoto',
        '誠',
        {
          born: '1982-08-13',
          father: '灯野 勇',
          mother: '灯野 桂子',
          relation: '長男',
          place: '燈ヶ浜市',
        },
        {
          married: { on: '2013-05-05', to: '潮路 夕子', from: '燈ヶ浜市燈町二番地　灯野勇' },
          addresses: [['中津原県かざす市駅前二丁目1番5号', '2015-04-01']],
        },
      ),
      member(
        'family/tomoshino-yuko',
        '夕子',
        {
          born: '1984-10-20',
          father: '潮路 かなめ',
          mother: '潮路 波江',
          relation: '長女',
          place: '風待村',
        },
        {
          married: {
            on: '2013-05-05',
            to: '灯野 誠',
            from: '風待村大字風待七十七番地　潮路かなめ',
          },
          addresses: [['中津原県かざす市駅前二丁目1番5号', '2015-04-01']],
        },
      ),
      member(
        'family/tomoshino-sora',
        'そら',
        {
          born: '2016-05-05',
          father: '灯野 誠',
          mother: '灯野 夕子',
          relation: '長男',
          place: 'かざす市',
        },
        { addresses: [['中津原県かざす市駅前二丁目1番5号', '2016-05-05']] },
      ),
    ],
  ),
  register(
    {
      municipality: '990045',
      town: '大字風待',
      number: '77',
      head: { family: '潮路', given: 'かなめ', familyKana: 'しおじ', givenKana: 'かなめ' },
    },
    { reformed: '2005-11-19' },
    [
      member(
        'family/shioji-kaname',
        'かなめ',
        {
          born: '1955-06-01',
          father: '潮路 源',
          mother: '潮路 サワ',
          relation: '長男',
          place: '風待村',
        },
        { died: { on: '2021-01-15', at: '燈ヶ浜市', by: '親族　潮路ふい' } },
      ),
      member(
        'family/shioji-yuko',
        '夕子',
        {
          born: '1984-10-20',
          father: '潮路 かなめ',
          mother: '潮路 波江',
          relation: '長女',
          place: '風待村',
        },
        { marriedOut: { on: '2013-05-05', to: '灯野 誠', into: '燈ヶ浜市燈町三十一番地' } },
      ),
      member(
        'family/shioji-fui',
        'ふい',
        {
          born: '1991-02-28',
          father: '潮路 かなめ',
          mother: '潮路 波江',
          relation: '長男',
          place: '風待村',
        },
        { addresses: [['中津原県かざす市駅前二丁目1番5号', '2022-04-01']] },
      ),
    ],
  ),
];

export const FAMILY_REGISTERS: readonly FamilyRegister[] = [
  ...FAMILIES,
  BIG_FAMILY,
  ...LONE_PEOPLE.map(registerOf),
];
