/** Alerts as a desk writes them, changed as a test wants. */

import { type CapDraft, type CapPart, writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { type AlertMessage, readMessage } from '../../src/alerts/message.ts';

export const CITY = '990029';
export const TOWN = '990037';
const MINUTE_MS = 60_000;

const KAWARA: CapPart = {
  districts: [{ id: 'kawara', name: '川原町' }],
  level: 4,
  what: {
    ja: '汐見川が、あふれそうです。',
    'ja-simple': '汐見川の 水が あふれそうです。',
    en: 'The Shiomi river is about to flood.',
  },
  shelters: [
    {
      id: 'shiomi-elementary',
      name: { ja: '汐見小学校', 'ja-simple': '汐見小学校', en: 'Shiomi Elementary School' },
      way: {
        ja: '坂の上の道を通ってください。',
        'ja-simple': '坂の 上の 道',
        en: 'Go up the hill.',
      },
      minutes: 8,
    },
  ],
  map: null,
};

export function part(over: Partial<CapPart> = {}, district = 'kawara'): CapPart {
  return { ...KAWARA, districts: [{ id: district, name: district }], ...over };
}

/** Of 汐見市, for 川原町, sent a minute ago, for six hours. */
export function draft(over: Partial<CapDraft> = {}): CapDraft {
  const sent = Math.floor(Date.now() / 1_000) * 1_000 - MINUTE_MS;
  return {
    identifier: 'alert-1',
    municipality: { code: CITY, name: '汐見市' },
    status: 'Actual',
    is: 'alert',
    sent,
    expires: (over.sent ?? sent) + 360 * MINUTE_MS,
    references: [],
    parts: [part()],
    ...over,
  };
}

/** The next message about what `before` is about, a second later. */
export function next(before: CapDraft, over: Partial<CapDraft> = {}): CapDraft {
  const sent = before.sent + 1_000;
  return draft({
    ...before,
    identifier: `${before.identifier}.n`,
    is: 'update',
    sent,
    references: [...before.references, { identifier: before.identifier, sent: before.sent }],
    ...over,
  });
}

export function messageOf(from: CapDraft): AlertMessage {
  return readMessage(writeCap(from));
}
