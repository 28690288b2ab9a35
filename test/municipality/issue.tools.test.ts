import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIG_FAMILY } from '../../platform-sim/municipality/family-tada.ts';
import { HOUSEHOLDS } from '../../platform-sim/municipality/households.ts';
import { issueDocument, obstacleTo } from '../../platform-sim/municipality/issue.ts';
import { OPTIONS } from '../../platform-sim/municipality/obstacles.ts';
import { isSignedBy } from '../../platform-sim/municipality/paper-signature.ts';
import { readCodes } from '../../platform-sim/municipality/raster.ts';
import type { FamilyRegister } from '../../platform-sim/municipality/records.ts';
import { Registers } from '../../platform-sim/municipality/registers.ts';
import {
  DOCUMENTS,
  type DocumentOption,
  type DocumentType,
  OF_THE_DOMICILE,
} from '../../src/domain/municipal-certificate.ts';
import { readPaperCode } from '../../src/link/paper-code.ts';
import { sha256 } from './digest.ts';
import {
  AT,
  ask,
  giveCard,
  type Issuing,
  inkIn,
  issued,
  issueTo,
  KAZASU,
  newKey,
  openIssuing,
  pagesOf,
  SHIOMI,
  share,
  TAKANOSAWA,
  TOMOSHIGAHAMA,
} from './issuing.ts';

let issuing: Issuing;
beforeAll(async () => {
  issuing = await openIssuing();
});

const ALL = DOCUMENTS.flatMap((document) =>
  OPTIONS[document].map((option) => [document, option] as const),
);

function placeOf(document: DocumentType): string {
  return OF_THE_DOMICILE.has(document) ? TAKANOSAWA : KAZASU;
}

/** What a kiosk would get of this, as asked by somebody with a card. */
function refusalOf(
  person: string,
  municipality: string,
  document: DocumentType = 'family-register-individual',
  more: { option?: DocumentOption; at?: number } = {},
) {
  const option = more.option ?? OPTIONS[document][0] ?? 'plain';
  const asked = ask(giveCard(issuing, person), { municipality, document, ...more, option });
  const result = issueDocument(asked, issuing);
  const refused = 'refused' in result ? result.refused : null;
  expect(obstacleTo(asked, issuing)).toBe(refused);
  return refused;
}

describe('what is not issued', () => {
  it.each([
    ['whoever is in no register there', 'kazami-taro', SHIOMI, 'not-recorded-there'],
    [
      'a register of a municipality that does not take part',
      'nakatsugi-yuku',
      '990061',
      'municipality-not-taking-part',
    ],
    ['a child under 15', 'tomoshino-sora', TOMOSHIGAHAMA, 'under-fifteen'],
    ['somebody who is dead', 'nakii-hitoshi', KAZASU, 'holder-deceased'],
    ['somebody who is protected', 'kakurega-shizuka', KAZASU, 'counter-only'],
    [
      'a register into which something is being entered',
      'futada-kae',
      KAZASU,
      'filing-in-progress',
    ],
    ['a card of today', 'arai-kado', KAZASU, 'card-too-new'],
    ['a selector that the font does not have', 'kuzumi-ren', SHIOMI, 'character-not-covered'],
    [
      'a character that the font does not have',
      'byanda-men',
      TOMOSHIGAHAMA,
      'character-not-covered',
    ],
    ['a name that no form holds', 'jugemu-nagasuke', KAZASU, 'name-too-long'],
  ] as const)('of the family register: for %s', (_, person, municipality, reason) => {
    expect(refusalOf(person, municipality)).toBe(reason);
  });

  it.each([
    ['whoever lives elsewhere', 'kazami-taro', SHIOMI, 'not-recorded-there'],
    ['somebody who told of moving out', 'rusu-iemi', KAZASU, 'moving-out'],
    ['a child under 15', 'tomoshino-sora', KAZASU, 'under-fifteen'],
    ['a selector that the font does not have', 'kuzumi-ren', KAZASU, 'character-not-covered'],
  ] as const)('of the resident record: for %s', (_, person, municipality, reason) => {
    expect(refusalOf(person, municipality, 'resident-record')).toBe(reason);
  });

  it('a seal that is not registered', () => {
    expect(refusalOf('shioji-fui', KAZASU, 'seal-registration')).toBe('not-recorded-there');
  });

  it('a child on the day before its fifteenth birthday, and it is on that day', () => {
    const before = Date.parse('2031-05-04T14:59:59Z');
    expect(refusalOf('tomoshino-sora', KAZASU, 'resident-record', { at: before })).toBe(
      'under-fifteen',
    );
    expect(
      refusalOf('tomoshino-sora', KAZASU, 'resident-record', { at: before + 1_000 }),
    ).toBeNull();
  });

  it('a pile of more sheets than an order has', async () => {
    const many = {
      ...BIG_FAMILY,
      members: [1, 2, 3].flatMap((time) =>
        BIG_FAMILY.members.map((member) => ({ ...member, id: `${member.id}-${time}` })),
      ),
    };
    const other = await openIssuing(new Registers([many], []));
    const asked = ask(giveCard(other, 'tada-mitsuru-1'), {
      municipality: TOMOSHIGAHAMA,
      document: 'family-register-full',
    });
    expect(issueDocument({ ...asked, copies: 5 }, other)).toEqual({ refused: 'counter-only' });
    expect(issued(issueDocument({ ...asked, copies: 2 }, other)).pages).toBeGreaterThan(20);
  });

  it('by a municipality without a key', () => {
    const asked = ask(giveCard(issuing, 'kazami-taro'));
    const server = { ...issuing, keyOf: () => null };
    expect(issueDocument(asked, server)).toEqual({ refused: 'municipality-not-taking-part' });
  });

  it('with an option that the document does not have', () => {
    const asked = ask(giveCard(issuing, 'kazami-taro'), { option: 'household' });
    expect(() => issueDocument(asked, issuing)).toThrow(RangeError);
  });

  it('of a household, for a name in it that the font does not have, while oneself can be had', async () => {
    const household = HOUSEHOLDS.find(({ head }) => head === '風見 太郎');
    if (household === undefined) throw new Error('no such household');
    const members = household.members.map((member) =>
      member.relation === '妻' ? { ...member, name: '𰻞田 めん' } : member,
    );
    const other = await openIssuing(new Registers([], [{ ...household, members }]));
    const asked = { municipality: KAZASU, document: 'resident-record' as const };
    const certificate = giveCard(other, 'kazami-taro');
    const whole = ask(certificate, { ...asked, option: 'household' });
    const self = ask(certificate, { ...asked, option: 'self' });
    expect(issueDocument(whole, other)).toEqual({ refused: 'character-not-covered' });
    expect(issued(issueDocument(self, other)).pages).toBe(1);
  });
});

