/**
 * What a CAP document says, as this project means it (docs/alerts.md): one message about one alert, with a part for each group
 * of districts, since the next shelter and the way there differ.
 */

import { z } from 'zod';
import {
  ALERT_LEVELS,
  type AlertMapFeature,
  type AlertShelter,
  type Worded,
} from '../domain/alert.ts';
import type { Language } from '../domain/screen.ts';
import { DISTRICT_ID, MUNICIPALITY_CODE } from '../link/alert-protocol.ts';
import { AlertError } from './alert-error.ts';
import { type CapAlert, type CapInfo, readCap, referencesOf } from './cap.ts';
import { readGeoMap } from './geo-map.ts';

const LEVEL = 'urn:kazasu:level';
const SHELTER = 'urn:kazasu:shelter';
const DISTRICT = 'urn:kazasu:district';
/** city-990029.lg.example */
const SENDER = /^city-(\d{6})\.lg\.example$/u;
const MAP_TYPE = 'application/geo+json';
const SHELTERS_MAX = 8;
const DAY_MS = 86_400_000;
/** Nobody knows what will be true later than that; whoever means it longer extends the alert. */
const LIFE_MS_MAX = 7 * DAY_MS;

const worded = z.strictObject({ ja: z.string(), 'ja-simple': z.string(), en: z.string() });
const mapPoint = z.tuple([z.number(), z.number()]);
const mapFeature: z.ZodType<AlertMapFeature> = z.union([
  z.strictObject({ is: z.enum(['road', 'closed', 'route']), points: z.array(mapPoint) }),
  z.strictObject({ is: z.enum(['water', 'danger']), points: z.array(mapPoint) }),
  z.strictObject({ is: z.enum(['home', 'shelter']), at: mapPoint }),
]);

const PART = z.strictObject({
  districts: z.array(DISTRICT_ID).min(1),
  level: z.literal(ALERT_LEVELS),
  what: worded,
  shelters: z.array(
    z.strictObject({
      id: DISTRICT_ID,
      name: worded,
      way: worded,
      minutes: z.int().nullable(),
    }),
  ),
  map: z.array(mapFeature),
});
/** What holds for some of the districts. */
export type AlertPart = z.infer<typeof PART>;

/** As it is kept, too: what an earlier version of this software kept and this one does not understand is dropped. */
export const ALERT_MESSAGE = z.strictObject({
  /** CAP identifier. */
  id: z.string(),
  municipality: z.strictObject({ code: MUNICIPALITY_CODE, name: z.string() }),
  sentAt: z.iso.datetime(),
  /** Not before then. */
  from: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  is: z.enum(['alert', 'update', 'cancel', 'all-clear']),
  drill: z.boolean(),
  /** Identifiers of all messages about this alert before it, the oldest first. */
  references: z.array(z.string()),
  /** None of a cancellation that says no more than that. */
  parts: z.array(PART),
});
export type AlertMessage = z.infer<typeof ALERT_MESSAGE>;

/** The alert that a message is about: the identifier of the first message about it. */
export function alertOf({ id, references }: AlertMessage): string {
  return references[0] ?? id;
}

/** `document`: CAP. Throws AlertError. */
export function readMessage(document: Uint8Array): AlertMessage {
  const cap = readCap(document);
  const { status, msgType } = cap;
  const isForPeople = status === 'Actual' || status === 'Exercise';
  if (!isForPeople || msgType === 'Ack' || msgType === 'Error') {
    throw new AlertError('not-for-people', `status ${status}, message ${msgType}`);
  }
  const code = SENDER.exec(cap.sender)?.[1];
  if (code === undefined) throw new AlertError('malformed', 'the sender is no municipality');
  const parts = partsOf(cap);
  const [info] = cap.info;
  if (info === undefined && msgType !== 'Cancel') {
    throw new AlertError('malformed', 'there is no info');
  }
  const times = timesOf(cap);
  // As it will come back from where it is kept.
  return ALERT_MESSAGE.parse({
    id: cap.identifier,
    municipality: { code, name: japaneseOf(cap.info)?.senderName ?? '' },
    sentAt: iso(cap.sent),
    from: iso(times.from),
    expiresAt: iso(times.expires),
    is: kindOf(cap, msgType),
    drill: status === 'Exercise',
    references: idsOf(cap),
    parts,
  });
}

function kindOf({ info }: CapAlert, msgType: 'Alert' | 'Update' | 'Cancel'): AlertMessage['is'] {
  if (msgType === 'Cancel') return 'cancel';
  if (msgType === 'Alert') return 'alert';
  return info.every(({ responseType }) => responseType.includes('AllClear'))
    ? 'all-clear'
    : 'update';
}

function idsOf(cap: CapAlert): string[] {
  const references = referencesOf(cap);
  if ((cap.msgType === 'Alert') !== (references.length === 0)) {
    throw new AlertError('malformed', 'an update or a cancellation names what it changes');
  }
  if (references.some(({ sender }) => sender !== cap.sender)) {
    throw new AlertError('foreign', 'it changes what another municipality said');
  }
  if (references.some(({ sent }) => sent >= cap.sent)) {
    throw new AlertError('replayed', 'it was sent no later than what it changes');
  }
  const ids = references.map(({ identifier }) => identifier);
  if (new Set([...ids, cap.identifier]).size !== ids.length + 1) {
    throw new AlertError('malformed', 'one message is named twice');
  }
  return ids;
}

