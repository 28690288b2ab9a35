/** Questions on the platform's side: checked, done once, and believed no further than the card's signature goes. */

import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { NotAQuestionError } from '../../platform-sim/checked-question.ts';
import type { OtherSide } from '../../platform-sim/other-side.ts';
import { TerminalQuestions } from '../../platform-sim/questions.ts';
import { TERMINAL_FRAME, type TerminalFrame } from '../../src/link/protocol.ts';
import { QUESTION_LIMITS, requestLines } from '../../src/link/question-protocol.ts';
import { CardMaker, type TestCard } from '../cards.ts';

type Ask = Extract<TerminalFrame, { frame: 'ask' }>;

const TERMINAL = 'counter-1';
/** A terminal that renews its certificate has two. */
const OLD_CERTIFICATE = Buffer.from('3003020107', 'hex');
let card: TestCard;
let other: TestCard;
beforeAll(async () => {
  const maker = await CardMaker.create();
  card = await maker.card();
  other = await maker.card();
});

function desk(otherSide: OtherSide) {
  const log: string[] = [];
  const questions = new TerminalQuestions({
    register: {} as never,
    centre: {} as never,
    removed: {} as never,
    residents: {} as never,
    standings: {} as never,
    held: {} as never,
    now: Date.now,
    otherSides: { 'age-check': otherSide },
    log: (event, fields) => log.push(`${event} ${JSON.stringify(fields)}`),
  });
  return {
    questions,
    log,
    ask: (frame: Ask, who = TERMINAL) =>
      questions.answer({ terminal: who, signedAs: [OLD_CERTIFICATE, Buffer.from(who)] }, frame),
  };
}

