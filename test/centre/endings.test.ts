/** How a transaction ends: by its terminal's facts, in any order, once; and what is left of it then. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CentreRig, faultOf, issuedOf, KIOSK, RECORD } from './centre-rig.ts';

let rig: CentreRig;
beforeAll(async () => {
  rig = await CentreRig.open();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

const TARO = 0;
const HANAKO = 1;
const HOUR = 3_600_000;

const stateOf = (id: string) => rig.books.issues.get(id)?.state;

async function issued(id: string = randomUUID(), who = TARO) {
  const answer = issuedOf(await rig.issue(who, RECORD, id));
  return { id, object: answer.object };
}

describe.each([
  ['certificate.printed', 'printed'],
  ['certificate.voided', 'voided'],
] as const)('%s', (event, state) => {
  test('ends it: the exact bytes are kept until then, and no longer', async () => {
    const { id, object } = await issued();
    expect(rig.centre.document(object)).toBeDefined();
    await rig.tell(rig.chain(), event, { request: id, sheets: 2, reason: 'done' });
    expect(rig.books.issues.get(id)).toMatchObject({
      ...{ state, sheets: 2, why: 'done', ended: rig.now, answer: null },
    });
    expect(rig.centre.document(object)).toBeUndefined();
    expect([...rig.books.audit.entries()].at(-1)).toMatchObject({
      ...{ service: 'end', request: id, result: `${state} done` },
    });
    rig.reopen();
    expect(await faultOf(rig.issue(TARO, RECORD, id))).toBe('id-reused');
  });

  test('heard again, or after a restart, changes nothing', async () => {
    const { id } = await issued();
    const chain = rig.chain();
    await rig.tell(chain, event, { request: id, sheets: 2 });
    rig.now += HOUR;
    await rig.tell(chain, event, { request: id, sheets: 1 });
    rig.reopen();
    await rig.centre.tick();
    expect(rig.books.issues.get(id)).toMatchObject({ state, sheets: 2, ended: rig.now - HOUR });
  });
});

test('facts that came while the centre was away count when it is back', async () => {
  const { id } = await issued();
  const chain = rig.chain();
  chain.add({ request: id, sheets: 2 }, { event: 'certificate.printed' });
  rig.stores.facts.store(chain, 1, chain.items, rig.now);
  rig.reopen();
  await rig.centre.tick();
  expect(stateOf(id)).toBe('printed');
});

test.each([
  [['certificate.printed', 'certificate.voided']],
  [['certificate.voided', 'certificate.printed']],
])('paper that came out stays printed, whichever is heard first: %s', async (events) => {
  const { id } = await issued();
  const chain = rig.chain();
  for (const event of events) await rig.tell(chain, event, { request: id, sheets: 2 });
  expect(stateOf(id)).toBe('printed');
});

test.each([
  ['of another terminal', 'kiosk-2', (id: string) => ({ request: id, sheets: 2 })],
  ['of a request that nobody knows', KIOSK, () => ({ request: randomUUID() })],
  ['without a request', KIOSK, () => ({ sheets: 2 })],
  ['with a request that is none', KIOSK, () => ({ request: '../issue' })],
])('a fact %s ends nothing', async (_what, terminal, body) => {
  const { id, object } = await issued();
  await rig.tell(rig.chain(terminal), 'certificate.printed', body(id));
  expect(stateOf(id)).toBe('issued');
  expect(rig.centre.document(object)).toBeDefined();
});

test('a number of sheets that is none, and a reason that is an essay, are left out', async () => {
  const { id } = await issued();
  await rig.tell(rig.chain(), 'certificate.voided', {
    request: id,
    sheets: -1,
    reason: 'x'.repeat(65),
  });
  expect(rig.books.issues.get(id)).toMatchObject({ state: 'voided', sheets: null, why: null });
});

describe('an issue that nobody ends', () => {
  test('stays, however long, while nothing says that its session is over', async () => {
    const { id, object } = await issued();
    rig.now += 30 * 24 * HOUR;
    await rig.tell(rig.chain(), 'entry.granted', {});
    expect(stateOf(id)).toBe('issued');
    expect(rig.centre.document(object)).toBeDefined();
  });

  test('stays when its terminal has taken it: the terminal owes its end', async () => {
    const { id } = await issued();
    const chain = rig.chain();
    await rig.tell(chain, 'certificate.issued', { request: id });
    rig.now += 1_000;
    const later = await issued(undefined, HANAKO);
    rig.now += HOUR;
    await rig.tell(chain, 'certificate.printed', { request: later.id });
    expect(stateOf(id)).toBe('issued');
  });

  test('is voided when its terminal never took it, and has told of a later one', async () => {
    const { id, object } = await issued();
    rig.now += 1_000;
    const later = await issued(undefined, HANAKO);
    const chain = rig.chain();
    await rig.tell(chain, 'certificate.issued', { request: later.id });
    expect(stateOf(id)).toBe('issued');
    rig.now += HOUR;
    await rig.centre.tick();
    expect(rig.books.issues.get(id)).toMatchObject({ state: 'voided', why: 'never-taken' });
    expect(rig.centre.document(object)).toBeUndefined();
    expect(stateOf(later.id)).toBe('issued');
  });

  test('is not voided because another terminal went on', async () => {
    const { id } = await issued();
    rig.now += 1_000;
    await rig.tell(rig.chain('kiosk-2'), 'certificate.issued', { request: randomUUID() });
    rig.now += HOUR;
    await rig.centre.tick();
    expect(stateOf(id)).toBe('issued');
  });
});
