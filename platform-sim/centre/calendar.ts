/** Days of an office in Japan: which are business days, and what is counted in them. */

import holidays from '@holiday-jp/holiday_jp';
import { dayInJapan, startInJapan } from '../../src/domain/japan-time.ts';

export const DAY_MS = 86_400_000;

/** Offices are closed from 29 December to 3 January (Act on Holidays of Administrative Organs, article 1). */
const YEAR_END = { from: '12-29', to: '01-03' } as const;
/** Days from the day after an application until its municipality has decided. */
const DECIDED_WITHIN = 5;

/** YYYY-MM-DD, so many days after another one. */
export function dayAfter(day: string, days = 1): string {
  return dayInJapan(startInJapan(day) + days * DAY_MS);
}

export function isYearEnd(day: string): boolean {
  const monthAndDay = day.slice(5);
  return monthAndDay >= YEAR_END.from || monthAndDay <= YEAR_END.to;
}

/** Monday to Friday, no national holiday (nor a day in lieu of one), and not at the turn of the year. */
export function isBusinessDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.isHoliday(day) && !isYearEnd(day);
}

/** The day by which an application that came in at `now` is decided: the day it came is not counted. */
export function expectedDay(now: number): string {
  let day = dayInJapan(now);
  for (let counted = 0; counted < DECIDED_WITHIN; ) {
    day = dayAfter(day);
    if (isBusinessDay(day)) counted += 1;
  }
  return day;
}

/** Whether whoever was born on that day (YYYY-MM-DD) is so many years old: of 29 February, from 1 March on. */
export function isSoOld(born: string, age: number, now: number): boolean {
  const birthday = `${String(Number(born.slice(0, 4)) + age).padStart(4, '0')}${born.slice(4)}`;
  return dayInJapan(now) >= birthday;
}
