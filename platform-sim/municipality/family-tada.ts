/** A family register with twelve people in it: its certificate needs several pages. */

import { member, register } from './family-entries.ts';
import type { FamilyRegister } from './records.ts';

const PARENTS = { father: '多田 満', mother: '多田 花江' };
const HOME = '南潮県燈ヶ浜市浜中55番地';
const PLACE = '燈ヶ浜市';

/** Given name, born, relation, and whom some of them married, into which register. */
const CHILDREN: readonly (readonly [string, string, string, string?, string?])[] = [
  ['一郎', '1971-01-01', '長男', '浦野 岬', '汐見市汐見町三番地'],
  ['二葉', '1972-02-02', '長女', '沖 渡', '風待村大字凪二番地'],
  ['三郎', '1973-03-03', '二男'],
  ['四葉', '1974-04-04', '二女', '峰 岳', '鷹ノ沢町字上ノ原九十番地'],
  ['五郎', '1975-05-05', '三男'],
  ['六花', '1976-06-06', '三女'],
  ['七海', '1977-07-07', '四女', '丸 進', 'かざす市輪の里三番地'],
  ['八郎', '1978-08-08', '四男'],
  ['九美', '1979-09-09', '五女'],
  ['十和', '1980-10-10', '六女'],
];

export const BIG_FAMILY: FamilyRegister = register(
  {
    municipality: '990053',
    town: '浜中',
    number: '55',
    head: { family: '多田', given: '満', familyKana: 'ただ', givenKana: 'みつる' },
  },
  { reformed: '2006-01-21' },
  [
    member(
      'family/tada-mitsuru',
      '満',
      {
        born: '1946-11-22',
        father: '多田 久',
        mother: '多田 キク',
        relation: '長男',
        place: PLACE,
      },
      {
        married: { on: '1970-01-15', to: '浜 花江', from: '燈ヶ浜市浜中一番地　多田久' },
        addresses: [
          [HOME, '1970-01-15'],
          ['中津原県かざす市輪の里60番地', '2020-06-01'],
        ],
      },
    ),
    member(
      'family/tada-hanae',
      '花江',
      { born: '1948-12-01', father: '浜 三吉', mother: '浜 ヨシ', relation: '二女', place: PLACE },
      {
        married: { on: '1970-01-15', to: '多田 満', from: '燈ヶ浜市岬三番地　浜三吉' },
        died: { on: '2019-08-30', at: PLACE, by: '夫' },
      },
    ),
    ...CHILDREN.map(([given, born, relation, to, into], place) =>
      member(
        `family/tada-${place + 1}`,
        given,
        { ...PARENTS, born, relation, place: PLACE },
        {
          addresses: [[HOME, born]],
          ...(to !== undefined &&
            into !== undefined && {
              marriedOut: { on: `20${10 + place}-05-05`, to, into },
            }),
        },
      ),
    ),
  ],
);
