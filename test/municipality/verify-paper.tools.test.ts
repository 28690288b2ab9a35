import { createHash, type KeyObject, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawCode, signSheets } from '../../platform-sim/municipality/paper-signature.ts';
import { readPaperSigners } from '../../platform-sim/municipality/paper-signers.ts';
import { type Raster, readCodes } from '../../platform-sim/municipality/raster.ts';
import { type PaperSigner, verifyPaper } from '../../platform-sim/municipality/verify-paper.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { keysFolder } from '../../platform-sim/stores.ts';
import { Bench } from '../platform/programs.ts';
import { type Issuing, issueTo, newKey, openIssuing, pagesOf, TAKANOSAWA } from './issuing.ts';

let issuing: Issuing;
let signers: readonly PaperSigner[];
let whole: Buffer;
let texts: string[];
let pages: Raster[];

beforeAll(async () => {
  issuing = await openIssuing();
  signers = [{ municipality: TAKANOSAWA, key: issuing.paperKey.publicKey }];
  const issued = issueTo(issuing, 'kazami-taro', { document: 'family-register-full' });
  whole = issued.pdf;
  pages = await pagesOf(issued);
  texts = (await Promise.all(pages.map(readCodes))).map(([text = '']) => text);
});

function order(pagesOfOrder = 1, change: Partial<Parameters<typeof signSheets>[0]> = {}) {
  return {
    ...{ request: randomUUID(), subject: 'ab'.repeat(32), municipality: TAKANOSAWA },
    ...{ document: 'civil-status' as const, pages: pagesOfOrder, issuedAt: new Date(0), ...change },
  };
}

function pngOf({ width, height, grey }: Raster): Buffer {
  const png = new PNG({ width, height });
  for (const [place, value] of grey.entries()) png.data.set([value, value, value, 255], place * 4);
  return PNG.sync.write(png);
}

const fault = (of: string) => ({ genuine: false, fault: of });

describe('a paper is genuine', () => {
  it('as the whole PDF', async () => {
    const verdict = await verifyPaper(whole, signers);
    expect(verdict).toMatchObject({
      genuine: true,
      missing: [],
      sheets: [
        { genuine: true, code: { page: 1, pages: 2, municipality: TAKANOSAWA } },
        { genuine: true, code: { page: 2, pages: 2, document: 'family-register-full' } },
      ],
    });
  });

  it('as a picture of one sheet, which says what is missing', async () => {
    const [page] = pages;
    if (page === undefined) throw new Error('no page');
    const verdict = await verifyPaper(pngOf(page), signers);
    expect(verdict).toMatchObject({ genuine: true, missing: [2] });
  });

  it('as the text of its code', async () => {
    expect((await verifyPaper(String(texts[1]), signers)).missing).toEqual([1]);
  });
});

describe('a paper is not genuine', () => {
  it('with a code of a key that nobody knows', async () => {
    const [text = ''] = signSheets(order(), newKey().privateKey);
    expect((await verifyPaper(text, signers)).sheets).toEqual([fault('not-signed')]);
  });

  it("with one municipality's key under another's name", async () => {
    const [text = ''] = signSheets(
      order(1, { municipality: '990029' }),
      issuing.paperKey.privateKey,
    );
    expect((await verifyPaper(text, signers)).sheets).toEqual([fault('not-signed')]);
  });

  it('with any character of its code changed', async () => {
    const text = String(texts[0]);
    for (let place = 0; place < text.length; place += 1) {
      const other = text[place] === 'A' ? 'B' : 'A';
      const forged = text.slice(0, place) + other + text.slice(place + 1);
      const { genuine } = await verifyPaper(forged, signers);
      expect(genuine, `character ${place}`).toBe(false);
    }
  });

  it('without a code', async () => {
    const blank = pngOf({ width: 300, height: 300, grey: new Uint8Array(90_000).fill(255) });
    expect(await verifyPaper(blank, signers)).toMatchObject({
      genuine: false,
      sheets: [fault('no-code')],
    });
    expect((await verifyPaper(Buffer.from('nonsense'), signers)).genuine).toBe(false);
  });

  it('when nobody signs papers', async () => {
    expect((await verifyPaper(whole, [])).genuine).toBe(false);
  });

  it('as a PDF that is none', async () => {
    const broken = Buffer.from('%PDF-1.7 and nothing more');
    await expect(verifyPaper(broken, signers)).rejects.toThrow('no PDF');
  });
});

