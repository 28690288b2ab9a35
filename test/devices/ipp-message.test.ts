import { describe, expect, test } from 'vitest';
import {
  decodeMessage,
  encodeMessage,
  GROUP,
  IppMessageError,
  type IppValue,
  TAG,
} from '../../devices/page/ipp-message.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/gu, ''), 'hex');
const ascii = (text: string) => Buffer.from(text, 'latin1').toString('hex');

/** One attribute value as RFC 8010 3.1.4 writes it. */
function value(tag: number, name: string, bytes: string): string {
  const sized = (data: string) => (data.length / 2).toString(16).padStart(4, '0') + data;
  return tag.toString(16).padStart(2, '0') + sized(ascii(name)) + sized(bytes);
}

/** A reply with one group of printer attributes. */
const printer = (...values: readonly string[]) =>
  hex(`0200 0000 00000007 04 ${values.join('')} 03`);

const only = (bytes: Uint8Array): [string, readonly IppValue[]][] => [
  ...(decodeMessage(bytes).groups[0]?.attributes ?? []),
];

describe('IPP messages', () => {
  test('are written as RFC 8010 shows it for a Print-Job request', () => {
    // RFC 8010 A.1, with the attributes that are of kinds used here, as IPP/2.0.
    const written = encodeMessage({
      code: 0x0002,
      requestId: 1,
      groups: [
        {
          tag: GROUP.operation,
          attributes: [
            { name: 'attributes-charset', tag: TAG.charset, values: ['utf-8'] },
            { name: 'attributes-natural-language', tag: TAG.language, values: ['en-us'] },
            { name: 'printer-uri', tag: TAG.uri, values: ['ipp://printer.example.com/ipp/print'] },
            { name: 'job-name', tag: TAG.name, values: ['foobar'] },
            { name: 'ipp-attribute-fidelity', tag: TAG.boolean, values: [true] },
          ],
        },
        {
          tag: GROUP.job,
          attributes: [
            { name: 'copies', tag: TAG.integer, values: [20] },
            { name: 'sides', tag: TAG.keyword, values: ['two-sided-long-edge', 'one-sided'] },
          ],
        },
      ],
      data: Buffer.from('%!PDF'),
    });
    expect(Buffer.from(written).toString('hex')).toBe(
      [
        '0200 0002 00000001 01'.replaceAll(' ', ''),
        value(0x47, 'attributes-charset', ascii('utf-8')),
        value(0x48, 'attributes-natural-language', ascii('en-us')),
        value(0x45, 'printer-uri', ascii('ipp://printer.example.com/ipp/print')),
        value(0x42, 'job-name', ascii('foobar')),
        value(0x22, 'ipp-attribute-fidelity', '01'),
        '02',
        value(0x21, 'copies', '00000014'),
        value(0x44, 'sides', ascii('two-sided-long-edge')),
        value(0x44, '', ascii('one-sided')),
        '03',
        ascii('%!PDF'),
      ].join(''),
    );
  });

  test('are read with every kind of value, several of them, collections and what follows', () => {
    const bytes = Buffer.concat([
      printer(
        value(0x21, 'queued-job-count', 'fffffffe'),
        value(0x23, 'printer-state', '00000003'),
        value(0x22, 'printer-is-accepting-jobs', '01'),
        value(0x33, 'copies-supported', '00000001000003e7'),
        value(0x44, 'printer-state-reasons', ascii('media-low-warning')),
        value(0x44, '', ascii('toner-low-report')),
        value(0x35, 'printer-info', `0002${ascii('en')}0005${ascii('Kiosk')}`),
        value(0x13, 'printer-location', ''),
        value(0x34, 'media-col-default', ''),
        value(0x4a, '', ascii('media-size')),
        value(0x34, '', ''),
        value(0x4a, '', ascii('x-dimension')),
        value(0x21, '', '00005208'),
        value(0x37, '', ''),
        value(0x37, '', ''),
        value(0x34, '', ''),
        value(0x37, '', ''),
        value(0x42, 'printer-name', Buffer.from('証明書').toString('hex')),
      ),
      Buffer.from('rest'),
    ]);
    const message = decodeMessage(bytes);
    expect([message.code, message.requestId, Buffer.from(message.data).toString()]).toEqual([
      0,
      7,
      'rest',
    ]);
    expect(message.groups.map(({ tag }) => tag)).toEqual([GROUP.printer]);
    expect(only(bytes)).toEqual([
      ['queued-job-count', [-2]],
      ['printer-state', [3]],
      ['printer-is-accepting-jobs', [true]],
      ['copies-supported', [[1, 999]]],
      ['printer-state-reasons', ['media-low-warning', 'toner-low-report']],
      ['printer-info', ['Kiosk']],
      ['printer-location', [null]],
      ['media-col-default', [null, null]],
      ['printer-name', ['証明書']],
    ]);
  });

  test('are refused wherever they end too soon', () => {
    const whole = printer(
      value(0x44, 'sides-supported', ascii('one-sided')),
      value(0x21, 'x', '00000001'),
    );
    expect(() => decodeMessage(whole)).not.toThrow();
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeMessage(whole.subarray(0, length))).toThrow(IppMessageError);
    }
  });

  test.each([
    // A length that other readers take for -5: they step back and read the same value for ever.
    ['a length of 65,531', hex(`0200 0000 00000007 04 47 0000 fffb ${'47'.repeat(40)}`)],
    ['no version of IPP', hex('0900 0000 00000007 03')],
    ['HTML', Buffer.from('<!DOCTYPE html><title>Sign in</title>')],
    [
      'a value outside of every group',
      hex(`0200 0000 00000007 ${value(0x21, 'x', '00000001')} 03`),
    ],
    ['a further value of no attribute', printer(value(0x44, '', ascii('one-sided')))],
    ['an integer of three bytes', printer(value(0x21, 'job-id', '000001'))],
    ['a boolean of none', printer(value(0x22, 'x', ''))],
    [
      'an attribute twice',
      printer(value(0x21, 'job-id', '00000001'), value(0x21, 'job-id', '00000002')),
    ],
    ['a text without its language', printer(value(0x35, 'x', '00ff'))],
    ['a collection without an end', printer(value(0x34, 'x', ''))],
    ['the end of no collection', printer(value(0x21, 'x', '00000001'), value(0x37, '', ''))],
    [
      'an attribute within a collection',
      printer(value(0x34, 'x', ''), value(0x21, 'job-id', '00000001')),
    ],
    ['collections nested too deeply', printer(value(0x34, 'x', ''), value(0x34, '', '').repeat(9))],
    [
      'too many values',
      printer(value(0x21, 'x', '00000001'), value(0x21, '', '00000001').repeat(20_001)),
    ],
    [
      'too many attributes',
      printer(...Array.from({ length: 2_001 }, (_, n) => value(0x12, `a${n}`, ''))),
    ],
  ])('are refused with %s', (_, bytes) => {
    expect(() => decodeMessage(bytes)).toThrow(IppMessageError);
  });

  test('with names of every object in JavaScript are read like any other', () => {
    const bytes = printer(
      value(0x44, '__proto__', ascii('x')),
      value(0x44, 'constructor', ascii('y')),
    );
    expect(only(bytes)).toEqual([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
  });
});
