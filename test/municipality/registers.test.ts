import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FAMILY_REGISTERS } from '../../platform-sim/municipality/family-registers.ts';
import { HOUSEHOLDS } from '../../platform-sim/municipality/households.ts';
import { MUNICIPALITIES, municipalityOf } from '../../platform-sim/municipality/municipalities.ts';
import { Registers } from '../../platform-sim/municipality/registers.ts';
import { recordsOf } from '../../platform-sim/municipality/street-holders.ts';
import {
  eraDay,
  fiscalYear,
  kanjiDay,
  kanjiNumber,
  lotNumber,
} from '../../platform-sim/municipality/wording.ts';
import { PEOPLE } from '../../platform-sim/people.ts';
import { MUNICIPALITIES_ANSWER } from '../../src/link/certificate-protocol.ts';
import { sha256 } from './digest.ts';

const KAZAMI = {
  municipality: '990011',
  domicile: { town: '字上ノ原', number: '12' },
  head: { familyKana: 'かざみ', givenKana: 'たろう' },
  holder: { name: '風見 太郎', birth: '1985-04-18' },
};

describe('municipalities', () => {
  it('are as the wire has them', () => {
    const topology = { build: 'x', profile: 'multi-site' };
    const service = { open: true, until: '2026-11-25T08:00:00Z' };
    const municipalities = MUNICIPALITIES.map(({ code, name, prefecture, kana, towns }) => ({
      ...{ code, name, prefecture, kana, towns },
      ...{ familyRegister: service, resident: service },
    }));
    expect(MUNICIPALITIES_ANSWER.parse({ topology, municipalities }).municipalities).toHaveLength(
      6,
    );
  });

  it('have hiragana to be chosen by, codes that no municipality has, and are not found by another', () => {
    for (const { code, kana, towns } of MUNICIPALITIES) {
      expect(code).toMatch(/^99\d{4}$/u);
      for (const sound of [kana, ...towns.map((town) => town.kana)])
        expect(sound).toMatch(/^[\u3041-\u3096]+$/u);
    }
    expect(() => municipalityOf('131016')).toThrow('no municipality');
  });
});

describe('registers', () => {
  it('stand where their municipality has such a town', () => {
    for (const { municipality, town, number, head } of FAMILY_REGISTERS) {
      expect(municipalityOf(municipality).towns.map(({ name }) => name)).toContain(town);
      expect(number).toMatch(/^\d{1,5}(-\d{1,5}){0,3}$/u);
      expect(head.familyKana + head.givenKana).toMatch(/^[\u3041-\u3096]+$/u);
    }
  });

  it('have people whose days are days', () => {
    const days = [
      ...FAMILY_REGISTERS.flatMap(({ members }) => members.map(({ born }) => born)),
      ...HOUSEHOLDS.flatMap(({ members }) => members.flatMap(({ born, since }) => [born, since])),
    ];
    for (const day of days) expect(new Date(day).toISOString()).toBe(`${day}T00:00:00.000Z`);
  });

  it('have everybody of the street whose card works, but those who hold a copy of another', () => {
    const registers = new Registers();
    const strangers = PEOPLE.filter(
      ({ card, standing, trick, id }) =>
        ['good', 'renewed'].includes(standing) &&
        card === 'my-number' &&
        (trick === null || trick.how === 'relay') &&
        recordsOf(id, registers).length === 0,
    );
    expect(strangers).toEqual([]);
  });

  it('know nobody by a certificate that is linked to no record', () => {
    const registers = new Registers();
    expect(registers.residentOf(sha256(randomBytes(32)))).toBeNull();
    expect(registers.familyOf('990011', sha256(randomBytes(32)))).toBeNull();
    expect(() => registers.linkHolder('family/nobody', randomBytes(32))).toThrow('no such record');
  });

  it('know a holder by the newest card alone, and only in the municipality of the record', () => {
    const registers = new Registers();
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    registers.linkHolder('family/kazami-taro', old);
    registers.linkHolder('family/kazami-taro', fresh);

    expect(registers.familyOf('990011', sha256(old))).toBeNull();
    expect(registers.familyOf('990029', sha256(fresh))).toBeNull();
    expect(registers.familyOf('990011', sha256(fresh))).toMatchObject({
      id: 'family/kazami-taro',
      certificate: fresh,
    });
  });

  it('keep their own copy of a certificate', () => {
    const registers = new Registers();
    const certificate = randomBytes(32);
    const hash = sha256(certificate);
    registers.linkHolder('family/kazami-taro', certificate);
    certificate.fill(0);
    expect(registers.familyOf('990011', hash)).not.toBeNull();
  });

  it('name all other holders once', () => {
    const registers = new Registers();
    const [one, other] = [randomBytes(32), randomBytes(32)];
    registers.linkHolder('family/kazami-taro', one);
    registers.linkHolder('resident/sato-hanako', other);
    registers.linkHolder('family/sato-hanako', other);
    expect(registers.otherHolders(sha256(one))).toEqual([sha256(other)]);
  });

  it('link a family register from the start only at home or where it was registered before', () => {
    const registers = new Registers();
    expect(recordsOf('kazami-taro', registers)).toEqual(['resident/kazami-taro']);
    expect(recordsOf('sato-hanako', registers)).toContain('family/sato-hanako');
    expect(recordsOf('yoshino-kei', registers)).toContain('family/yoshino-kei');
    expect(recordsOf('norikae-susumu', registers)).toEqual([]);
  });
});

