/** Usage registration at the centre: judged, kept once, decided by a clerk, and bound to a register record. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acceptApplication, refuseApplication } from '../../platform-sim/centre/clerk.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { judgeApplication } from '../../platform-sim/signed-application.ts';
import {
  APPLY_ANSWER,
  type Application,
  type CentreRefusal,
  STATUS_ANSWER,
} from '../../src/link/certificate-protocol.ts';
import { ApplicationRig, NOW as RIG_NOW } from '../platform/application-rig.ts';
import { CentreRig, faultOf, KIOSK, REGISTER } from './centre-rig.ts';
import { ABSENT, CITY, sha256, TOWN } from './stand-in-towns.ts';

let rig: CentreRig;
beforeAll(async () => {
  rig = await CentreRig.open();
});
beforeEach(() => {
  rig.reset();
  // What it judges is test/platform/signed-application.test.ts's matter.
  rig.judge = (cms, { id, terminal, authentication }) => {
    const said = JSON.parse(cms.toString('utf8')) as Typed;
    if (said.forged) return { refused: 'application-refused', detail: 'the signature is wrong' };
    const application: Application = {
      ...{ kind: 'usage-registration', id, terminal, at: new Date(rig.now).toISOString() },
      ...{ municipality: said.municipality, domicile: said.domicile, head: said.head },
      authentication: sha256(authentication),
    };
    const person = rig.towns.people.find(({ der }) => der.equals(authentication));
    const holder = { name: person?.name ?? '', birth: '昭和55年1月1日', address: '' };
    return { application, holder };
  };
});
afterAll(() => rig.close());

const TARO = 0;
const HANAKO = 1;
const JIRO = 2;
const MINUTE = 60_000;

interface Typed extends Pick<Application, 'municipality' | 'domicile' | 'head'> {
  readonly forged?: boolean;
}

const TYPED: Typed = {
  municipality: TOWN,
  domicile: { town: '大字鷹ノ沢', number: '12-3' },
  head: { familyKana: 'かざみ', givenKana: 'いちろう' },
};

function apply(who: number, over: Partial<Typed> = {}, id: string = randomUUID()) {
  const cms = Buffer.from(JSON.stringify({ ...TYPED, ...over }));
  return APPLY_ANSWER.parse(rig.centre.apply(rig.question(who, id), cms));
}

const status = (who: number) => STATUS_ANSWER.parse(rig.centre.status(rig.question(who)));
const numberOf = (who: number) =>
  rig.books.applications.newestOf(sha256(rig.der(who)))?.number ?? '';
const clerk = () => ({ by: 'a clerk', at: rig.now });

describe('an application', () => {
  test('is received with a number and the fifth business day, and its status says so', () => {
    expect(status(TARO)).toEqual({ state: 'none' });
    const answer = apply(TARO);
    expect(answer).toEqual({
      ...{ result: 'received', expected: '2026-12-08' },
      number: expect.stringMatching(/^990011-\d{6}$/u),
    });
    expect(status(TARO)).toEqual({
      ...{ state: 'pending', expected: '2026-12-08', number: numberOf(TARO) },
      municipality: { code: TOWN, name: '鷹ノ沢町' },
    });
  });

  test('sent again gets the same answer, at once, later and after a restart; another under its id none', async () => {
    const id = randomUUID();
    const first = apply(TARO, {}, id);
    expect(apply(TARO, {}, id)).toEqual(first);
    rig.now += 60 * MINUTE;
    rig.reopen();
    expect(apply(TARO, {}, id)).toEqual(first);
    expect(rig.books.applications.filed()).toHaveLength(1);
    const other = async () => apply(TARO, { domicile: { town: '大字鷹ノ沢', number: '13' } }, id);
    expect(await faultOf(other())).toBe('id-reused');
    expect(await faultOf((async () => apply(HANAKO, {}, id))())).toBe('id-reused');
  });

  test('gets a number of its own, whoever else applies', () => {
    apply(TARO);
    apply(HANAKO);
    expect(new Set([numberOf(TARO), numberOf(HANAKO)]).size).toBe(2);
  });

  test('that is forged is refused, kept with what was wrong, and leaves no trace in the status', () => {
    const id = randomUUID();
    const refused = { result: 'refused', reason: 'application-refused' };
    expect(apply(TARO, { forged: true }, id)).toEqual(refused);
    expect(rig.books.applications.get(id)).toMatchObject({
      ...{ state: 'turned-away', why: 'the signature is wrong' },
    });
    expect(status(TARO)).toEqual({ state: 'none' });
    expect(rig.books.applications.filed()).toEqual([]);
    rig.reopen();
    expect(apply(TARO, { forged: true }, id)).toEqual(refused);
  });

  test.each<[string, CentreRefusal, () => Partial<Typed>]>([
    [
      'of a town that does not take part',
      'municipality-not-taking-part',
      () => ({ municipality: ABSENT }),
    ],
    [
      'of a town that nobody knows',
      'municipality-not-taking-part',
      () => ({ municipality: '000000' }),
    ],
    [
      'while another one waits',
      'registration-pending',
      () => {
        apply(TARO);
        return {};
      },
    ],
    [
      'of whoever is registered there',
      'already-registered',
      () => {
        rig.register(TARO);
        return {};
      },
    ],
    [
      'in the middle of maintenance',
      'maintenance',
      () => {
        rig.now = Date.parse('2026-12-08T12:30:00+09:00');
        return {};
      },
    ],
    [
      'of somebody who is fourteen',
      'under-fifteen',
      () => {
        rig.born(TARO, '2012-01-01');
        return {};
      },
    ],
  ])('%s is refused: %s', (_what, reason, prepare) => {
    expect(apply(TARO, prepare())).toEqual({ result: 'refused', reason });
    rig.born(TARO, '1980-01-01');
  });

  test('at night and on a holiday is received: clerks decide by day', () => {
    rig.now = Date.parse('2026-11-23T23:30:00+09:00');
    expect(apply(TARO)).toMatchObject({ result: 'received', expected: '2026-11-30' });
  });

  test('for another municipality takes the place of the registration before', async () => {
    rig.register(TARO);
    apply(TARO, { municipality: CITY });
    rig.now += MINUTE;
    rig.books.applications.accept(numberOf(TARO), 'F-9', clerk());
    const [full] = await rig.offers(TARO);
    expect(full?.municipality.code).toBe(CITY);
  });
});

describe('a clerk', () => {
  test('who accepts binds the certificate to the record: the certificate of the domicile is to be had', async () => {
    apply(TARO);
    const { applications } = rig.books;
    expect(acceptApplication(applications, rig.towns, numberOf(TARO), clerk())).toBe('F-1');
    expect(status(TARO)).toMatchObject({ state: 'accepted', number: numberOf(TARO) });
    expect(await rig.issue(TARO, REGISTER)).toMatchObject({ result: 'issued' });
    expect([...rig.towns.links.values()]).toEqual(['F-1']);
    expect(applications.bindingOf(sha256(rig.der(TARO)))?.der.equals(rig.der(TARO))).toBe(true);
  });

  test('who refuses is named with the reason, and the applicant may apply again', () => {
    apply(TARO);
    const { applications } = rig.books;
    refuseApplication(applications, numberOf(TARO), 'another head', clerk());
    expect(status(TARO)).toMatchObject({ state: 'refused', reason: 'application-refused' });
    expect(applications.byNumber(numberOf(TARO))).toMatchObject({ why: 'another head' });
    expect(apply(TARO)).toMatchObject({ result: 'received' });
  });

  test('decides once, of two at the same time', () => {
    apply(TARO);
    const { applications } = rig.books;
    const number = numberOf(TARO);
    acceptApplication(applications, rig.towns, number, clerk());
    expect(() => refuseApplication(applications, number, 'late', clerk())).toThrow(
      /accepted before/u,
    );
    expect(() => acceptApplication(applications, rig.towns, number, clerk())).toThrow(InputError);
    expect(status(TARO)).toMatchObject({ state: 'accepted' });
  });

  test('finds another record than was typed only by naming one that there is', () => {
    apply(TARO, { head: { familyKana: 'かぜみ', givenKana: 'いちろう' } });
    const { applications } = rig.books;
    const accept = (record?: string) =>
      acceptApplication(applications, rig.towns, numberOf(TARO), clerk(), record);
    expect(() => accept()).toThrow(/--record/u);
    expect(() => accept('F-404')).toThrow(/no such record/u);
    expect(() => acceptApplication(applications, rig.towns, '990011-999999', clerk())).toThrow(
      /no such application/u,
    );
    expect(accept('F-1')).toBe('F-1');
  });

  test('by itself accepts after its time what means a record, and leaves the rest to eyes', async () => {
    rig.clerkAfterMs = 10 * MINUTE;
    rig.reopen();
    apply(TARO);
    apply(HANAKO, { head: { familyKana: 'さとう', givenKana: 'けん' } });
    apply(JIRO);
    await rig.centre.tick();
    expect(status(TARO)).toMatchObject({ state: 'pending' });
    rig.now += 10 * MINUTE + 1;
    await rig.centre.tick();
    expect(status(TARO)).toMatchObject({ state: 'accepted' });
    expect([status(HANAKO).state, status(JIRO).state]).toEqual(['pending', 'pending']);
  });

  test('by itself never, unless a time is set', async () => {
    apply(TARO);
    rig.now += 365 * 24 * 60 * MINUTE;
    await rig.centre.tick();
    expect(status(TARO)).toMatchObject({ state: 'pending' });
  });
});

test('an application as a card signs it is judged by the real judge, with both certificates', async () => {
  const applicant = await ApplicationRig.open();
  rig.now = RIG_NOW;
  rig.judge = (cms, asked, _register, now) =>
    judgeApplication(cms, asked, applicant.stores.register, now);
  const { id, terminal, authentication } = applicant.asked;
  const question = rig.question(authentication, id, terminal);
  expect(question.terminal).toBe(KIOSK);
  const answer = rig.centre.apply(question, applicant.cms());
  expect(answer).toMatchObject({ result: 'received' });
  const [filed] = rig.books.applications.filed();
  expect(filed?.said.holder).toEqual({
    name: '風見　太郎',
    birth: '昭和55年1月1日',
    address: 'かざす市見本町一丁目1番1号',
  });
  const forged = rig.question(authentication, randomUUID(), terminal);
  expect(rig.centre.apply(forged, applicant.cms())).toMatchObject({
    reason: 'application-refused',
  });
  applicant.close();
});

test('no name is in the audit', () => {
  apply(TARO);
  expect(JSON.stringify([...rig.books.audit.entries()])).not.toMatch(/風見|大字/u);
});
