/** Questions on a terminal's side of the link: whoever asked gets the answer, or is told that none comes; nobody else does. */

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { TERMINAL_FRAME, type TerminalFrame } from '../../src/link/protocol.ts';
import { QUESTION_LIMITS } from '../../src/link/question-protocol.ts';
import { type Question, Questions } from '../../src/link/questions.ts';

class Rig {
  readonly noted: { readonly event: string; readonly fields: object }[] = [];
  readonly sent: TerminalFrame[] = [];
  readonly questions = new Questions((event, fields) => this.noted.push({ event, fields }));

  static up(): Rig {
    const rig = new Rig();
    rig.up();
    return rig;
  }

  up(): void {
    this.questions.up((frame) => this.sent.push(frame));
  }

  ask(question: Question, signal = new AbortController().signal) {
    return this.questions.ask(question, signal);
  }
}

function question(body = '{"age":20}'): Question {
  return { id: randomUUID(), service: 'age-check', body, card: null };
}

test('offline: said at once, and nothing is sent, not even later', async () => {
  const rig = new Rig();
  expect(await rig.ask(question())).toEqual({ asked: 'offline' });
  rig.up();
  expect(rig.sent).toEqual([]);
});

test('the answer comes to the one who asked, whatever the order', async () => {
  const rig = Rig.up();
  const [one, two] = [question(), question()];
  const asked = [rig.ask(one), rig.ask(two)];
  expect(rig.questions.take({ id: two.id, body: '2' })).toBe(true);
  expect(rig.questions.take({ id: one.id, fault: 'failed' })).toBe(true);
  expect(await Promise.all(asked)).toEqual([
    { asked: 'refused', fault: 'failed' },
    { asked: 'answered', body: '2' },
  ]);
  expect(rig.noted).toEqual([]);
});

test('what is sent is of the protocol', () => {
  const rig = Rig.up();
  void rig.ask(question());
  expect(rig.sent).toHaveLength(1);
  expect(TERMINAL_FRAME.safeParse(rig.sent[0]).success).toBe(true);
});

test('a link that breaks: asked again on the next one with the same id, and answered once', async () => {
  const rig = Rig.up();
  const one = question();
  const asked = rig.ask(one);
  rig.questions.down();
  rig.up();
  expect(rig.sent).toEqual([rig.sent[0], rig.sent[0]]);
  rig.questions.take({ id: one.id, body: 'yes' });
  expect(await asked).toEqual({ asked: 'answered', body: 'yes' });
  rig.questions.take({ id: one.id, body: 'no' });
  expect(rig.noted).toEqual([
    { event: 'answer.dropped', fields: { service: 'age-check', reason: 'late' } },
  ]);
});

test('whoever breaks off is told so; the answer that comes then is dropped, and journaled without its content', async () => {
  const rig = Rig.up();
  const one = question();
  const stop = new AbortController();
  const asked = rig.ask(one, stop.signal);
  stop.abort();
  expect(await asked).toEqual({ asked: 'broken-off' });
  expect(rig.questions.take({ id: one.id, body: '{"over":true}' })).toBe(true);
  expect(rig.noted).toEqual([
    { event: 'answer.dropped', fields: { service: 'age-check', reason: 'late' } },
  ]);
  expect(await rig.ask(question(), stop.signal)).toEqual({ asked: 'broken-off' });
  rig.questions.down();
  rig.up();
  expect(rig.sent).toHaveLength(1);
});

test('no more than so many at once, and again when one is through', async () => {
  const rig = Rig.up();
  const all = Array.from({ length: QUESTION_LIMITS.open }, () => question());
  for (const each of all) void rig.ask(each);
  expect(await rig.ask(question())).toEqual({ asked: 'busy' });
  rig.questions.take({ id: all[0]?.id ?? '', body: '1' });
  void rig.ask(question());
  expect(rig.sent).toHaveLength(QUESTION_LIMITS.open + 1);
});

test('a body over the limit is a defect of ours', () => {
  const rig = Rig.up();
  expect(() => rig.ask(question('あ'.repeat(QUESTION_LIMITS.bodyBytes / 2)))).toThrow(RangeError);
  expect(rig.sent).toEqual([]);
});

test('answers that nobody asked for: dropped, and after so many the link is ended', () => {
  const rig = Rig.up();
  const takes = Array.from({ length: 65 }, () =>
    rig.questions.take({ id: randomUUID(), body: 'x' }),
  );
  expect(takes.indexOf(false)).toBe(64);
  expect(rig.noted[0]).toEqual({
    event: 'answer.dropped',
    fields: { service: undefined, reason: 'not-asked' },
  });
  rig.up();
  expect(rig.questions.take({ id: randomUUID(), body: 'x' })).toBe(true);
});
