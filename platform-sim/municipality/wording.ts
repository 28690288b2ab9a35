/** Days, numbers and addresses in the words of a Japanese register. */

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const POWERS = ['', '十', '百', '千'];
const ERA = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
  era: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const YEN = new Intl.NumberFormat('ja-JP');

/** As in 二十四 for 24. From 1 to 9,999. */
export function kanjiNumber(value: number): string {
  if (!Number.isInteger(value) || value < 1 || value > 9_999)
    throw new RangeError('no such number');
  return [...String(value)]
    .map((digit, place, all) => {
      const power = POWERS[all.length - 1 - place] ?? '';
      if (digit === '0') return '';
      return digit === '1' && power !== '' ? power : `${DIGITS[Number(digit)]}${power}`;
    })
    .join('');
}

/** As in 平成二十四年六月三日. `day`: YYYY-MM-DD. */
export function kanjiDay(day: string): string {
  const [, month, date] = partsOf(day);
  const [era, year] = eraOf(day);
  return `${era}${year === 1 ? '元' : kanjiNumber(year)}年${kanjiNumber(month)}月${kanjiNumber(date)}日`;
}

/** As in 平成24年6月3日. `day`: YYYY-MM-DD. */
export function eraDay(day: string): string {
  const [, month, date] = partsOf(day);
  const [era, year] = eraOf(day);
  return `${era}${year === 1 ? '元' : year}年${month}月${date}日`;
}

/** As in 令和8. `year`: of the common era; a fiscal year is named after the era of its first day, 1 April. */
export function fiscalYear(year: number): string {
  const [era, ofEra] = eraOf(`${year}-04-01`);
  return `${era}${ofEra === 1 ? '元' : ofEra}年度`;
}

/** As in 十二番地三 for 12-3. */
export function lotNumber(number: string): string {
  const [lot = '', ...parts] = number.split('-').map((part) => kanjiNumber(Number(part)));
  return `${lot}番地${parts.join('の')}`;
}

/** As in 3,200,000円. */
export function yen(amount: number): string {
  return `${YEN.format(amount)}円`;
}

function eraOf(day: string): [era: string, year: number] {
  const parts = ERA.formatToParts(new Date(`${day}T00:00:00Z`));
  const year = parts.find(({ type }) => type === 'year')?.value ?? '';
  const era = parts.find(({ type }) => type === 'era')?.value ?? '';
  return [era, year === '元' ? 1 : Number(year)];
}

function partsOf(day: string): [number, number, number] {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return [year, month, date];
}
