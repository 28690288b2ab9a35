/** One transaction a request id: durable before anything leaves, the same bytes for the same question, its own for each. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ISSUE_ANSWER, OWN_TOPOLOGY } from '../../src/link/certificate-protocol.ts';
import { CentreRig, faultOf, issuedOf, KIOSK, RECORD, REGISTER } from './centre-rig.ts';
import { sha256, subjectOf, TOWN } from './stand-in-towns.ts';

let rig: CentreRig;
beforeAll(async () => {
  rig = await CentreRig.open();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

const TARO = 0;
const HANAKO = 1;

const documents = () => Number(rig.books.db.prepare('SELECT count(*) FROM document').pluck().get());
const audited = (result: string) =>
  [...rig.books.audit.entries()].filter((entry) => entry.result === result);

test('what is issued is signed for this request, this terminal and the holder of the record', async () => {
  const id = randomUUID();
  const answer = await rig.issue(TARO, { ...RECORD, copies: 2, fee: 400 }, id);
  expect(ISSUE_ANSWER.parse(answer)).toEqual(answer);
  const { manifest, pdf } = await rig.opened(answer);
  expect(manifest).toMatchObject({
    ...{ request: id, terminal: KIOSK, municipality: RECORD.municipality },
    ...{ document: 'resident-record', option: 'self', copies: 2, pages: 4, fee: 400 },
    subject: subjectOf(id, rig.der(TARO)),
  });
  expect(manifest.sha256).toBe(sha256(Buffer.from(pdf ?? '', 'latin1')));
  expect(pdf).toContain(id);
  expect(issuedOf(answer).holder).toBe('風＊ ＊');
});

test('the same question gets the same bytes, while it is worked at, later, and after a restart', async () => {
  const id = randomUUID();
  const both = await Promise.all([rig.issue(TARO, RECORD, id), rig.issue(TARO, RECORD, id)]);
  const later = await rig.issue(TARO, RECORD, id);
  rig.reopen();
  const answers = [...both, later, await rig.issue(TARO, RECORD, id)];
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(rig.towns.issued).toHaveLength(1);
  expect(documents()).toBe(1);
  expect((await rig.opened(answers[3] ?? later)).pdf).toContain(id);
});

test('a refusal is the same, too, though the reason for it has passed', async () => {
  const id = randomUUID();
  rig.towns.obstacles.set('風見　太郎', 'filing-in-progress');
  const refused = await rig.issue(TARO, RECORD, id);
  expect(refused).toEqual({ result: 'refused', reason: 'filing-in-progress' });
  rig.towns.obstacles.clear();
  rig.reopen();
  expect(await rig.issue(TARO, RECORD, id)).toEqual(refused);
  expect(documents()).toBe(0);
});

describe('a request id is of one question:', () => {
  test.each([
    ['another document', (id: string) => rig.issue(TARO, { ...RECORD, document: 'taxation' }, id)],
    ['another option', (id: string) => rig.issue(TARO, { ...RECORD, option: 'household' }, id)],
    ['more copies', (id: string) => rig.issue(TARO, { ...RECORD, copies: 2, fee: 400 }, id)],
    ['another fee', (id: string) => rig.issue(TARO, { ...RECORD, fee: 0 }, id)],
    ['another holder', (id: string) => rig.issue(HANAKO, RECORD, id)],
    ['another terminal', (id: string) => rig.issue(TARO, RECORD, id, 'kiosk-2')],
  ])('%s under it is refused', async (_what, ask) => {
    const id = randomUUID();
    const first = rig.issue(TARO, RECORD, id);
    expect(await faultOf(ask(id))).toBe('id-reused');
    await first;
    expect(await faultOf(ask(id))).toBe('id-reused');
    rig.reopen();
    expect(await faultOf(ask(id))).toBe('id-reused');
    expect(rig.towns.issued).toHaveLength(1);
  });
});

test('two kiosks in the same millisecond, a thousand times: each gets its own (Kawasaki)', async () => {
  rig.centre.municipalities('kiosk-2', OWN_TOPOLOGY);
  // Signatures are not what this is about, and take their time.
  rig.signIssue = (_code, content) => Promise.resolve(Buffer.from(content));
  const objects = new Set<string>();
  for (let round = 0; round < 1_000; round += 1) {
    const [one, other] = [randomUUID(), randomUUID()];
    const [first, second] = await Promise.all([
      rig.issue(TARO, RECORD, one, KIOSK),
      rig.issue(HANAKO, RECORD, other, 'kiosk-2'),
    ]);
    for (const [who, request, terminal, answer] of [
      [TARO, one, KIOSK, first],
      [HANAKO, other, 'kiosk-2', second],
    ] as const) {
      const { manifest, object } = issuedOf(answer);
      const said = JSON.parse(Buffer.from(manifest, 'base64').toString('utf8'));
      const pdf = Buffer.from(rig.unsealed(issuedOf(answer)) ?? '', 'latin1');
      const subject = subjectOf(request, rig.der(who));
      expect(said).toMatchObject({ request, terminal, subject, sha256: sha256(pdf) });
      expect(pdf.toString('latin1')).toContain(request);
      objects.add(object);
    }
  }
  expect(objects.size).toBe(2_000);
}, 120_000);

describe('a restart', () => {
  /** What fails, once: the process ends there. */
  const CRASHES: Record<string, () => () => void> = {
    'while the document is made': () => {
      rig.towns.before = () => Promise.reject(new Error('power cut'));
      return () => {
        rig.towns.before = async () => {};
      };
    },
    'while the manifest is signed': () => {
      rig.signIssue = () => Promise.reject(new Error('power cut'));
      return () => {
        rig.signIssue = null;
      };
    },
    'before the answer is written': () => cut('BEFORE UPDATE ON issue'),
    'between answer and document': () => cut('BEFORE INSERT ON document'),
    'between document and audit': () => cut('BEFORE INSERT ON audit'),
    'after the transaction was begun': () => cut('AFTER INSERT ON issue'),
  };

  /** In this connection alone, so it is gone with it. */
  function cut(when: string): () => void {
    const name = when.replaceAll(' ', '_');
    rig.books.db.exec(
      `CREATE TEMP TRIGGER ${name} ${when} BEGIN SELECT RAISE(ABORT, 'power cut'); END`,
    );
    return () => {};
  }

  test.each(Object.keys(CRASHES))('%s: asked again, it is issued once', async (where) => {
    const id = randomUUID();
    const mend = CRASHES[where]?.();
    await expect(rig.issue(TARO, RECORD, id)).rejects.toThrow('power cut');
    expect(documents()).toBe(0);
    expect(audited('issued')).toEqual([]);
    mend?.();
    rig.reopen();
    const answer = await rig.issue(TARO, RECORD, id);
    expect(await rig.issue(TARO, RECORD, id)).toEqual(answer);
    expect((await rig.opened(answer)).manifest.request).toBe(id);
    expect(documents()).toBe(1);
    expect(audited('issued')).toHaveLength(1);
  });
});

