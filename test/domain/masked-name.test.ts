import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskedName } from '../../src/domain/masked-name.ts';

test.each([
  ['佐藤 花子', '佐＊ 花＊'],
  ['佐藤　花子', '佐＊ 花＊'],
  ['佐藤花子', '佐＊'],
  ['原 誠', '＊ ＊'],
  ['森川 ハツ', '森＊ ハ＊'],
  ['Maria da Silva', 'M＊ d＊ S＊'],
  ['マリア・シルバ', 'マ＊ シ＊'],
  ['𠮷田 太郎', '𠮷＊ 太＊'],
  ['葛󠄀城 一', '葛󠄀＊ ＊'],
  ['  ', ''],
  ['', ''],
])('%j is shown as %j', (name, shown) => {
  expect(maskedName(name)).toBe(shown);
});

test('a mask tells neither the length of a part nor anything after its first character', () => {
  const part = fc.stringMatching(/^[一-龠ぁ-んァ-ヶA-Za-z]{2,12}$/u);
  fc.assert(
    fc.property(part, part, (family, given) => {
      const masked = maskedName(`${family} ${given}`);
      expect(masked).toBe(`${[...family][0]}＊ ${[...given][0]}＊`);
    }),
  );
});
