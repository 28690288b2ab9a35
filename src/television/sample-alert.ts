/** What an alert looks like, for whoever wants to see it before one comes; of no municipality, and marked as a drill. */

import type { AlertShown } from '../domain/television-screen.ts';

const SAMPLE: Pick<AlertShown, 'what' | 'shelters' | 'map'> = {
  what: {
    ja: '川が、あふれそうです。',
    'ja-simple': '川《かわ》の 水《みず》が、あふれそうです。',
    en: 'The river is about to flood.',
  },
  shelters: [
    {
      id: 'sample',
      name: {
        ja: '近くの小学校',
        'ja-simple': '近《ちか》くの 小学校《しょうがっこう》',
        en: 'the elementary school',
      },
      way: {
        ja: '坂の上の道を通ってください。',
        'ja-simple': '坂《さか》の 上《うえ》の 道《みち》を 通《とお》って ください。',
        en: 'Take the upper road.',
      },
      minutes: 8,
    },
  ],
  map: [
    {
      is: 'water',
      points: [
        [0, 900],
        [250, 860],
        [500, 920],
        [760, 850],
        [1000, 880],
        [1000, 1000],
        [0, 1000],
      ],
    },
    {
      is: 'road',
      points: [
        [190, 0],
        [190, 1000],
      ],
    },
    {
      is: 'road',
      points: [
        [0, 470],
        [1000, 470],
      ],
    },
    {
      is: 'closed',
      points: [
        [0, 740],
        [260, 790],
        [520, 750],
        [1000, 700],
      ],
    },
    {
      is: 'route',
      points: [
        [190, 610],
        [190, 470],
        [640, 470],
        [640, 240],
        [760, 240],
      ],
    },
    { is: 'home', at: [190, 610] },
    { is: 'shelter', at: [760, 240] },
  ],
};

/** `municipality`: as people call the place where the television stands. */
export function sampleAlert(municipality: string, at: Date): AlertShown {
  return {
    municipality: { code: '', name: municipality },
    sentAt: at.toISOString(),
    level: 4,
    drill: true,
    ...SAMPLE,
    state: 'active',
    update: 0,
    timeUnknown: false,
  };
}
