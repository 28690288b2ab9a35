/** The centre behind the link: proofs, frames, and the object beside them, by a terminal that speaks the protocol by hand. */

import { createHash, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Platform, startPlatform } from '../../platform-sim/platform.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import {
  CERTIFICATE_SERVICES,
  ISSUE_ANSWER,
  OFFERS_ANSWER,
  OWN_TOPOLOGY,
} from '../../src/link/certificate-protocol.ts';
import { requestLines } from '../../src/link/question-protocol.ts';
import { CardMaker, type TestCard } from '../cards.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { issuedOf, RECORD } from './centre-rig.ts';
import { StandInTowns, sha256, subjectOf, TOWN } from './stand-in-towns.ts';

const KIOSK = 'kiosk-1';
type Proof = 'kazasu-tap-1' | 'kazasu-pin-1' | null;

let folder = '';
let card: TestCard;
let towns: StandInTowns;
let platform: Platform;
let terminal: BareTerminal;
let chain: Chain;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-centre-link-'));
  const maker = await CardMaker.create();
  card = await maker.card({ notBefore: new Date(Date.now() - 400 * 86_400_000) });
  writeFileSync(join(folder, 'ca.der'), maker.authority.caCertificate);
  writeFileSync(join(folder, 'crl.der'), maker.authority.crl());
  towns = new StandInTowns();
  // Whatever the day and hour of the test, here it is served.
  for (const office of towns.offices) {
    Object.assign(office.resident, { closedAtYearEnd: false });
    Object.assign(office.resident.hours, { from: '00:00', to: '24:00' });
  }
  towns.people.push({
    name: '風見　太郎',
    der: card.der,
    residence: RECORD.municipality,
    family: null,
  });
  await start();
  const files = { ca: [join(folder, 'ca.der')], crl: [join(folder, 'crl.der')] };
  await addTrust(platform.stores.registry, platform.stores.keys, files, Date.now());
  await platform.close();
});
beforeEach(async () => {
  await start();
  platform.stores.centre.faults.mend();
  chain = new Chain(KIOSK);
  terminal = await BareTerminal.greet(platform.url, chain);
  await answerTo(ask('municipalities', { topology: OWN_TOPOLOGY }, null));
});
afterEach(async () => {
  await terminal.leave();
  await platform.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(): Promise<void> {
  const centre = { municipalities: towns, lateMs: 200 };
  platform = await startPlatform({ stateDirectory: join(folder, 'state'), port: 0, centre });
}

/** Asks, and hands back the id. */
function ask(
  service: keyof typeof CERTIFICATE_SERVICES,
  said: object,
  proof: Proof,
  id: string = randomUUID(),
): string {
  const question = { id, service: CERTIFICATE_SERVICES[service], body: JSON.stringify(said) };
  const shown = { certificate: card.der.toString('base64'), proof: proofOf(question, proof) };
  terminal.send({ frame: 'ask', ...question, card: service === 'municipalities' ? null : shown });
  return id;
}

function proofOf(question: Parameters<typeof requestLines>[0], prefix: Proof) {
  if (prefix === null) return null;
  const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
  const request = prefix === 'kazasu-pin-1' ? [hash(requestLines(question))] : [];
  const digests = [randomBytes(32), hash(KIOSK), hash(card.der), ...request];
  const message = Buffer.concat([Buffer.from(prefix), ...digests]);
  const signature = sign('sha256', message, card.card.userPrivateKey ?? '');
  return { message: message.toString('base64'), signature: signature.toString('base64') };
}

const answersTo = (id: string) =>
  terminal.frames.filter((frame) => 'id' in frame && frame.id === id);

async function answerTo(id: string): Promise<unknown> {
  await terminal.until(() => answersTo(id).length > 0, 'an answer');
  const [frame] = answersTo(id);
  if (frame?.frame === 'answer') return JSON.parse(frame.body);
  return frame?.frame === 'fault' ? frame.fault : null;
}

const object = (name: string) => fetch(`http://127.0.0.1:${platform.port}/objects/${name}`);

test('from the offers to the paper: asked, issued, fetched, printed, and gone', async () => {
  const { offers } = OFFERS_ANSWER.parse(await answerTo(ask('offers', {}, 'kazasu-tap-1')));
  const offer = offers.find(({ document }) => document === 'resident-record');
  expect(offer).toMatchObject({ fee: RECORD.fee, service: { open: true } });
  const id = ask('issue', RECORD, 'kazasu-pin-1');
  const issued = issuedOf(ISSUE_ANSWER.parse(await answerTo(id)));
  const sealed = await object(issued.object);
  expect([sealed.status, sealed.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(sha256(Buffer.from(await sealed.arrayBuffer()))).toBe(issued.object);
  expect(towns.issued.at(-1)).toMatchObject({ request: id, terminal: KIOSK });
  expect(subjectOf(id, card.der)).toHaveLength(64);
  chain.add({ request: id, sheets: 2 }, { event: 'certificate.printed' });
  await terminal.tell(chain);
  await expect
    .poll(async () => (await object(issued.object)).status, { timeout: 20_000 })
    .toBe(404);
});

test('the same question after a restart of the platform gets the same answer', async () => {
  const id = ask('issue', RECORD, 'kazasu-pin-1');
  const before = await answerTo(id);
  const made = towns.issued.length;
  await platform.close();
  await start();
  terminal = await BareTerminal.greet(platform.url, chain);
  expect(await answerTo(ask('issue', RECORD, 'kazasu-pin-1', id))).toEqual(before);
  expect(towns.issued).toHaveLength(made);
});

describe('less than a question needs is no proof:', () => {
  test.each<[keyof typeof CERTIFICATE_SERVICES, object, Proof]>([
    ['offers', {}, null],
    ['issue', RECORD, 'kazasu-tap-1'],
    ['issue', RECORD, null],
    ['apply', { application: 'AAAA' }, null],
    ['status', {}, null],
  ])('%s', async (service, said, proof) => {
    const made = towns.issued.length;
    expect(await answerTo(ask(service, said, proof))).toBe('not-proved');
    expect(towns.issued).toHaveLength(made);
  });
});

test.each<[keyof typeof CERTIFICATE_SERVICES, object]>([
  ['municipalities', { topology: { build: 'x', profile: 'none' } }],
  ['offers', { everything: true }],
  ['issue', { ...RECORD, copies: 0 }],
  ['issue', { ...RECORD, municipality: TOWN, holder: '山田' }],
  ['apply', { application: '-' }],
  ['status', { of: 'another' }],
])('what is no question is none: %s %j', async (service, said) => {
  expect(await answerTo(ask(service, said, 'kazasu-pin-1'))).toBe('not-a-question');
});

test('an application that is none is refused, and has no status', async () => {
  const refused = { result: 'refused', reason: 'application-refused' };
  expect(await answerTo(ask('apply', { application: 'AAAA' }, 'kazasu-tap-1'))).toEqual(refused);
  expect(await answerTo(ask('status', {}, 'kazasu-tap-1'))).toEqual({ state: 'none' });
});

describe('an answer', () => {
  const break_ = (fault: string) => platform.stores.centre.faults.set(fault, 1);

  test('comes twice', async () => {
    break_('answers-twice');
    const id = ask('issue', RECORD, 'kazasu-pin-1');
    await terminal.until(() => answersTo(id).length === 2, 'a second answer');
    const [first, second] = answersTo(id);
    expect(second).toEqual(first);
  });

  test('comes late, and others do not wait for it', async () => {
    break_('answers-late');
    const late = ask('issue', RECORD, 'kazasu-pin-1');
    await answerTo(ask('status', {}, 'kazasu-tap-1'));
    expect(answersTo(late)).toEqual([]);
    expect(await answerTo(late)).toMatchObject({ result: 'issued' });
  });

  test('never comes, though it was issued; who asks again gets it', async () => {
    break_('never-answers');
    const id = ask('issue', RECORD, 'kazasu-pin-1');
    const isIssued = () => platform.stores.centre.issues.get(id)?.state;
    await expect.poll(isIssued, { timeout: 20_000 }).toBe('issued');
    await answerTo(ask('status', {}, 'kazasu-tap-1'));
    expect(answersTo(id)).toEqual([]);
    await terminal.leave();
    await platform.close();
    await start();
    terminal = await BareTerminal.greet(platform.url, chain);
    expect(await answerTo(ask('issue', RECORD, 'kazasu-pin-1', id))).toMatchObject({
      result: 'issued',
    });
  });
});
