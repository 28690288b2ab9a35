/** When a municipality serves: hours, the turn of the year, maintenance. */

import { dayInJapan, startInJapan } from '../../src/domain/japan-time.ts';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';
import { DAY_MS, dayAfter, isBusinessDay, isYearEnd } from './calendar.ts';

/** Times of day in Japan, HH:MM; `to` may be 24:00. */
export interface Hours {
  readonly days: 'business-days' | 'every-day';
  readonly from: string;
  readonly to: string;
}

/** Nothing is served in between; ISO 8601, `to` is the first moment after it. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

export interface Schedule {
  readonly hours: Hours;
  /** Whether the turn of the year is closed, whatever the hours are. */
  readonly closedAtYearEnd: boolean;
  readonly maintenance: readonly Window[];
}

/** As the wire has it: open until then, or closed for a reason and, where it is known, open again from then. */
export type Service =
  | { open: true; until: string }
  | { open: false; reason: CentreRefusal; from: string | null };

/** Nobody is told of an opening that is further away. */
const LOOK_AHEAD_DAYS = 60;

/** ms since the epoch; `to` is the first moment after it. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** `now`: ms since the epoch. */
export function serviceAt(schedule: Schedule, now: number): Service {
  const spans = upcoming(schedule, now);
  const next = spans.next().value ?? null;
  if (next !== null && next.from <= now) return { open: true, until: iso(next.to) };
  const from = next === null ? null : iso(next.from);
  return { open: false, reason: whyClosed(schedule, now), from };
}

function whyClosed({ closedAtYearEnd, maintenance, hours }: Schedule, now: number): CentreRefusal {
  const day = dayInJapan(now);
  if (closedAtYearEnd && isYearEnd(day)) return 'year-end';
  const hour = hoursOn(day, hours);
  const isInHours = hour !== null && hour.from <= now && now < hour.to;
  const isMaintained = maintenance.some(({ from, to }) => isWithin(now, from, to));
  return isInHours && isMaintained ? 'maintenance' : 'outside-hours';
}

/** The times of service that are not over at `now`, in order: the hours of each day without its maintenance. */
function* upcoming(schedule: Schedule, now: number): Generator<Span, null> {
  const { hours, closedAtYearEnd, maintenance } = schedule;
  const today = dayInJapan(now);
  for (let ahead = 0; ahead < LOOK_AHEAD_DAYS; ahead += 1) {
    const day = dayAfter(today, ahead);
    if (closedAtYearEnd && isYearEnd(day)) continue;
    const whole = hoursOn(day, hours);
    if (whole === null) continue;
    for (const span of without(whole, maintenance)) if (span.to > now) yield span;
  }
  return null;
}

function hoursOn(day: string, { days, from, to }: Hours): Span | null {
  if (days === 'business-days' && !isBusinessDay(day)) return null;
  const start = startInJapan(day);
  return { from: start + timeOf(from), to: start + timeOf(to) };
}

function without(whole: Span, windows: readonly Window[]): Span[] {
  let spans = [whole];
  for (const window of windows) {
    const closed = { from: Date.parse(window.from), to: Date.parse(window.to) };
    spans = spans.flatMap((span) =>
      closed.to <= span.from || closed.from >= span.to
        ? [span]
        : [
            { from: span.from, to: closed.from },
            { from: closed.to, to: span.to },
          ].filter(({ from, to }) => from < to),
    );
  }
  return spans;
}

function isWithin(now: number, from: string, to: string): boolean {
  return Date.parse(from) <= now && now < Date.parse(to);
}

/** HH:MM, in ms since midnight. Throws on what is no time of day: schedules are our own data. */
function timeOf(text: string): number {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-4]):([0-5]\d)$/u.exec(text) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (hours === '' || ms > DAY_MS) throw new Error(`${text} is no time of day`);
  return ms;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
