/** What is offered to whom, where and for how much; and each reason why not, before PIN and money. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DOCUMENTS, OF_THE_DOMICILE } from '../../src/domain/municipal-certificate.ts';
import {
  CENTRE_REFUSALS,
  MUNICIPALITIES_ANSWER,
  OFFERS_ANSWER,
  OWN_TOPOLOGY,
} from '../../src/link/certificate-protocol.ts';
import { CentreRig, faultOf, KIOSK, RECORD, TUESDAY } from './centre-rig.ts';
import { ABSENT, CITY, TOWN } from './stand-in-towns.ts';

let rig: CentreRig;
beforeAll(async () => {
  rig = await CentreRig.open();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

const TARO = 0;
const JIRO = 2;
const NAME = '風見　太郎';
const FEES = {
  'family-register-full': 450,
  'family-register-individual': 450,
  'family-register-addresses': 300,
  'civil-status': 300,
  'resident-record': 200,
  'seal-registration': 200,
  taxation: 200,
};
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('offers', () => {
  test('name every document, in the order of the list, with its municipality and its fee', async () => {
    rig.register(TARO);
    const { offers } = await rig.centre.offers(rig.question(TARO));
    expect(OFFERS_ANSWER.parse({ offers })).toEqual({ offers });
    expect(offers.map(({ document }) => document)).toEqual([...DOCUMENTS]);
    for (const { document, municipality, fee, service, copiesMax } of offers) {
      expect(municipality.code).toBe(OF_THE_DOMICILE.has(document) ? TOWN : CITY);
      expect(service).toMatchObject({ open: true });
      expect([fee, copiesMax]).toEqual([FEES[document], 5]);
    }
  });

  test('of where one lives need no registration, and of the domicile there neither', async () => {
    expect(await rig.reason(TARO, 'resident-record')).toBeNull();
    expect(await rig.reason(JIRO, 'family-register-full')).toBeNull();
    const full = (await rig.offers(JIRO)).find(
      ({ document }) => document === 'family-register-full',
    );
    expect(full?.municipality).toEqual({ code: CITY, name: 'かざす市' });
  });

  test('link the record of a registration anew, whenever they are asked for', async () => {
    rig.register(TARO);
    rig.towns.links.clear();
    await rig.offers(TARO);
    expect([...rig.towns.links.values()]).toEqual(['F-1']);
  });
});

describe('each reason is its own:', () => {
  const seen = new Set<string>();
  const family = async (who: number | Buffer = TARO) => {
    const reason = await rig.reason(who, 'family-register-individual');
    if (reason !== null) seen.add(reason);
    return reason;
  };
  const at = (japan: string) => {
    rig.now = Date.parse(`${japan}+09:00`);
  };

  test('hours, the turn of the year, maintenance', async () => {
    rig.register(TARO);
    at('2026-12-01T08:59:59.999');
    expect(await family()).toBe('outside-hours');
    at('2026-12-05T12:00:00');
    expect(await family()).toBe('outside-hours');
    expect(await rig.reason(TARO, 'resident-record')).toBeNull();
    at('2026-12-30T12:00:00');
    expect([await family(), await rig.reason(TARO, 'resident-record')]).toEqual([
      'year-end',
      'year-end',
    ]);
    at('2026-12-08T12:30:00');
    expect(await family()).toBe('maintenance');
    expect((await rig.offers(TARO))[0]?.service).toMatchObject({
      from: '2026-12-08T05:00:00.000Z',
    });
  });

  test('no registration, one that waits, one that was refused, and then a new one', async () => {
    expect(await family()).toBe('registration-missing');
    rig.apply(TARO);
    expect(await family()).toBe('registration-pending');
    rig.refuse(TARO);
    expect(await family()).toBe('registration-refused');
    rig.apply(TARO);
    expect(await family()).toBe('registration-pending');
    rig.accept(TARO);
    expect(await family()).toBeNull();
  });

  test('a municipality that does not take part', async () => {
    rig.register(TARO, ABSENT);
    expect(await family()).toBe('municipality-not-taking-part');
  });

  test.each([
    'moving-out',
    'counter-only',
    'holder-deceased',
    'filing-in-progress',
    'character-not-covered',
    'name-too-long',
  ] as const)('%s, which the municipality says', async (reason) => {
    rig.register(TARO);
    rig.towns.obstacles.set(NAME, reason);
    expect([await family(), await rig.reason(TARO, 'taxation')]).toEqual([reason, reason]);
  });

  test('what stays is said before what passes', async () => {
    rig.register(TARO);
    rig.towns.obstacles.set(NAME, 'counter-only');
    at('2026-12-30T12:00:00');
    expect(await family()).toBe('counter-only');
  });

  test('whoever is in no register, and whose registered record is not theirs', async () => {
    expect(await rig.reason(await rig.certificate(), 'resident-record')).toBe('not-recorded-there');
    rig.register(JIRO);
    expect(await family(JIRO)).toBe('not-recorded-there');
  });

  test('a certificate that does not stand', async () => {
    const expired = await rig.certificate({ notAfter: new Date(TUESDAY - DAY) });
    expect(await family(expired)).toBe('certificate-not-valid');
    expect(await family(Buffer.from('no certificate'))).toBe('certificate-not-valid');
    const { register } = rig.stores;
    expect(register.standing(rig.der(TARO), rig.now)).toBe('valid');
  });

  test('a card of today, until midnight in Japan', async () => {
    const today = await rig.certificate({ notBefore: new Date(TUESDAY - HOUR) });
    rig.towns.people.push({ name: '新人　一', der: today, residence: CITY, family: null });
    at('2026-12-01T22:59:59.999');
    expect(await family(today)).toBe('card-too-new');
    expect((await rig.offers(today))[0]?.service).toMatchObject({
      from: '2026-12-01T15:00:00.000Z',
    });
    at('2026-12-02T06:30:00');
    expect(await rig.reason(today, 'resident-record')).toBeNull();
    rig.towns.people.pop();
  });

  test('fourteen years, until the fifteenth birthday', async () => {
    rig.born(TARO, '2011-12-02');
    expect(await family()).toBe('under-fifteen');
    rig.now += DAY;
    expect(await rig.reason(TARO, 'resident-record')).toBeNull();
    rig.born(TARO, '1980-01-01');
  });

  test('a terminal that is built otherwise, or says nothing of itself', async () => {
    rig.register(TARO);
    const served = () => rig.reason(TARO, 'resident-record', 'kiosk-9');
    expect(await served()).toBe('centre-stopped');
    rig.centre.municipalities('kiosk-9', { ...OWN_TOPOLOGY, profile: 'single-site' });
    expect(await served()).toBe('centre-stopped');
    expect(rig.logged).toContain('centre.topology-differs');
    rig.centre.municipalities('kiosk-9', { ...OWN_TOPOLOGY, build: 'certificates-0' });
    expect(await served()).toBe('centre-stopped');
    rig.centre.municipalities('kiosk-9', OWN_TOPOLOGY);
    expect(await served()).toBeNull();
    rig.reopen();
    expect(await served()).toBeNull();
    seen.add('centre-stopped');
  });

  test('and nothing else is offered, nor issued, than what was said', async () => {
    rig.towns.obstacles.set(NAME, 'moving-out');
    expect(await rig.issue(TARO, RECORD)).toEqual({ result: 'refused', reason: 'moving-out' });
    // Those that are left are said of an application, and tested there.
    const ofApplications = ['already-registered', 'application-refused', 'name-too-long'];
    const left = CENTRE_REFUSALS.filter((reason) => !seen.has(reason));
    expect(ofApplications).toEqual(expect.arrayContaining(left));
  });
});

describe('municipalities', () => {
  test('are told with their towns, and until when they serve, or why not', async () => {
    const answer = rig.centre.municipalities(KIOSK, OWN_TOPOLOGY);
    expect(MUNICIPALITIES_ANSWER.parse(answer)).toEqual(answer);
    expect(answer.topology).toEqual(OWN_TOPOLOGY);
    const of = (code: string) => answer.municipalities.find((each) => each.code === code);
    expect(of(TOWN)).toMatchObject({
      towns: [{ name: '大字鷹ノ沢', kana: 'おおあざたかのさわ' }],
      familyRegister: { open: true, until: '2026-12-01T08:00:00.000Z' },
      resident: { open: true, until: '2026-12-01T14:00:00.000Z' },
    });
    const absent = { open: false, reason: 'municipality-not-taking-part', from: null };
    expect(of(ABSENT)).toMatchObject({ familyRegister: absent, resident: absent });
  });

  test('a centre that turns out to be built otherwise says so, and serves nobody until it is mended', async () => {
    rig.books.faults.set('other-topology');
    const answer = rig.centre.municipalities(KIOSK, OWN_TOPOLOGY);
    expect(answer.topology.profile).toBe('single-site');
    expect(await rig.reason(TARO, 'resident-record')).toBe('centre-stopped');
    rig.books.faults.mend('other-topology');
    expect(await rig.reason(TARO, 'resident-record')).toBeNull();
  });
});

test('nothing is offered to nobody', async () => {
  const question = { ...rig.question(TARO), card: null };
  expect(await faultOf(Promise.resolve().then(() => rig.centre.offers(question)))).toBe(
    'not-proved',
  );
});
