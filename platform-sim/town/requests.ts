/** What a clerk can ask of the town: one vocabulary, checked once. */

import { z } from 'zod';
import type { Clerk } from './clerks.ts';

/** A page has no more lines. */
const ROWS_MAX = 100;
const SEARCH_MAX = 60;

const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u, 'one line of text');
const ref = z.string().regex(/^[0-9a-f]{32}$/u, 'a reference id');
const district = z.string().regex(/^[a-z0-9-]{0,40}$/u, 'the id of a district');
const id = z.string().min(1).max(200);

const sentence = line(120).min(1);
const DRAFT = z.strictObject({
  level: z.union([z.literal(3), z.literal(4), z.literal(5)]),
  drill: z.boolean(),
  districts: z.array(district.min(1)).min(1).max(32),
  /** Null: the desk's own words for that level. */
  what: z.strictObject({ ja: sentence, 'ja-simple': sentence, en: sentence }).nullable(),
  hours: z.int().min(1).max(48),
});
/** What an alert is composed of. */
export type AlertDraft = z.infer<typeof DRAFT>;

export const TOWN_REQUEST = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('view'),
    view: z.strictObject({
      district,
      search: line(SEARCH_MAX),
      from: z.int().min(0).max(1_000_000),
      count: z.int().min(1).max(ROWS_MAX),
    }),
  }),
  z.strictObject({ do: z.literal('person'), ref }),
  /** The whole list of this district, to be printed. */
  z.strictObject({ do: z.literal('print'), district }),
  /** Empty: nobody any more. */
  z.strictObject({ do: z.literal('assign'), ref, who: line(40) }),
  z.strictObject({ do: z.literal('unlisted') }),
  z.strictObject({ do: z.literal('propose'), draft: DRAFT }),
  /** `document`: SHA-256 of what was read. */
  z.strictObject({
    do: z.literal('consent'),
    id,
    document: z.string().regex(/^[0-9a-f]{64}$/u, 'a SHA-256'),
  }),
  z.strictObject({ do: z.literal('withdraw'), id }),
  /** 解除, or 取消 because it was a mistake: proposed like an alert. `alert`: its first message. */
  z.strictObject({ do: z.literal('end'), alert: id, why: z.enum(['all-clear', 'cancel']) }),
  /** Facts count from now on. `since`: from when they count as the page shows it, for somebody else may have begun meanwhile. */
  z.strictObject({ do: z.literal('begin'), since: z.int().min(0) }),
  /** Somebody is there. */
  z.strictObject({ do: z.literal('stay') }),
]);
export type TownRequest = z.infer<typeof TOWN_REQUEST>;

export const FROM_TOWN_PAGE = z.strictObject({
  type: z.literal('ask'),
  id: z.int().positive(),
  request: TOWN_REQUEST,
});

/** Whether this is for operators alone. */
export function needsOperator({ do: what }: TownRequest): boolean {
  return (
    what !== 'view' &&
    what !== 'person' &&
    what !== 'print' &&
    what !== 'stay' &&
    what !== 'unlisted'
  );
}

/** Why not; null: they may. */
export function refusalFor(request: TownRequest, clerk: Clerk): string | null {
  if (!needsOperator(request) || clerk.role === 'operator') return null;
  return '操作の権限がありません。';
}