function timesOf({ sent, info }: CapAlert): { readonly from: number; readonly expires: number } {
  const [first] = info;
  if (first === undefined) return { from: sent, expires: sent + DAY_MS };
  const { expires, effective = sent } = first;
  if (info.some((each) => each.expires !== expires || (each.effective ?? sent) !== effective)) {
    throw new AlertError('malformed', 'its infos are of different times');
  }
  if (expires <= sent || expires - sent > LIFE_MS_MAX) {
    throw new AlertError('malformed', 'it expires before it was sent, or more than a week later');
  }
  return { from: Math.max(effective, sent), expires };
}

/** Infos that are of the same districts are the same in other languages. */
function partsOf({ info }: CapAlert): AlertPart[] {
  const groups = new Map<string, CapInfo[]>();
  for (const each of info) {
    const key = districtsOf(each).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const parts = [...groups.values()].map(partOf);
  const districts = parts.flatMap((part) => part.districts);
  if (new Set(districts).size !== districts.length) {
    throw new AlertError('malformed', 'a district stands in it twice');
  }
  return parts;
}

function partOf(infos: readonly CapInfo[]): AlertPart {
  const japanese = japaneseOf(infos);
  if (japanese === undefined)
    throw new AlertError('no-japanese', 'a district is told nothing in Japanese');
  const levels = new Set(infos.map(levelOf));
  const [level] = levels;
  if (level === undefined || levels.size > 1) {
    throw new AlertError('malformed', 'its languages are of different levels');
  }
  const by: Readonly<Record<Language, CapInfo>> = {
    ja: japanese,
    'ja-simple': inLanguage(infos, 'ja-simple') ?? japanese,
    en: inLanguage(infos, 'en') ?? japanese,
  };
  return {
    districts: districtsOf(japanese),
    level,
    what: wordedBy(by, ({ description }) => description),
    shelters: sheltersOf(by),
    map: mapOf(japanese),
  };
}

function japaneseOf(infos: readonly CapInfo[]): CapInfo | undefined {
  return inLanguage(infos, 'ja');
}

/** RFC 5646: `ja-x-simple` is ours; other languages are of others' terminals. */
function inLanguage(infos: readonly CapInfo[], wanted: Language): CapInfo | undefined {
  return infos.find(({ language = 'en-US' }) => {
    const tag = language.toLowerCase();
    if (wanted === 'en') return tag === 'en' || tag.startsWith('en-');
    return wanted === 'ja' ? tag === 'ja' || tag === 'ja-jp' : tag === 'ja-x-simple';
  });
}

function wordedBy(
  by: Readonly<Record<Language, CapInfo>>,
  say: (info: CapInfo) => string,
): Worded & z.infer<typeof worded> {
  return { ja: say(by.ja), 'ja-simple': say(by['ja-simple']), en: say(by.en) };
}

function levelOf({ parameter }: CapInfo): AlertPart['level'] {
  const said = parameter.filter(({ valueName }) => valueName === LEVEL).map(({ value }) => value);
  const level = ALERT_LEVELS.find((each) => said.length === 1 && String(each) === said[0]);
  if (level === undefined) throw new AlertError('unknown-level', 'no level that is known here');
  return level;
}

function districtsOf({ area }: CapInfo): string[] {
  const ids = area.flatMap(({ geocode }) =>
    geocode.filter(({ valueName }) => valueName === DISTRICT).map(({ value }) => value),
  );
  const districts = z
    .array(DISTRICT_ID)
    .min(1)
    .max(64)
    .safeParse([...new Set(ids)].sort());
  if (!districts.success) throw new AlertError('malformed', 'it names no district');
  return districts.data;
}

const SHELTER_VALUE = z.strictObject({
  id: DISTRICT_ID,
  name: z.string().trim().min(1).max(60),
  way: z.string().trim().max(120).default(''),
  minutes: z.int().min(0).max(600).nullable().default(null),
});

function sheltersOf(
  by: Readonly<Record<Language, CapInfo>>,
): (AlertShelter & AlertPart['shelters'][number])[] {
  const simple = new Map(sheltersIn(by['ja-simple']).map((each) => [each.id, each]));
  const english = new Map(sheltersIn(by.en).map((each) => [each.id, each]));
  return sheltersIn(by.ja).map((ja) => {
    const [easy, en] = [simple.get(ja.id) ?? ja, english.get(ja.id) ?? ja];
    return {
      id: ja.id,
      name: { ja: ja.name, 'ja-simple': easy.name, en: en.name },
      way: { ja: ja.way, 'ja-simple': easy.way, en: en.way },
      minutes: ja.minutes,
    };
  });
}

function sheltersIn({ parameter }: CapInfo): z.infer<typeof SHELTER_VALUE>[] {
  const said = parameter.filter(({ valueName }) => valueName === SHELTER);
  const shelters = z
    .array(SHELTER_VALUE)
    .max(SHELTERS_MAX)
    .safeParse(said.map(({ value }) => jsonOf(value)));
  if (!shelters.success) throw new AlertError('malformed', 'a shelter is not as it should be');
  return shelters.data;
}

function mapOf({ resource }: CapInfo): AlertMapFeature[] {
  const [map] = resource.filter(({ mimeType }) => mimeType === MAP_TYPE);
  if (map === undefined) return [];
  if (map.derefUri === undefined) {
    throw new AlertError('external', 'its map is somewhere else');
  }
  return readGeoMap(Buffer.from(map.derefUri, 'base64').toString('utf8'));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