describe('an application finds its record', () => {
  const find = (change: Partial<typeof KAZAMI> = {}) =>
    new Registers().find({ ...KAZAMI, ...change });

  it('by place, head, name and birth', () => {
    expect(find()).toBe('family/kazami-taro');
  });

  it('whether the head is written in hiragana or katakana', () => {
    expect(find({ head: { familyKana: 'カザミ', givenKana: 'タロウ' } })).toBe(
      'family/kazami-taro',
    );
  });

  it('of another member of the register', () => {
    const holder = { name: '風見 美波', birth: '1987-09-30' };
    expect(find({ holder })).toBe('family/kazami-minami');
  });

  it('when the certificate writes the name without its selector', () => {
    const kuzuhara = {
      municipality: '990029',
      domicile: { town: '港一丁目', number: '9' },
      head: { familyKana: 'くずはら', givenKana: 'さえ' },
      holder: { name: '葛原　冴', birth: '1986-03-14' },
    };
    expect(new Registers().find(kuzuhara)).toBe('family/kuzuhara-sae');
  });

  it.each([
    ['another municipality', { municipality: '990029' }],
    ['another town', { domicile: { town: '字湯ノ口', number: '12' } }],
    ['another number', { domicile: { town: '字上ノ原', number: '12-1' } }],
    ['another head', { head: { familyKana: 'かざみ', givenKana: 'じろう' } }],
    ['another name', { holder: { ...KAZAMI.holder, name: '風見 次郎' } }],
    ['another birthday', { holder: { ...KAZAMI.holder, birth: '1985-04-19' } }],
  ])('but not with %s', (_, change) => {
    expect(find(change)).toBeNull();
  });

  it('but not of somebody who left the register', () => {
    const left = {
      municipality: '990045',
      domicile: { town: '大字風待', number: '77' },
      head: { familyKana: 'しおじ', givenKana: 'かなめ' },
      holder: { name: '潮路 夕子', birth: '1984-10-20' },
    };
    expect(new Registers().find(left)).toBeNull();
  });
});

describe('the words of registers', () => {
  it.each([
    ['2012-06-03', '平成二十四年六月三日', '平成24年6月3日'],
    ['2019-04-30', '平成三十一年四月三十日', '平成31年4月30日'],
    ['2019-05-01', '令和元年五月一日', '令和元年5月1日'],
    ['1989-01-07', '昭和六十四年一月七日', '昭和64年1月7日'],
    ['1989-01-08', '平成元年一月八日', '平成元年1月8日'],
    ['1926-12-25', '昭和元年十二月二十五日', '昭和元年12月25日'],
  ])('write %s as %s or %s', (day, kanji, digits) => {
    expect([kanjiDay(day), eraDay(day)]).toEqual([kanji, digits]);
  });

  it('write numbers as they are read', () => {
    expect([1, 10, 20, 110, 306, 1203].map(kanjiNumber)).toEqual([
      ...['一', '十', '二十', '百十', '三百六', '千二百三'],
    ]);
    expect([lotNumber('12'), lotNumber('10-4'), lotNumber('3-4-5')]).toEqual([
      ...['十二番地', '十番地四', '三番地四の五'],
    ]);
    expect([fiscalYear(2019), fiscalYear(2020)]).toEqual(['平成31年度', '令和2年度']);
  });

  it.each([0, -1, 1.5, 10_000, Number.NaN])('have none for %d', (value) => {
    expect(() => kanjiNumber(value)).toThrow(RangeError);
  });
});