function frame(given: Partial<Ask> = {}): Ask {
  const body = '{"age":20}';
  return { frame: 'ask', id: randomUUID(), service: 'age-check', body, card: null, ...given };
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

/** What a card would have signed; every part can be another one. */
function proofOf(
  question: Ask,
  prefix: 'kazasu-tap-1' | 'kazasu-pin-1' | 'kazasu-any-1',
  {
    terminal = TERMINAL as string | Buffer,
    certificate = card.der,
    request = requestLines(question),
  } = {},
  key: string | KeyObject = card.card.userPrivateKey ?? '',
) {
  const message = Buffer.concat([
    Buffer.from(prefix, 'ascii'),
    randomBytes(32),
    sha256(terminal),
    sha256(certificate),
    ...(prefix === 'kazasu-pin-1' ? [sha256(request)] : []),
  ]);
  const signature = sign('sha256', message, key);
  return { message: message.toString('base64'), signature: signature.toString('base64') };
}

function withProof(proof: (question: Ask) => NonNullable<Ask['card']>['proof']): Ask {
  const question = frame();
  const certificate = card.der.toString('base64');
  return { ...question, card: { certificate, proof: proof(question) } };
}

const sayAssurance: OtherSide = ({ card: shown }) => ({ assurance: shown?.assurance ?? null });

test('the same id asked again is done once and gets the same answer, also while the first is being done', async () => {
  let done = 0;
  const gate = Promise.withResolvers<void>();
  const { ask } = desk(async () => {
    done += 1;
    await gate.promise;
    return { done };
  });
  const question = frame();
  const both = Promise.all([ask(question), ask(question)]);
  gate.resolve();
  const [first, second] = await both;
  expect(first).toEqual({ frame: 'answer', id: question.id, body: '{"done":1}' });
  expect([second, await ask(question)]).toEqual([first, first]);
  expect(done).toBe(1);
});

test('an id belongs to its terminal and to its question', async () => {
  let done = 0;
  const { ask } = desk(() => ({ done: ++done }));
  const question = frame();
  await ask(question);
  expect(await ask({ ...question, body: '{"age":18}' })).toMatchObject({ fault: 'id-reused' });
  expect(await ask(question, 'counter-2')).toMatchObject({ body: '{"done":2}' });
});

test('nobody has more questions open than the limit', async () => {
  const gate = Promise.withResolvers<void>();
  const { ask } = desk(async () => {
    await gate.promise;
    return {};
  });
  const open = Array.from({ length: QUESTION_LIMITS.open }, () => ask(frame()));
  expect(await ask(frame())).toMatchObject({ fault: 'busy' });
  gate.resolve();
  await Promise.all(open);
  expect(await ask(frame())).toMatchObject({ frame: 'answer' });
});

test.each([
  ['an unknown service', { service: 'library-card' }, 'unknown-service'],
  ['a service called like a part of every object', { service: 'constructor' }, 'unknown-service'],
  ['a body that is no JSON', { body: '{' }, 'not-a-question'],
  ['a body that the service does not take', { body: '{"age":-1}' }, 'not-a-question'],
])('%s gets a fault', async (_, given, fault) => {
  const { ask } = desk(({ body }) => {
    if ((body as { age: number }).age < 0) throw new NotAQuestionError();
    return {};
  });
  expect(await ask(frame(given))).toMatchObject({ frame: 'fault', fault });
});

test('a service that fails says so to nobody but the log, and there without what it was asked', async () => {
  const { ask, log } = desk(() => {
    throw new TypeError('born 1990-01-01');
  });
  expect(await ask(frame())).toMatchObject({ fault: 'failed' });
  expect(log.join()).toContain('TypeError');
  expect(log.join()).not.toContain('1990');
});

test('each level is proved by its own prefix', async () => {
  const { ask } = desk(sayAssurance);
  const shown = async (question: Ask) => {
    const answer = await ask(question);
    return answer.frame === 'answer' ? JSON.parse(answer.body).assurance : answer.fault;
  };
  expect(await shown(withProof(() => null))).toBe('identified');
  const terminal = OLD_CERTIFICATE;
  expect(
    await shown(withProof((question) => proofOf(question, 'kazasu-tap-1', { terminal }))),
  ).toBe('possession');
  expect(await shown(withProof((question) => proofOf(question, 'kazasu-tap-1')))).toBe(
    'possession',
  );
  expect(await shown(withProof((question) => proofOf(question, 'kazasu-pin-1')))).toBe(
    'possession+pin',
  );
});

test.each([
  ['another prefix', (question: Ask) => proofOf(question, 'kazasu-any-1')],
  [
    'another terminal',
    (question: Ask) => proofOf(question, 'kazasu-tap-1', { terminal: 'gate-1' }),
  ],
  [
    'another certificate',
    (question: Ask) => proofOf(question, 'kazasu-tap-1', { certificate: other.der }),
  ],
  [
    'another question',
    (question: Ask) => proofOf(question, 'kazasu-pin-1', { request: requestLines(frame()) }),
  ],
  [
    'another key',
    (question: Ask) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return proofOf(question, 'kazasu-tap-1', {}, privateKey);
    },
  ],
  [
    'a byte more',
    (question: Ask) => {
      const { message, signature } = proofOf(question, 'kazasu-tap-1');
      return { message: Buffer.from(`${atob(message)}x`, 'latin1').toString('base64'), signature };
    },
  ],
  ['nothing signed', () => ({ message: '', signature: '' })],
])('a proof with %s is none', async (_, proof) => {
  const { ask } = desk(sayAssurance);
  expect(await ask(withProof(proof))).toMatchObject({ fault: 'not-proved' });
});

test('a question that is too large, or has more in it, is not of the protocol', () => {
  const certificate = 'A'.repeat(8_196);
  for (const given of [
    { body: 'x'.repeat(QUESTION_LIMITS.bodyBytes + 1) },
    { id: 'one' },
    { card: { certificate, proof: null } },
  ]) {
    expect(TERMINAL_FRAME.safeParse(frame(given)).success).toBe(false);
  }
  expect(TERMINAL_FRAME.safeParse({ ...frame(), more: 1 }).success).toBe(false);
  expect(TERMINAL_FRAME.safeParse(frame()).success).toBe(true);
});
