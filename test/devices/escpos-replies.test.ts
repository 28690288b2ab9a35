/** What an ESC/POS printer says: told apart however it comes, by dice. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conditionOfStatus,
  type Reply,
  ReplyParser,
} from '../../devices/receipt/escpos-replies.ts';

describe('replies', () => {
  const status = (byte: number): Reply => ({ kind: 'status', byte });
  const isNoFlowControl = (byte: number): boolean => byte !== 0x11 && byte !== 0x13;
  const valid: readonly [bytes: number[], reply: Reply][] = [
    [[0x10, 0, 0, 0], { kind: 'status-back', condition: 'ready' }],
    [[0x18, 0, 0x0c, 0], { kind: 'status-back', condition: 'paper-out' }],
    [[0x18, 0, 0x0f, 0], { kind: 'status-back', condition: 'paper-out' }],
    [[0x38, 0, 0x0c, 0], { kind: 'status-back', condition: 'cover-open' }],
    [[0x18, 0x08, 0, 0], { kind: 'status-back', condition: 'error' }],
    [[0x18, 0x40, 0, 0], { kind: 'status-back', condition: 'offline' }],
    [[0x10, 0, 0x03, 0], { kind: 'status-back', condition: 'ready' }],
    [[0x12], { kind: 'status', byte: 0x12 }],
    [[0x7e], { kind: 'status', byte: 0x7e }],
    [[0x37, 0x25, 0], { kind: 'cleared' }],
    [[0x37, 0x22, 0x37, 0x22, 0x20, 0x7e, 0], { kind: 'process-id', id: '7" ~' }],
  ];
  const replies = fc.array(fc.constantFrom(...valid), { minLength: 1, maxLength: 12 });

  test('are told apart however the line cuts them', () => {
    fc.assert(
      fc.property(
        replies,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (all, cuts) => {
          const bytes = Uint8Array.from(all.flatMap(([each]) => each));
          const parser = new ReplyParser();
          const seen: Reply[] = [];
          for (let start = 0, i = 0; start < bytes.length; i++) {
            const end = start + (cuts[i % cuts.length] ?? 1);
            seen.push(...parser.push(bytes.subarray(start, end)));
            start = end;
          }
          expect(seen).toEqual(all.map(([, reply]) => reply));
        },
      ),
    );
  });

  test('are found after any noise in which no process id begins: a damaged reply costs itself and not the next one', () => {
    const noise = fc
      .uint8Array({ maxLength: 12 })
      .filter((bytes) => !Buffer.from(bytes.filter(isNoFlowControl)).includes('7"'));
    fc.assert(
      fc.property(noise, fc.constantFrom(...valid), (before, [bytes, reply]) => {
        const seen = new ReplyParser().push(Buffer.concat([before, Uint8Array.from(bytes)]));
        expect(seen.at(-1)).toEqual(reply);
      }),
      { numRuns: 2000 },
    );
  });

  test('that could belong to a process id that broke off are known when the next one shows that they do not', () => {
    const parser = new ReplyParser();
    expect(parser.push(Uint8Array.of(0x37, 0x22, 0x7e))).toEqual([]);
    expect(parser.push(Uint8Array.of(0x12))).toEqual([status(0x7e), status(0x12)]);
  });

  test('may have XON and XOFF between any two bytes', () => {
    const parser = new ReplyParser();
    expect(parser.push(Uint8Array.of(0x11, 0x18, 0x13, 0, 0x11, 0x0c, 0))).toEqual([
      { kind: 'status-back', condition: 'paper-out' },
    ]);
  });

  test('to DLE EOT 1 to 4 make one condition, the cover before the paper that it hides', () => {
    expect(conditionOfStatus(0x12, 0x12, 0x12, 0x12)).toBe('ready');
    expect(conditionOfStatus(0x12, 0x12, 0x12, 0x1e)).toBe('ready');
    expect(conditionOfStatus(0x1a, 0x32, 0x12, 0x7e)).toBe('paper-out');
    expect(conditionOfStatus(0x1a, 0x16, 0x12, 0x72)).toBe('cover-open');
    expect(conditionOfStatus(0x1a, 0x52, 0x1a, 0x12)).toBe('error');
    expect(conditionOfStatus(0x1a, 0x12, 0x12, 0x12)).toBe('offline');
  });
});
