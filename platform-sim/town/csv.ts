/** Tables to take away: UTF-8 with a byte order mark, as Japanese spreadsheets want it, and RFC 4180. */

import { timeInJapan } from '../../src/domain/japan-time.ts';
import type { Shelter } from '../evacuation/evacuee.ts';
import type { RowShown, ShelterShown, TownState } from './messages.ts';

/**
 * The columns of 指定緊急避難場所一覧 in the municipalities' standard open data set (自治体標準オープンデータセット, デジタル庁), in
 * their order. What is not known here stays empty; how many people are there now is a remark, for it has no column.
 */
export const SHELTER_COLUMNS = [
  ...[
    '全国地方公共団体コード',
    'ID',
    '名称',
    '名称_カナ',
    '名称_英字',
    '所在地_全国地方公共団体コード',
  ],
  ...[
    '町字ID',
    '所在地_連結表記',
    '所在地_都道府県',
    '所在地_市区町村',
    '所在地_町字',
    '所在地_番地以下',
  ],
  ...['建物名等(方書)', '緯度', '経度', '標高', '電話番号', '内線番号', '連絡先メールアドレス'],
  ...[
    '連絡先FormURL',
    '連絡先備考（その他、SNSなど）',
    '郵便番号',
    '市区町村コード',
    '地方公共団体名',
  ],
  ...['災害種別_洪水', '災害種別_崖崩れ、土石流及び地滑り', '災害種別_高潮', '災害種別_地震'],
  ...['災害種別_津波', '災害種別_大規模な火事', '災害種別_内水氾濫', '災害種別_火山現象'],
  ...[
    '指定避難所との重複',
    '想定収容人数',
    '対象となる町会・自治会',
    'URL',
    '画像',
    '画像_ライセンス',
    '備考',
  ],
] as const;
type ShelterColumn = (typeof SHELTER_COLUMNS)[number];

const BYTE_ORDER_MARK = '\ufeff';
/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/u;

/** `shown` says how many are there, by the id of the shelter. */
export function shelterTable(
  municipality: TownState['municipality'],
  shelters: readonly Shelter[],
  shown: readonly ShelterShown[],
  now: number,
): string {
  const lines = shelters.map((shelter) => {
    const state = shown.find(({ id }) => id === shelter.id);
    const [longitude, latitude] = shelter.at;
    const fields: Partial<Record<ShelterColumn, string>> = {
      全国地方公共団体コード: municipality.code,
      ID: shelter.id,
      名称: shelter.name,
      名称_カナ: shelter.kana,
      名称_英字: shelter.english,
      所在地_全国地方公共団体コード: municipality.code,
      所在地_連結表記: shelter.address,
      所在地_市区町村: municipality.name,
      緯度: String(latitude),
      経度: String(longitude),
      地方公共団体名: municipality.name,
      想定収容人数: String(shelter.capacity),
      備考: state === undefined ? '' : `避難者${state.people}人（${timeOf(now)}現在）`,
    };
    return SHELTER_COLUMNS.map((column) => fields[column] ?? '');
  });
  return table([SHELTER_COLUMNS, ...lines]);
}

const STANDINGS = { help: '助けが必要', unknown: '返事なし', leaving: '避難中', safe: '無事' };

/** People who are not accounted for. */
export function openTable(rows: readonly RowShown[]): string {
  const header = ['状況', '氏名', '年齢', '住まい', '最後の連絡', '必要な支援', '担当'];
  const lines = rows.map(({ standing, name, age, address, last, support, assigned }) => [
    STANDINGS[standing],
    name,
    String(age),
    address ?? '非公開',
    last === null ? '' : timeOf(last.at),
    support,
    assigned,
  ]);
  return table([header, ...lines]);
}

function table(lines: readonly (readonly string[])[]): string {
  return `${BYTE_ORDER_MARK}${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** 2026-11-21 17:02, in Japan. */
function timeOf(at: number): string {
  return timeInJapan(at).slice(0, 16);
}
