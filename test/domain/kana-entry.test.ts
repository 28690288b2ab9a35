import { describe, expect, test } from 'vitest';
import { erased, marked, problemOf, typed } from '../../src/domain/kana-entry.ts';

function write(field: Parameters<typeof typed>[0], text: string): string {
  return [...text].reduce((before, character) => typed(field, before, character), '');
}

describe('A field of the form', () => {
  test('takes kana for names, digits and hyphens for the number, and nothing else', () => {
    expect(write('head-family-kana', 'やまだＡ1 \u0000\n山ヤ<')).toBe('やまだ');
    expect(write('domicile-number', '12-3あ番 \t４')).toBe('12-3');
  });

  test('is full after its longest content, and says nothing was added', () => {
    expect(write('head-given-kana', 'あ'.repeat(1_000))).toHaveLength(30);
    expect(write('domicile-number', '1'.repeat(1_000))).toHaveLength(23);
  });

  test('gives back its last character, also when there is none', () => {
    expect(erased('やま')).toBe('や');
    expect(erased('')).toBe('');
  });

  test('changes the last kana through its forms and back to where it began', () => {
    const forms = ['つ', 'っ', 'づ', 'つ'];
    for (const [at, form] of forms.slice(0, -1).entries()) {
      expect(marked(`ま${form}`)).toBe(`ま${forms[at + 1]}`);
    }
    expect(marked('ぱ')).toBe('は');
    expect(marked('ん')).toBe('ん');
    expect(marked('')).toBe('');
  });

  test.each([
    ['domicile-number', '', 'empty'],
    ['domicile-number', '-', 'not-a-number'],
    ['domicile-number', '12-', 'not-a-number'],
    ['domicile-number', '1-2-3-4-5', 'not-a-number'],
    ['domicile-number', '123456', 'not-a-number'],
    ['domicile-number', '12', null],
    ['domicile-number', '12-3-4-5', null],
    ['head-family-kana', '', 'empty'],
    ['head-family-kana', 'やまだ', null],
    ['head-family-kana', 'あ'.repeat(31), 'too-long'],
  ] as const)('%s %s: %s', (field, text, problem) => {
    expect(problemOf(field, text)).toBe(problem);
  });
});
