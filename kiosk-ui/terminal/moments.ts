/** Moments as people at the terminal read them: Japan has one time zone and no summer time. */

import { signal } from '@preact/signals';
import type { Language } from '../../src/domain/screen.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';

const timeZone = 'Asia/Tokyo';

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
/** YYYY-MM-DD */
const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
const CALENDAR = {
  ja: new Intl.DateTimeFormat('ja-JP', {
    timeZone,
    month: 'long',
    day: 'numeric',
    weekday: 'short',
  }),
  en: new Intl.DateTimeFormat('en-GB', {
    timeZone,
    month: 'short',
    day: 'numeric',
    weekday: 'short',
  }),
} as const;
const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 5_000;

/** For what is said from today's point of view; main.tsx keeps it right. */
export const now = signal(new Date());

export function followClock(): void {
  setInterval(() => {
    const next = new Date();
    if (clockOf(next) !== clockOf(now.value)) now.value = next;
  }, LOOK_EVERY_MS);
}

/** `moment`: ISO 8601. e.g. 17:00 */
export function clockTime(moment: string): string {
  return clockOf(new Date(moment));
}

/** e.g. 11月25日(水), in やさしい日本語 with ruby, Wed 25 Nov. */
export function calendarDay(date: Date, language: Language): string {
  if (language === 'en') return CALENDAR.en.format(date).replace(',', '');
  const day = CALENDAR.ja.format(date);
  return language === 'ja' ? day : withReadings(day);
}

/** e.g. あす 9:00; `moment`: ISO 8601. */
export function dayAndTime(moment: string, language: Language, text: Catalogue): string {
  const date = new Date(moment);
  const { today, tomorrow, on } = text.kiosk.days;
  const time = clockOf(date).replace(/^0/u, '');
  const day = DAY.format(date);
  if (day === DAY.format(now.value)) return today({ time });
  if (day === DAY.format(now.value.getTime() + DAY_MS)) return tomorrow({ time });
  return on({ day: calendarDay(date, language), time });
}

/** Until when, without the day if it is today. */
export function untilTime(moment: string, language: Language, text: Catalogue): string {
  const isToday = DAY.format(new Date(moment)) === DAY.format(now.value);
  return isToday ? clockTime(moment) : dayAndTime(moment, language, text);
}

function clockOf(date: Date): string {
  return CLOCK.format(date);
}

const WEEKDAYS: Readonly<Record<string, string>> = {
  月: 'げつ',
  火: 'か',
  水: 'すい',
  木: 'もく',
  金: 'きん',
  土: 'ど',
  日: 'にち',
};

/** 2日 is read ふつか, 12日 じゅうににち. */
function withReadings(day: string): string {
  return day.replace(
    /(\d+)月(\d+)日\((.)\)/u,
    (_, month: string, date: string, weekday: string) => {
      const number = Number(date);
      const isNative = (number > 1 && number <= 10) || [14, 20, 24].includes(number);
      const reading = number === 1 ? 'ついたち' : isNative ? 'か' : 'にち';
      return `${month}月《がつ》${date}日《${reading}》(${weekday}《${WEEKDAYS[weekday] ?? ''}》)`;
    },
  );
}
