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
  /** Id of the district in the municipality's plan. */
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
  /** Its name in English. */
  readonly english: string;
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
