/** Moments as people at the terminal read them: Japan has one time zone and no summer time. */

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Tokyo',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `moment`: ISO 8601. e.g. 17:00 */
export function clockTime(moment: string): string {
  return CLOCK.format(new Date(moment));
}