describe('the keys of a platform', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.create();
    await bench.run('root', 'init');
    const folder = keysFolder(bench.state);
    const keys = await PlatformKeys.openOrCreate(folder);
    await writeSigner(folder, keys, 'aa', TAKANOSAWA, issuing.paperKey.publicKey);
    // Certified by somebody else.
    const foreign = await PlatformKeys.openOrCreate(join(bench.directory, 'foreign'));
    await writeSigner(folder, foreign, 'bb', '990029', newKey().publicKey);
  });
  afterAll(() => bench.remove());

  async function writeSigner(
    folder: string,
    keys: PlatformKeys,
    id: string,
    municipality: string,
    publicKey: KeyObject,
  ) {
    const spec = {
      subject: [['CN', municipality]] as const,
      publicKey,
      notBefore: new Date(Date.now() - 1_000),
      notAfter: new Date(Date.now() + 60_000),
      extensions: [],
    };
    await writeFile(join(folder, `issue-manifest-${id}.der`), keys.issue(spec));
  }

  it('are those of municipalities that its CA certified', async () => {
    const found = await readPaperSigners(keysFolder(bench.state));
    const spki = (of: KeyObject) =>
      createHash('sha256')
        .update(of.export({ format: 'der', type: 'spki' }))
        .digest('hex');
    expect(found.map((signer) => spki(signer.key))).toContain(spki(issuing.paperKey.publicKey));
    expect(await readPaperSigners(join(bench.directory, 'nothing'))).toEqual([]);
  });

  it('check a PDF from the command line, in words', async () => {
    const file = join(bench.directory, 'paper.pdf');
    await writeFile(file, whole);
    const { code, stdout, stderr } = await bench.run('verify-paper', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^Genuine: 鷹ノ沢町 issued this 戸籍全部事項証明書 on 2026-11-25 16:58:00 \(Japan\), sheet 1 of 2; request [0-9a-f-]{36}\.$/u,
      ),
      expect.stringContaining('sheet 2 of 2'),
      'The codes vouch for this, not for the words around them.',
    ]);
  });

  it('end with 1 for a forgery', async () => {
    const [forged = ''] = signSheets(order(), newKey().privateKey);
    const alone = await bench.run('verify-paper', forged);
    expect(alone.code).toBe(1);
    expect(alone.stdout).toContain('NOT GENUINE');
  });

  it.each([
    ['a file that is not there', 'nowhere.pdf', 'no such file'],
    ['a folder', '/', 'no such file'],
  ])('refuse %s with one line', async (_, given, says) => {
    const { code, stderr } = await bench.run('verify-paper', given);
    expect({ code, says: stderr.includes(says) }).toEqual({ code: 2, says: true });
  });
});

describe('several sheets', () => {
  it('of two orders are not one paper', async () => {
    const { typeset } = await import('../../platform-sim/municipality/typesetter.ts');
    const key = issuing.paperKey.privateKey;
    const [first = ''] = signSheets(order(2), key);
    const [, second = ''] = signSheets(order(2), key);
    const made = (codes: string[]): Buffer => {
      const two = { composition: EMPTY, request: randomUUID(), copies: 2 };
      const set = typeset(two, codes.length, () => codes.map(drawCode));
      if (set === null) throw new Error('not set');
      return set.pdf;
    };
    expect((await verifyPaper(made([first, second]), signers)).sheets).toEqual([
      expect.objectContaining({ genuine: true }),
      fault('of-another-order'),
    ]);
    expect((await verifyPaper(made([first, first]), signers)).sheets[1]).toEqual(fault('twice'));
  });

  const EMPTY = {
    ...{ title: '見本', parts: [], closes: false, statements: [], day: '', certifier: '' },
    seal: [['印']],
  };
});