describe('what is issued', () => {
  it.each(ALL)(
    '%s (%s) shows its code and the ink of its first row on paper',
    async (document, option) => {
      const municipality = placeOf(document);
      const made = issueTo(issuing, 'kazami-taro', { document, option, municipality });
      const pages = await pagesOf(made);
      expect(pages).toHaveLength(made.pages);
      expect(made.pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(made.pdf.toString('latin1')).not.toMatch(/\/(JavaScript|JS|OpenAction|AA)\b/u);
      expect(made.holder).toBe('風＊ 太＊');
      for (const [place, page] of pages.entries()) {
        const [text, ...further] = await readCodes(page);
        const signed = readPaperCode(text ?? '');
        expect(further).toEqual([]);
        if (signed === null) throw new Error('no code');
        expect(isSignedBy(signed, issuing.paperKey.publicKey)).toBe(true);
        expect(isSignedBy(signed, newKey().publicKey)).toBe(false);
        const { subject, pages: sheets } = made;
        expect(signed.code).toMatchObject({
          ...{ subject, pages: sheets, page: place + 1, municipality, document },
          issuedAt: new Date(AT),
        });
      }
      const [first] = pages;
      if (first === undefined) throw new Error('no page');
      const title = inkIn(first, { x: 80, y: 20, width: 55, height: 8 });
      const margin = inkIn(first, { x: 7, y: 20, width: 5, height: 60 });
      const body = inkIn(first, { x: 70, y: 31, width: 60, height: 100 });
      expect(share(title)).toBeGreaterThan(0.05);
      expect(share(margin)).toBeGreaterThan(0.05);
      expect(share(body)).toBeGreaterThan(0.02);
    },
  );

  it.each([1, 2, 3, 4, 5])('in %d copies has every sheet once, in order', async (copies) => {
    const order = { document: 'family-register-full', copies } as const;
    const document = issueTo(issuing, 'kazami-taro', order);
    expect(document.pages).toBe(2 * copies);
    const codes = await Promise.all((await pagesOf(document)).map(readCodes));
    const pages = codes.map(([text = '']) => readPaperCode(text)?.code.page);
    expect(pages).toEqual(Array.from({ length: 2 * copies }, (_, place) => place + 1));
  });

  it('of twelve people goes over several pages, none of them blank', async () => {
    const order = { document: 'family-register-full', municipality: TOMOSHIGAHAMA } as const;
    const document = issueTo(issuing, 'tada-mitsuru', order);
    expect(document.pages).toBeGreaterThanOrEqual(3);
    for (const page of await pagesOf(document))
      expect(share(inkIn(page, { x: 70, y: 32, width: 60, height: 60 }))).toBeGreaterThan(0.03);
  });

  it('is numbered by its own pages, whatever the one of its kind before it had', async () => {
    const people = [
      ['sarashina-arata', KAZASU],
      ['kazami-taro', TAKANOSAWA],
      ['tada-mitsuru', TOMOSHIGAHAMA],
      ['sarashina-arata', KAZASU],
      ['kazami-taro', TAKANOSAWA],
    ] as const;
    const counts: number[] = [];
    for (const [person, municipality] of people) {
      const document = issueTo(issuing, person, { document: 'family-register-full', municipality });
      const papers = await pagesOf(document);
      counts.push(papers.length);
      const codes = await Promise.all(papers.map(readCodes));
      const said = codes.map(([text = '']) => readPaperCode(text)?.code);
      expect(said.map((code) => [code?.page, code?.pages])).toEqual(
        papers.map((_, place) => [place + 1, document.pages]),
      );
    }
    expect(new Set(counts.slice(0, 3)).size).toBe(3);
    expect(counts.slice(3)).toEqual(counts.slice(0, 2));
  });

  it('of one record has another subject and other bytes for each request', () => {
    const certificate = giveCard(issuing, 'kazami-taro');
    const [one, other] = [ask(certificate), ask(certificate)].map((asked) =>
      issued(issueDocument(asked, issuing)),
    );
    expect(one?.sha256).toBe(sha256(one?.pdf ?? Buffer.alloc(0)));
    expect(one?.subject).not.toBe(other?.subject);
    expect(one?.sha256).not.toBe(other?.sha256);
  });
});

describe('the subject', () => {
  const subjectOf = (request: string, certificate: Uint8Array) =>
    createHash('sha256')
      .update(Buffer.from(request.replaceAll('-', ''), 'hex'))
      .update(certificate)
      .digest('hex');

  it('is over the request and the certificate of the record', () => {
    const certificate = giveCard(issuing, 'kazami-taro');
    const asked = ask(certificate);
    const { subject, record } = issued(issueDocument(asked, issuing));
    expect(subject).toBe(subjectOf(asked.request, certificate));
    expect(record).toBe('family/kazami-taro');
  });

  it("is the other's when the other's record was read", () => {
    const [mine, other] = [giveCard(issuing, 'kazami-taro'), giveCard(issuing, 'watanabe-ikuno')];
    const asked = ask(mine);
    const mixed = issued(issueDocument({ ...asked, certificate: sha256(other) }, issuing));
    expect(mixed.subject).toBe(subjectOf(asked.request, other));
    expect(mixed.subject).not.toBe(subjectOf(asked.request, mine));
  });

  it('can not be had with a certificate that a newer one has replaced', () => {
    const old = giveCard(issuing, 'kazami-taro');
    giveCard(issuing, 'kazami-taro');
    expect(issueDocument(ask(old), issuing)).toEqual({ refused: 'not-recorded-there' });
  });
});

describe('names are data', () => {
  /** The register of somebody whose given name is this. */
  async function named(given: string) {
    const register: FamilyRegister = {
      municipality: TAKANOSAWA,
      ...{ town: '字上ノ原', number: '12', entries: [], filing: false },
      head: { family: '風見', given, familyKana: 'かざみ', givenKana: 'たろう' },
      members: [
        {
          ...{ id: 'family/kazami-taro', given, born: '1985-04-18', father: '', mother: '' },
          ...{ relation: '長男', removed: false, entries: [], addresses: [] },
        },
      ],
    };
    const other = await openIssuing(new Registers([register], []));
    return issueDocument(ask(giveCard(other, 'kazami-taro'), { request: randomUUID() }), other);
  }

  it.each([
    '#panic("x")',
    ']#[太',
    '\\u{41}',
    '*太* _郎_',
    '$x^2$',
    '"; import',
    '// 太郎',
    '太\u3000郎',
  ])('and not code: %s', async (given) => {
    const { pdf } = issued(await named(given));
    const { PDFiumLibrary } = await import('@hyzyla/pdfium');
    const library = await PDFiumLibrary.init();
    const text = (await library.loadDocument(pdf)).getPage(0).getText();
    library.destroy();
    const shown = text.replaceAll(/\s/gu, '');
    expect(shown.split(given.replaceAll(/\s/gu, ''))).toHaveLength(3);
  });

  it.each([
    ['a tab', '太\t郎'],
    ['a line', '太\n郎'],
    ['a bell', '太\u0007郎'],
    ['an override of direction', '太\u202E郎'],
    ['nothing of width', '太\u200B郎'],
    ['a combining mark', 'か\u3099'],
    ['a selector alone', '\u{E0102}太'],
    ['two selectors', '葛\u{E0102}\u{E0102}'],
  ])('and %s in it is refused', async (_, given) => {
    expect(await named(given)).toEqual({ refused: 'character-not-covered' });
  });
});
