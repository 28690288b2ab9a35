/**
 * A name that its owner knows and a bystander does not learn: the first character of each part and one ＊ whatever the
 * length, so that the length tells nothing; a part of one character is ＊ alone.
 */
export function maskedName(name: string): string {
  return name
    .split(/[\s\u3000・]+/u)
    .filter((part) => part !== '')
    .map((part) => {
      const [first, ...rest] = graphemes(part);
      return rest.length === 0 ? '＊' : `${first}＊`;
    })
    .join(' ');
}

/** A surrogate pair or a base character with its variation selector (葛󠄀) is one character. */
function graphemes(text: string): string[] {
  return [...new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text)].map(
    ({ segment }) => segment,
  );
}
