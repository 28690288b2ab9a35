/** The server's time, as well as this page knows it; the town is in Japan, wherever somebody looks at it from. */

import { signal } from '@preact/signals';

const TICK_MS = 1_000;
const timeZone = 'Asia/Tokyo';
const seconds = new Intl.DateTimeFormat('ja-JP', { timeStyle: 'medium', timeZone });
const minutes = new Intl.DateTimeFormat('ja-JP', { timeStyle: 'short', timeZone });
const days = new Intl.DateTimeFormat('ja-JP', { month: 'numeric', day: 'numeric', timeZone });

let offsetMs = 0;
/** ms since the epoch, once a second. */
export const now = signal(Date.now());

export function setClock(serverNow: number): void {
  offsetMs = serverNow - Date.now();
}

setInterval(() => {
  now.value = Date.now() + offsetMs;
}, TICK_MS);

/** `17:02:31` */
export function secondOf(at: number): string {
  return seconds.format(at).padStart(8, '0');
}

/** `17:02`; of another day with its date. */
export function minuteOf(at: number): string {
  const time = minutes.format(at).padStart(5, '0');
  return days.format(at) === days.format(now.value) ? time : `${days.format(at)} ${time}`;
}
