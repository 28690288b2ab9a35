/** 分 in やさしい日本語: read ぷん after 1, 3, 4, 6, 8 and 0, and ふん after the others. */
export function minutesText(minutes: number): string {
  return `${minutes}分《${[1, 3, 4, 6, 8, 0].includes(minutes % 10) ? 'ぷん' : 'ふん'}》`;
}
