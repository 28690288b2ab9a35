/** Days and times in Japan, which has had no daylight saving time since 1951: its clock is always nine hours ahead. */

const AHEAD_MS = 9 * 3_600_000;

/** As in 2026-11-21 17:02:31. `at`: ms since the epoch. */
export function timeInJapan(at: number): string {
  return new Date(at + AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** YYYY-MM-DD. `at`: ms since the epoch. */
export function dayInJapan(at: number): string {
  return timeInJapan(at).slice(0, 10);
}

/** When a day (YYYY-MM-DD) begins, in ms since the epoch. */
export function startInJapan(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - AHEAD_MS;
}
