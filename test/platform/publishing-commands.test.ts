import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEntryCsv } from '../../platform-sim/entry-csv.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust, listTrust } from '../../platform-sim/trust.ts';
import { GOOD, HEADER, writeMaterial } from './material.ts';
import { Bench, refusal, run } from './programs.ts';

let material: string;
let bench: Bench;
const path = (name: string) => join(material, name);

beforeAll(async () => {
  material = await writeMaterial();
});
afterAll(() => rm(material, { recursive: true }));
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

describe('register signing-authority', () => {
  const take = (ca: string, crl: string) =>
    bench.run('register', 'signing-authority', '--ca', path(ca), '--crl', path(crl));

  test('takes who issues signing certificates, tells no terminal, and says what is wrong', async () => {
    expect((await take('ca.der', 'crl-7.der')).stdout).toContain(
      'register.signing-authority-taken',
    );
    const stores = openStores(bench.state);
    expect(listTrust(stores.registry)).toEqual({ version: 0, anchors: [], crls: [] });
    stores.close();
    expect(await refusal(take('ca.der', 'crl-foreign.der'))).toContain('is not of the CA');
  });
});

describe('trust add', () => {
  const add = (...args: string[]) => bench.run('trust', 'add', ...args);

  test('takes PEM and DER, several blocks in a file, and adding again changes nothing', async () => {
    expect((await add('--ca', path('both.pem'), '--crl', path('crl-7.der'))).stdout).toContain(
      '"trust.published","version":1,"anchors":2,"crls":1',
    );
    const again = await add('--ca', path('ca.der'), '--crl', path('crl-7.der'));
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('"trust.unchanged","version":1');
    expect((await add('--crl', path('crl-8.pem'))).stdout).toContain('"version":2');
    const shown = JSON.parse((await bench.run('trust', 'list')).stdout);
    expect(shown.crls).toMatchObject([{ number: '8' }]);
    expect(shown.anchors).toHaveLength(2);
  });

  test.each([
    ['a certificate that is no CA', ['--ca', 'a.der'], 'not a CA certificate'],
    ['a file that is no certificate', ['--ca', 'nonsense.der'], 'BEGIN CERTIFICATE'],
    ['a CRL given as a CA', ['--ca', 'crl-7.der'], 'is no certificate'],
    ['a CA given as a CRL', ['--ca', 'ca.der', '--crl', 'ca.der'], 'CRL'],
    ['a file that is not there', ['--ca', 'missing.pem'], 'missing.pem does not exist'],
    ['a CRL of an unknown CA', ['--ca', 'ca.der', '--crl', 'crl-foreign.der'], 'not signed by any'],
    ['a CRL without its CA', ['--crl', 'crl-7.der'], 'add its CA'],
    ['a CRL without a number', ['--ca', 'ca.der', '--crl', 'crl-unnumbered.der'], 'CRL number'],
    ['a delta CRL', ['--ca', 'ca.der', '--crl', 'crl-delta.der'], 'delta CRL'],
    ['a CRL that was cut short', ['--ca', 'ca.der', '--crl', 'crl-cut.der'], 'cut short'],
  ])('refuses %s, and adds nothing', async (_, args, message) => {
    const stores = openStores(bench.state);
    const keys = await openKeys(bench.state);
    const files = (option: string) =>
      args.flatMap((arg, at) => (args[at - 1] === option ? [path(arg)] : []));
    const given = { ca: files('--ca'), crl: files('--crl') };
    const adding = () => addTrust(stores.registry, keys, given, Date.now());
    await expect(adding).rejects.toThrow(InputError);
    await expect(adding).rejects.toThrow(message);
    expect(listTrust(stores.registry)).toEqual({ version: 0, anchors: [], crls: [] });
    stores.close();
  });

  test('refuses a CRL that is not newer than the one held, and no file at all', async () => {
    await add('--ca', path('ca.der'), '--crl', path('crl-8.pem'));
    expect(await refusal(add('--ca', path('a.der')))).toContain('not a CA certificate');
    for (const crl of ['crl-7.der', 'crl-8-other.der']) {
      expect(await refusal(add('--crl', path(crl)))).toContain('number 8 is held');
    }
    expect(await refusal(add())).toContain('--ca');
  });
});