describe('an order that was not offered', () => {
  test.each([
    ['an option of another document', { option: 'this-year' }],
    ['no option where there is one', { option: 'plain' }],
    ['six copies', { copies: 6, fee: 1_200 }],
  ] as const)('is no question: %s', async (_what, over) => {
    expect(await faultOf(rig.issue(TARO, { ...RECORD, ...over }))).toBe('not-a-question');
    expect(rig.towns.issued).toEqual([]);
  });

  test.each([
    ['for other money', RECORD, { fee: 100 }, 'centre-stopped'],
    ['for nothing', RECORD, { fee: 0 }, 'centre-stopped'],
    ['of another municipality', RECORD, { municipality: TOWN }, 'not-recorded-there'],
    ['of a domicile that is not registered', REGISTER, {}, 'registration-missing'],
  ])('is refused: %s', async (_what, order, over, reason) => {
    expect(await rig.issue(TARO, { ...order, ...over })).toEqual({ result: 'refused', reason });
    expect(rig.towns.issued).toEqual([]);
  });
});

test('the audit says who asked where for what, which record was read, and nothing of the document', async () => {
  const id = randomUUID();
  await rig.issue(TARO, RECORD, id);
  const [entry] = audited('issued');
  expect(entry).toEqual({
    ...{ at: rig.now, terminal: KIOSK, service: 'certificate-issue', request: id },
    certificate: sha256(rig.der(TARO)),
    record: 'record of 風見　太郎',
    result: 'issued',
  });
});

test('what is kept of a document can’t be read without the key that went to the terminal', async () => {
  const answer = issuedOf(await rig.issue(TARO));
  const bytes = rig.centre.document(answer.object)?.toString('latin1') ?? '';
  expect(bytes).not.toContain('%PDF');
  expect(rig.centre.document('00'.repeat(32))).toBeUndefined();
});
