/** A resident as the municipality knows them when people have to leave. */

import type { Need } from '../../src/domain/evacuation.ts';

export interface Evacuee {
  /** 16 random bytes, hex: of their row on every list, whatever card they have. */
  readonly ref: string;
  /** A space between family name and given name. */
  readonly name: string;
  readonly kana: string;
  /** YYYY-MM-DD */
  readonly born: string;
  /** Id of the district (districts.ts). */
  readonly district: string;
  /** 川原町 3 */
  readonly address: string;
  /** Same for all of a household. */
  readonly household: string;
  readonly needs: readonly Need[];
  /** In the words of whoever wrote it down: 足が痛い. Empty: nothing. */
  readonly support: string;
  /** Whose whereabouts nobody is told (支援措置). */
  readonly protected: boolean;
}

/** A place that takes people in. */
export interface Shelter {
  readonly id: string;
  readonly name: string;
  readonly kana: string;
  readonly address: string;
  /** People. */
  readonly capacity: number;
  readonly district: string;
  /** Longitude and latitude. */
  readonly at: readonly [longitude: number, latitude: number];
}

export interface District {
  readonly id: string;
  readonly name: string;
  readonly kana: string;
}

/** 汐見市, which is on no map. */
export const SHIOMI_CODE = '990029';

export const SHIOMI_DISTRICTS: readonly District[] = [
  { id: 'kitayama', name: '北山', kana: 'きたやま' },
  { id: 'shiomicho', name: '汐見町', kana: 'しおみちょう' },
  { id: 'kawara', name: '川原町', kana: 'かわらちょう' },
  { id: 'minato', name: '港町', kana: 'みなとちょう' },
  { id: 'hama', name: '浜町', kana: 'はまちょう' },
];

const at = (longitude: number, latitude: number): Shelter['at'] => [longitude, latitude];

export const SHIOMI_SHELTERS: readonly Shelter[] = [
  {
    id: 'shiomi-elementary',
    name: '汐見小学校',
    kana: 'しおみしょうがっこう',
    address: '汐見市汐見町2',
    capacity: 420,
    district: 'shiomicho',
    at: at(134.612, 33.804),
  },
  {
    id: 'aomatsu-junior',
    name: '青松中学校',
    kana: 'あおまつちゅうがっこう',
    address: '汐見市川原町9',
    capacity: 400,
    district: 'kawara',
    at: at(134.603, 33.799),
  },
  {
    id: 'minato-hall',
    name: '港町公民館',
    kana: 'みなとちょうこうみんかん',
    address: '汐見市港町4',
    capacity: 150,
    district: 'minato',
    at: at(134.621, 33.797),
  },
  {
    id: 'hama-hall',
    name: '浜町集会所',
    kana: 'はまちょうしゅうかいじょ',
    address: '汐見市浜町5',
    capacity: 60,
    district: 'hama',
    at: at(134.611, 33.792),
  },
  {
    id: 'kawara-nursery',
    name: '川原保育所',
    kana: 'かわらほいくしょ',
    address: '汐見市川原町6',
    capacity: 60,
    district: 'kawara',
    at: at(134.605, 33.8),
  },
  {
    id: 'kitayama-high',
    name: '北山高校',
    kana: 'きたやまこうこう',
    address: '汐見市北山1',
    capacity: 900,
    district: 'kitayama',
    at: at(134.599, 33.81),
  },
  {
    id: 'civic-hall',
    name: '汐見市民会館',
    kana: 'しおみしみんかいかん',
    address: '汐見市汐見町7',
    capacity: 500,
    district: 'shiomicho',
    at: at(134.614, 33.803),
  },
];