describe('list import', () => {
  test('reads a file with a byte order mark, and certificates relative to it', async () => {
    const csv = path('bom.csv');
    await writeFile(csv, `\ufeff${GOOD.join('\r\n')}\r\n\r\n`);
    expect((await bench.importCsv(csv)).stdout).toContain('"version":1,"rows":3');
    expect((await bench.importCsv(csv)).stdout).toContain('"version":2,"rows":3');
  });

  test('finds certificates relative to the working bench.directory, and needs no holder or party', async () => {
    await mkdir(join(bench.directory, 'sub'));
    const csv = join(bench.directory, 'sub', 'list.csv');
    await writeFile(csv, 'ticket,seat,certificate\nT-1,A-1,c.der\n');
    const args = ['list', 'import', '--state', bench.state, '--list', 'x', '--csv', csv];
    expect((await run(args, material)).stdout).toContain('"rows":1');
    expect(await refusal(run(args, bench.directory))).toContain('c.der does not exist');
  });

  test('takes every setting', async () => {
    const settings = {
      title: '春の音楽祭',
      assurance: 'possession',
      place: '国立競技場',
      'starts-at': '2026-12-31T18:00:00+09:00',
      'valid-from': '2026-01-01T00:00:00Z',
      'valid-to': '2099-01-01T00:00:00Z',
      'old-after-hours': '1',
      'too-old-after-hours': '2.5',
      'when-too-old': 'refuse',
      audience: 'gate-1, gate-2',
    };
    const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    expect(await bench.importCsv(path('good.csv'), ...args)).toMatchObject({ code: 0 });
    expect(JSON.parse((await bench.run('list', 'show', 'stadium')).stdout)).toMatchObject({
      title: '春の音楽祭',
      startsAt: '2026-12-31T09:00:00.000Z',
      validTo: '2099-01-01T00:00:00.000Z',
      staleness: { oldAfterHours: 1, tooOldAfterHours: 2.5, whenTooOld: 'refuse' },
      audience: ['gate-1', 'gate-2'],
    });
  });

  test.each([
    ['a missing file', 'missing.der,T-9,A-9,,', 'line 4, column certificate: missing.der does not'],
    [
      'what is no certificate',
      'nonsense.der,T-9,A-9,,',
      'line 4, column certificate: nonsense.der',
    ],
    ['a folder', '.,T-9,A-9,,', 'line 4, column certificate: . cannot be read'],
    ['an empty certificate', ',T-9,A-9,,', 'line 4, column certificate: is empty'],
    [
      'one certificate twice',
      'a.der,T-9,A-9,,',
      'line 4, column certificate: is the same as on line 2',
    ],
    ['one ticket twice', 'c.der,T-1,A-9,,', 'line 4, column ticket: is the same as on line 2'],
    ['an empty ticket', 'c.der,,A-9,,', 'line 4, column ticket: is empty'],
    ['an empty seat', 'c.der,T-9, ,,', 'line 4, column seat: is empty; give the seat, or 自由席'],
    [
      'a ticket too long',
      `c.der,${'9'.repeat(65)},A-9,,`,
      'line 4, column ticket: has 65 characters',
    ],
    [
      'a holder too long',
      `c.der,T-9,A-9,${'花'.repeat(201)},`,
      'column holder: has 201 characters',
    ],
    [
      'a row too long in all',
      `c.der,T-9,${'席'.repeat(100)},${'花'.repeat(200)},${'組'.repeat(64)}`,
      'bytes too long in all',
    ],
    ['a line break in a field', 'c.der,"T-\n9",A-9,,', 'column ticket: holds a line break'],
    [
      'a field too few',
      'c.der,T-9,A-9,',
      'line 4, column party: the line has 4 fields; 5 are right',
    ],
    ['a field too many', 'c.der,T-9,A-9,,,x', 'the line has 6 fields; 5 are right'],
    ['open quotes', 'c.der,"T-9,A-9,,', 'quotes do not match'],
  ])('refuses %s, naming file, line and column', async (_, row, message) => {
    const csv = path('bad.csv');
    await writeFile(csv, [...GOOD.slice(0, 3), row, ''].join('\n'));
    const read = () => readEntryCsv(csv);
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
    expect(read).toThrow(`${csv}, line`);
  });

  test('keeps no certificate: neither of its bytes nor of its public key', async () => {
    await bench.importCsv(path('good.csv'));
    const who = ['--by', 'me', '--why', 'refund'];
    await bench.run('ticket', 'cancel', '--list', 'stadium', '--ticket', 'T-1', ...who);
    const kept = await Promise.all(
      ['lists.db', 'facts.db'].map((name) => readFile(join(bench.state, name))),
    );
    const certificate = await readFile(path('a.der'));
    for (let at = 0; at + 48 <= certificate.length; at += 16) {
      const piece = certificate.subarray(at, at + 48);
      expect(kept.map((file) => file.includes(piece))).toEqual([false, false]);
    }
  });

  test('imports nothing when one line is wrong', async () => {
    const csv = path('bad.csv');
    await writeFile(csv, [...GOOD, 'missing.der,T-9,A-9,,'].join('\n'));
    expect(await refusal(bench.importCsv(csv))).toContain('bad.csv, line 5, column certificate');
    expect((await bench.run('list', 'list')).stdout).toBe('');
  });

  test.each([
    ['an unknown column', `${HEADER},vip\n`, 'unknown column "vip"'],
    ['a missing column', 'certificate,seat\n', 'column ticket is missing'],
    ['a column twice', `${HEADER},seat\n`, 'column seat stands twice'],
    ['no rows', `${HEADER}\n`, 'no rows'],
    ['nothing', '', 'column certificate is missing'],
    [
      'CP932',
      iconv.encode(GOOD.join('\n'), 'cp932'),
      'looks like CP932 (Shift_JIS); save it as UTF-8',
    ],
    [
      'UTF-16',
      iconv.encode(GOOD.join('\n'), 'utf16le', { addBOM: true }),
      'UTF-16 text; save it as',
    ],
    ['a picture', Buffer.from([0x89, 0x50, 0xff, 0xff, 0xfd]), 'not UTF-8 text; save it as UTF-8'],
  ])('refuses a file with %s', async (_, content, message) => {
    await writeFile(path('bad.csv'), content);
    const read = () => readEntryCsv(path('bad.csv'));
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  test('shows all problems at once, and no name or certificate in any of them', async () => {
    const rows = Array.from({ length: 30 }, () => 'missing.der,,A-1,佐藤花子,');
    await writeFile(path('bad.csv'), [HEADER, ...rows].join('\n'));
    const { code, stderr } = await bench.importCsv(path('bad.csv'));
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(21);
    expect(stderr).toContain('... and 40 more problems');
    expect(stderr).not.toContain('花子');
  });

  test.each([
    [['--list', '../x'], '--list "../x" is no list name'],
    [['--list', 'trust'], 'is no list name'],
    [['--list', 'institution'], 'is no list name'],
    [['--assurance', 'strong'], '--assurance "strong"'],
    [['--reentry', 'any-time'], '--reentry "any-time"'],
    [['--valid-to', 'tomorrow'], '--valid-to "tomorrow": a time with its zone'],
    [['--valid-to', '2016-02-20T18:00:00+09:00'], '--valid-to'],
    [['--old-after-hours', '-3'], '--old-after-hours'],
    [['--too-old-after-hours', '1'], 'before it is old'],
    [['--when-too-old', 'maybe'], '--when-too-old'],
    [['--audience', 'Gate One'], '--audience'],
    [['--title', ''], '--title'],
    [['--csv', 'missing.csv'], 'missing.csv does not exist'],
  ])('refuses %j', async (args, message) => {
    expect(await refusal(bench.importCsv(path('good.csv'), ...args))).toContain(message);
  });
});
