/** CAP 1.2 (OASIS) as the municipality's desk writes it; docs/alerts.md says which words stand for what. */

import type { AlertLevel, Worded } from '../../src/domain/alert.ts';
import { timeInJapan } from '../../src/domain/japan-time.ts';
import { LANGUAGES, type Language } from '../../src/domain/screen.ts';
import { EVENT_NAMES } from './words.ts';

export interface CapShelter {
  readonly id: string;
  readonly name: Worded;
  readonly way: Worded;
  readonly minutes: number;
}

/** What holds for some districts. */
export interface CapPart {
  readonly districts: readonly { readonly id: string; readonly name: string }[];
  readonly level: AlertLevel;
  readonly what: Worded;
  readonly shelters: readonly CapShelter[];
  /** GeoJSON; null: no map. */
  readonly map: string | null;
}

export interface CapDraft {
  readonly identifier: string;
  readonly municipality: { readonly code: string; readonly name: string };
  readonly status: 'Actual' | 'Exercise';
  readonly is: 'alert' | 'update' | 'cancel' | 'all-clear';
  /** ms since the epoch, whole seconds. */
  readonly sent: number;
  readonly expires: number;
  /** All messages about this alert before it, the oldest first. */
  readonly references: readonly { readonly identifier: string; readonly sent: number }[];
  readonly parts: readonly CapPart[];
}

const LANGUAGE_TAGS: Readonly<Record<Language, string>> = {
  ja: 'ja',
  'ja-simple': 'ja-x-simple',
  en: 'en',
};
const SEVERITIES: Readonly<Record<AlertLevel, string>> = {
  2: 'Minor',
  3: 'Moderate',
  4: 'Severe',
  5: 'Extreme',
};
const RESPONSES: Readonly<Record<AlertLevel, string>> = {
  2: 'Prepare',
  3: 'Evacuate',
  4: 'Evacuate',
  5: 'Shelter',
};
const MESSAGE_TYPES: Readonly<Record<CapDraft['is'], string>> = {
  alert: 'Alert',
  update: 'Update',
  cancel: 'Cancel',
  'all-clear': 'Update',
};

/** The document's bytes, UTF-8. Elements stand in the order of the standard's schema. */
export function writeCap(draft: CapDraft): Buffer {
  const { identifier, municipality, sent, status, is, references } = draft;
  const sender = senderOf(municipality.code);
  const named = references.map((each) => `${sender},${each.identifier},${timeOf(each.sent)}`);
  const xml = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    element('identifier', identifier),
    element('sender', sender),
    element('sent', timeOf(sent)),
    element('status', status),
    element('msgType', MESSAGE_TYPES[is]),
    element('scope', 'Public'),
    ...(named.length > 0 ? [element('references', named.join(' '))] : []),
    ...draft.parts.flatMap((part) => LANGUAGES.map((language) => infoOf(draft, part, language))),
    '</alert>',
  ];
  return Buffer.from(`${xml.join('\n')}\n`, 'utf8');
}

/** Who speaks, in CAP's words. */
export function senderOf(municipality: string): string {
  return `city-${municipality}.lg.example`;
}

function infoOf(draft: CapDraft, part: CapPart, language: Language): string {
  const { level, what, shelters, map, districts } = part;
  const isEnd = draft.is === 'cancel' || draft.is === 'all-clear';
  const lines = [
    element('language', LANGUAGE_TAGS[language]),
    element('category', 'Safety'),
    element('event', EVENT_NAMES[level][language]),
    element('responseType', isEnd ? 'AllClear' : RESPONSES[level]),
    element('urgency', isEnd ? 'Past' : 'Immediate'),
    element('severity', SEVERITIES[level]),
    element('certainty', level === 5 ? 'Observed' : 'Likely'),
    element('expires', timeOf(draft.expires)),
    element('senderName', draft.municipality.name),
    element('headline', EVENT_NAMES[level][language]),
    element('description', what[language]),
    named('parameter', 'urn:kazasu:level', String(level)),
    ...shelters.map(({ id, name, way, minutes }) =>
      named(
        'parameter',
        'urn:kazasu:shelter',
        JSON.stringify({ id, name: name[language], way: way[language], minutes }),
      ),
    ),
    ...(map === null || language !== 'ja' ? [] : [resourceOf(map)]),
    ...districts.map(({ id, name }) =>
      group('area', [element('areaDesc', name), named('geocode', 'urn:kazasu:district', id)]),
    ),
  ];
  return group('info', lines);
}

function resourceOf(map: string): string {
  return group('resource', [
    element('resourceDesc', 'map'),
    element('mimeType', 'application/geo+json'),
    element('size', String(Buffer.byteLength(map))),
    element('derefUri', Buffer.from(map, 'utf8').toString('base64')),
  ]);
}

/** CAP 3.3.2: seconds, and the zone as an offset: here Japan's. */
function timeOf(ms: number): string {
  return `${timeInJapan(ms).replace(' ', 'T')}+09:00`;
}

function named(name: string, valueName: string, value: string): string {
  return group(name, [element('valueName', valueName), element('value', value)]);
}

function group(name: string, lines: readonly string[]): string {
  return `<${name}>\n${lines.join('\n')}\n</${name}>`;
}

function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
